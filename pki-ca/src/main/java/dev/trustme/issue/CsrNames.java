// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.profile.NameKind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;

/** Subject alternative names, RFC 5280, 4.2.1.6: which kind one is, and whether it is one. */
public final class CsrNames {
  private static final String UUID_PREFIX = "UUID:";
  private static final Pattern UUID =
      Pattern.compile("UUID:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final Pattern DNS = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@" + LABEL + "(\\." + LABEL + ")*");
  private static final int MAX_DNS = 253;
  private static final int MAX_URI = 1024;

  private CsrNames() {}

  /** The kind, or empty where it is none that is ever copied (otherName, directoryName, …). */
  static Optional<NameKind> kind(GeneralName name) {
    return switch (name.getTagNo()) {
      case GeneralName.dNSName -> Optional.of(NameKind.DNS);
      case GeneralName.iPAddress -> Optional.of(NameKind.IP);
      case GeneralName.rfc822Name -> Optional.of(NameKind.EMAIL);
      case GeneralName.uniformResourceIdentifier ->
          Optional.of(text(name).startsWith(UUID_PREFIX) ? NameKind.UUID : NameKind.URI);
      default -> Optional.empty();
    };
  }

  /** Whether the value is one of its kind: no wildcard, no NUL, nothing that reads as another. */
  static boolean wellFormed(GeneralName name, NameKind kind) {
    return switch (kind) {
      case UUID -> UUID.matcher(text(name)).matches();
      case DNS -> text(name).length() <= MAX_DNS && DNS.matcher(text(name)).matches();
      case EMAIL -> text(name).length() <= MAX_DNS && EMAIL.matcher(text(name)).matches();
      case URI -> text(name).length() <= MAX_URI && absolute(text(name));
      case IP -> {
        int size = ASN1OctetString.getInstance(name.getName()).getOctetsLength();
        yield size == 4 || size == 16;
      }
    };
  }

  private static boolean absolute(String text) {
    try {
      return text.chars().allMatch(c -> c > 0x20 && c < 0x7f) && new URI(text).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String text(GeneralName name) {
    return ((ASN1String) name.getName()).getString();
  }

  /** For people: {@code dns:example.org}, or what sort of name it is where it is no text. */
  static String words(GeneralName name) {
    return switch (name.getTagNo()) {
      case GeneralName.otherName -> "an otherName";
      case GeneralName.x400Address -> "an x400Address";
      case GeneralName.directoryName -> "a directoryName";
      case GeneralName.ediPartyName -> "an ediPartyName";
      case GeneralName.registeredID -> "a registeredID";
      case GeneralName.iPAddress ->
          "ip:" + Bytes.copyOf(ASN1OctetString.getInstance(name.getName()).getOctets()).hex();
      default -> kind(name).map(k -> k.label() + ":").orElse("") + text(name);
    };
  }

  /**
   * A name as it is written on a command line: {@code dns:HOST}, {@code ip:ADDRESS}, {@code
   * email:BOX}, {@code uuid:UUID} or {@code uri:ADDRESS}; another is an IllegalArgumentException.
   */
  public static GeneralName parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "expected KIND:NAME such as dns:example.org, found '%s'".formatted(text));
    }
    var kind = NameKind.byLabel(text.substring(0, colon));
    var name = name(kind, text.substring(colon + 1));
    if (!wellFormed(name, kind)) {
      throw new IllegalArgumentException("'%s' is no %s name".formatted(text, kind.label()));
    }
    return name;
  }

  private static GeneralName name(NameKind kind, String value) {
    return switch (kind) {
      case UUID -> new GeneralName(GeneralName.uniformResourceIdentifier, UUID_PREFIX + value);
      case DNS -> new GeneralName(GeneralName.dNSName, value);
      case EMAIL -> new GeneralName(GeneralName.rfc822Name, value);
      case URI -> new GeneralName(GeneralName.uniformResourceIdentifier, value);
      case IP -> address(value);
    };
  }

  /** A literal only: nothing is looked up. */
  private static GeneralName address(String value) {
    if (!value.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      throw new IllegalArgumentException("'%s' is no IP address".formatted(value));
    }
    var name = new GeneralName(GeneralName.iPAddress, value);
    return new GeneralName(
        GeneralName.iPAddress,
        new DEROctetString(ASN1OctetString.getInstance(name.getName()).getOctets()));
  }
}
