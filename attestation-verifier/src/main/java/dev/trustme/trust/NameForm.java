// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;

/** How names are spelled: RFC 5280, 4.2.1.6 for certificates, 4.2.1.10 for constraints. */
final class NameForm {
  private static final int MAX_HOST = 253;
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[!-~]+");

  private NameForm() {}

  /** What is wrong with a name in a certificate. */
  static Optional<String> problem(GeneralName name) {
    boolean fits =
        switch (name.getTagNo()) {
          case GeneralName.dNSName -> host(withoutWildcard(text(name)));
          case GeneralName.rfc822Name -> mailbox(text(name));
          case GeneralName.uniformResourceIdentifier -> SCHEME.matcher(text(name)).matches();
          case GeneralName.iPAddress -> octets(name).length == 4 || octets(name).length == 16;
          case GeneralName.directoryName -> directory(name);
          default -> true;
        };
    return fits ? Optional.empty() : Optional.of(shown(name));
  }

  /** What is wrong with the base of a subtree. */
  static Optional<String> problemOfBase(GeneralName base) {
    boolean fits =
        switch (base.getTagNo()) {
          case GeneralName.dNSName -> text(base).isEmpty() || host(text(base));
          case GeneralName.rfc822Name ->
              text(base).contains("@") ? mailbox(text(base)) : domain(text(base));
          case GeneralName.uniformResourceIdentifier -> domain(text(base));
          case GeneralName.iPAddress -> range(octets(base));
          case GeneralName.directoryName -> directory(base);
          default -> true;
        };
    return fits ? Optional.empty() : Optional.of(shown(base));
  }

  private static String shown(GeneralName name) {
    String words =
        name.getName() instanceof ASN1String text ? text.getString() : name.getName().toString();
    return words.length() > 80 ? words.substring(0, 80) + "…" : words;
  }

  /** Throws where the name cannot be read, as the library does. */
  private static boolean directory(GeneralName name) {
    Certificates.requireReadable(X500Name.getInstance(name.getName()));
    return true;
  }

  static String text(GeneralName name) {
    return ((ASN1String) name.getName()).getString();
  }

  static byte[] octets(GeneralName name) {
    return ASN1OctetString.getInstance(name.getName()).getOctets();
  }

  private static String withoutWildcard(String name) {
    return name.startsWith("*.") ? name.substring(2) : name;
  }

  /** Labels of letters, digits and hyphens; the last one no number, or it were an address. */
  static boolean host(String name) {
    if (name.isEmpty() || name.length() > MAX_HOST) {
      return false;
    }
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return !DIGITS.matcher(labels[labels.length - 1]).matches();
  }

  /** A host, or with a leading period all below it. */
  private static boolean domain(String name) {
    return host(name.startsWith(".") ? name.substring(1) : name);
  }

  private static boolean mailbox(String name) {
    int at = name.indexOf('@');
    return at > 0
        && PRINTABLE.matcher(name.substring(0, at)).matches()
        && host(name.substring(at + 1));
  }

  /** Address and mask, the mask's ones before its zeros. */
  private static boolean range(byte[] value) {
    if (value.length != 8 && value.length != 32) {
      return false;
    }
    boolean ended = false;
    for (int bit = value.length * 4; bit < value.length * 8; bit++) {
      boolean one = (value[bit / 8] >> (7 - bit % 8) & 1) == 1;
      if (one && ended) {
        return false;
      }
      ended |= !one;
    }
    return true;
  }
}
