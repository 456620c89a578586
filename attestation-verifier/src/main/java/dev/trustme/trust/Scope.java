// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whose a CA is, and what may be signed below it: an extension of ours in CA certificates, not
 * critical, because firmware and kernels refuse critical extensions that they do not know.
 *
 * <pre>
 * Scope ::= SEQUENCE {
 *   customer  UTF8String,                     -- 1 to 64 of a-z 0-9 . _ -, the first a letter or digit
 *   roles     SEQUENCE OF OBJECT IDENTIFIER } -- at least one, each once, in the order of {@link Role}
 * </pre>
 *
 * A path with a scope in any of its CA certificates belongs to that customer; every scope of the
 * path has to name the same one and to allow the signer's role.
 */
public record Scope(String customer, Set<Role> roles) {
  public static final ASN1ObjectIdentifier OID = new ASN1ObjectIdentifier(Role.ARC + ".2.1");

  private static final Pattern CUSTOMER = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final String NAME = "Scope";

  public Scope {
    if (!isCustomer(customer)) {
      throw new IllegalArgumentException("no name of a customer: " + customer);
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("a scope without a role");
    }
    roles = Set.copyOf(roles);
  }

  /** Whether a customer can have this name. */
  public static boolean isCustomer(String name) {
    return CUSTOMER.matcher(name).matches();
  }

  /** The scope that the certificate carries; an extension that is none is a FormatException. */
  public static Optional<Scope> of(X509CertificateHolder certificate) throws FormatException {
    Extension extension = certificate.getExtension(OID);
    if (extension == null) {
      return Optional.empty();
    }
    if (extension.isCritical()) {
      throw malformed("is critical, and only this suite would know it");
    }
    return Optional.of(parse(Bytes.copyOf(extension.getExtnValue().getOctets())));
  }

  /** The DER value of the extension and nothing else. A role that is not known is malformed. */
  public static Scope parse(Bytes der) throws FormatException {
    ASN1Primitive value = StrictDer.parse(der, NAME);
    try {
      return of(value, der);
    } catch (RuntimeException e) {
      // The library reads a string no sooner than it is asked for.
      throw malformed("a string that is no UTF-8");
    }
  }

  private static Scope of(ASN1Primitive value, Bytes der) throws FormatException {
    if (!(value instanceof ASN1Sequence fields)
        || fields.size() != 2
        || !(fields.getObjectAt(0) instanceof ASN1UTF8String customer)
        || !(fields.getObjectAt(1) instanceof ASN1Sequence usages)) {
      throw malformed("expected a SEQUENCE of a UTF8String and a SEQUENCE");
    }
    if (!isCustomer(customer.getString())) {
      throw malformed("no name of a customer");
    }
    Scope scope = new Scope(customer.getString(), roles(usages));
    if (!scope.encode().equals(der)) {
      throw malformed("roles repeated or out of order");
    }
    return scope;
  }

  private static Set<Role> roles(ASN1Sequence usages) throws FormatException {
    if (usages.size() == 0 || usages.size() > Role.values().length) {
      throw malformed("%d roles".formatted(usages.size()));
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (var usage : usages) {
      roles.add(
          Arrays.stream(Role.values())
              .filter(role -> role.usage().equals(usage.toASN1Primitive()))
              .findFirst()
              .orElseThrow(() -> malformed("%s is no role".formatted(usage))));
    }
    return roles;
  }

  private static FormatException malformed(String problem) {
    return new FormatException(NAME, 0, problem);
  }

  /** The DER value of the extension. */
  public Bytes encode() {
    var usages =
        new TreeSet<>(roles).stream().map(Role::usage).toArray(ASN1ObjectIdentifier[]::new);
    try {
      return Bytes.copyOf(
          new DERSequence(new DERUTF8String(customer), new DERSequence(usages)).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("names and numbers encode", e);
    }
  }

  /** What an issuer puts into the CA certificate. */
  public Extension extension() {
    return new Extension(OID, false, new DEROctetString(encode().toArray()));
  }

  /** The roles in the order of {@link Role}, as people read them. */
  @Override
  public String toString() {
    var labels = new TreeSet<>(roles).stream().map(Role::label).toList();
    return customer + " for " + String.join(", ", labels);
  }
}
