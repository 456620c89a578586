// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import dev.trustme.trust.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/** What the rules ask a certificate, each question with one answer. */
record Certificate(X509CertificateHolder holder) {
  private static final Map<KeyPurposeId, Role> ROLES =
      Arrays.stream(Role.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  r -> KeyPurposeId.getInstance(r.usage()), Function.identity()));

  boolean authority() {
    return basicConstraints().filter(BasicConstraints::isCA).isPresent();
  }

  /** Subject and issuer have one name, and the identifiers, where both are there, agree. */
  boolean selfIssued() {
    return holder.getSubject().equals(holder.getIssuer());
  }

  boolean emptySubject() {
    return holder.getSubject().getRDNs().length == 0;
  }

  Optional<BasicConstraints> basicConstraints() {
    return Optional.ofNullable(BasicConstraints.fromExtensions(holder.getExtensions()));
  }

  Optional<KeyUsage> keyUsage() {
    return Optional.ofNullable(KeyUsage.fromExtensions(holder.getExtensions()));
  }

  Optional<ExtendedKeyUsage> purposes() {
    return Optional.ofNullable(ExtendedKeyUsage.fromExtensions(holder.getExtensions()));
  }

  /** As {@link Role#of}, with the purposes read once. */
  Set<Role> roles() {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    purposes()
        .ifPresent(purposes -> {
          for (KeyPurposeId purpose : purposes.getUsages()) {
            var role = ROLES.get(purpose);
            if (role != null) {
              roles.add(role);
            }
          }
        });
    return roles;
  }

  boolean has(ASN1ObjectIdentifier extension) {
    return holder.getExtension(extension) != null;
  }

  boolean critical(ASN1ObjectIdentifier extension) {
    var found = holder.getExtension(extension);
    return found != null && found.isCritical();
  }

  /** The extension's value; empty where there is none, or where it is broken. */
  <T> Optional<T> value(ASN1ObjectIdentifier extension, Function<ASN1Encodable, T> reader) {
    return value(holder.getExtension(extension), reader);
  }

  static <T> Optional<T> value(
      @org.jspecify.annotations.Nullable Extension extension, Function<ASN1Encodable, T> reader) {
    if (extension == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(extension.getParsedValue()));
    } catch (RuntimeException e) {
      return Optional.empty(); // The library's way to say that the structure is another one.
    }
  }
}
