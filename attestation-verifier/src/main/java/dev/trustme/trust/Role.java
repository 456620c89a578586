// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a key may sign. A role is an extended key usage in the signer's certificate, so that every
 * PKIX tool shows it; the arc is the project's own (docs/formats.md). A certificate without the
 * role's usage never signs for that role, and anyExtendedKeyUsage counts for nothing.
 */
public enum Role implements Purpose {
  /** EFI programs: what firmware's db admits. */
  BOOT(1),
  /** Kernel modules. */
  MODULE(2),
  /** The virtualization layer's root hash. */
  LAYER(3),
  /** Container manifests. */
  CONTAINER(4),
  /** Release manifests. */
  RELEASE(5),
  /** Enrolment records of devices. */
  ENROLMENT(6),
  /** Firmware files: IMA signatures. */
  FIRMWARE(7),
  /** Configurations of guest systems. */
  GUEST_OS(8),
  /** PCR policies: which later measurements may unseal. */
  PCR_POLICY(9),
  /** Checkpoints of the signing log, and transcripts of ceremonies. */
  LOG(10),
  /** Nothing but a device's own identity. */
  DEVICE(11),
  /** A server that devices talk to. */
  BACKEND(12),
  /** A person's identity. */
  USER(13),
  /** OCSP responses: id-kp-OCSPSigning, RFC 6960, 4.2.2.2. */
  OCSP("1.3.6.1.5.5.7.3.9"),
  /** A device's attestation key: tcg-kp-AIKCertificate, TCG Credential Profile EK 2.0, 3.2. */
  ATTESTATION_KEY("2.23.133.8.3"),
  /** A TPM's endorsement key: tcg-kp-EKCertificate. */
  ENDORSEMENT_KEY("2.23.133.8.1");

  /** The project's arc: 2.25 and the UUID 7c673ee7-c41c-431a-89ad-11590e357214. */
  public static final String ARC = "2.25.165360353925552851420462131332886393364";

  private final String usage;

  Role(int number) {
    this(Arc.ROLES + number);
  }

  Role(String oid) {
    usage = oid;
  }

  /** Enum constants may not read the enum's static fields while they are made. */
  private static final class Arc {
    static final String ROLES = ARC + ".1.";
  }

  /** The extended key usage that carries the role. */
  @Override
  public ASN1ObjectIdentifier usage() {
    return new ASN1ObjectIdentifier(usage);
  }

  /** The name in profiles, commands and JSON: {@code attestation-key}. */
  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Role> byLabel(String label) {
    return Arrays.stream(values()).filter(r -> r.label().equals(label)).findFirst();
  }

  /** An endorsement key decrypts, all others sign. */
  @Override
  public int keyUsage() {
    return this == ENDORSEMENT_KEY
        ? KeyUsage.keyEncipherment | KeyUsage.keyAgreement
        : KeyUsage.digitalSignature;
  }

  public static Set<Role> of(X509CertificateHolder certificate) {
    return Arrays.stream(values()).filter(r -> r.in(certificate)).collect(Collectors.toSet());
  }
}
