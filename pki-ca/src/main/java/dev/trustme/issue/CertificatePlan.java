// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * What a certificate shall say; its issuer, serial number and signature come with issuing it.
 *
 * @param extensions besides those that the kind and the keys bring
 */
public record CertificatePlan(
    X500Name subject,
    SubjectPublicKeyInfo publicKey,
    Validity validity,
    Kind kind,
    List<Extension> extensions) {
  public CertificatePlan {
    extensions = List.copyOf(extensions);
  }

  public CertificatePlan(
      X500Name subject, SubjectPublicKeyInfo publicKey, Validity validity, Kind kind) {
    this(subject, publicKey, validity, kind, List.of());
  }

  /** The extended key usages that the certificate will carry. */
  Set<KeyPurposeId> purposes() {
    return switch (kind) {
      case Kind.EndEntity endEntity -> Set.copyOf(endEntity.purposes());
      case Kind.Authority authority ->
          extensions.stream()
              .filter(e -> e.getExtnId().equals(Extension.extendedKeyUsage))
              .flatMap(e -> Stream.of(ExtendedKeyUsage.getInstance(e.getParsedValue()).getUsages()))
              .collect(Collectors.toUnmodifiableSet());
    };
  }

  /** The same with another validity. */
  CertificatePlan within(Validity other) {
    return new CertificatePlan(subject, publicKey, other, kind, extensions);
  }

  /** From and until, both included. RFC 5280, 4.1.2.5; whole seconds. */
  public record Validity(Instant from, Instant until) {
    public static Validity years(Instant from, int years) {
      return new Validity(from, from.atOffset(ZoneOffset.UTC).plusYears(years).toInstant());
    }

    /** The same, but not past this end. */
    Validity until(Instant end) {
      return until.isAfter(end) ? new Validity(from, end) : this;
    }
  }

  /** What the certified key is for. */
  public sealed interface Kind {
    /** Issues certificates; the path length is the number of authorities that may follow. */
    record Authority(Optional<Integer> pathLength) implements Kind {}

    /**
     * Signs for these purposes; none for a key that certifies itself (UEFI's PK and KEK).
     *
     * @param keyUsage bits of {@link KeyUsage}
     */
    record EndEntity(List<KeyPurposeId> purposes, List<GeneralName> names, int keyUsage)
        implements Kind {
      public EndEntity {
        purposes = List.copyOf(purposes);
        names = List.copyOf(names);
      }

      public EndEntity(List<KeyPurposeId> purposes, Optional<GeneralName> alternativeName) {
        this(purposes, alternativeName.stream().toList(), KeyUsage.digitalSignature);
      }
    }
  }
}
