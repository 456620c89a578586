// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathMemory;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Whose key signs. Either its certificate leads to a device root, carries the attestation key's
 * role and names the device as {@code URI:urn:uuid:…}; or it has none, and a signed enrolment
 * record names the key and a TPM whose endorsement key a trusted maker certified. Where there are
 * both, they must agree. Of the public area, a certificate vouches for the key and a record for all
 * of it.
 */
final class AttestationKeyVerifier {
  private final TrustAnchors anchors;
  private final Instant at;
  private final EnrolmentAppraisal enrolment;
  private final PathMemory memory;

  AttestationKeyVerifier(
      TrustAnchors anchors, Instant at, EnrolmentAppraisal enrolment, PathMemory memory) {
    this.anchors = anchors;
    this.at = at;
    this.enrolment = enrolment;
    this.memory = memory;
  }

  Verdict<AttestationKey> verify(Evidence evidence) throws FormatException {
    var area = TpmtPublic.parseTpm2b(evidence.ak().publicArea());
    Optional<SubjectPublicKeyInfo> claimed = keyOf(area);
    List<X509CertificateHolder> chain = new ArrayList<>();
    for (Bytes der : evidence.ak().certificateChain()) {
      chain.add(memory.parseDer(der));
    }
    List<Check> checks = new ArrayList<>();
    if (chain.isEmpty()) {
      checks.addAll(recorded(claimed));
    } else {
      checks.addAll(certified(chain, evidence.device(), claimed));
    }
    checks.add(enrolled(area, chain));
    checks.add(attributes(area.objectAttributes()));
    checks.add(scheme(area));
    var key = claimed.map(AttestationKeyVerifier::parameters);
    checks.add(strength(key));
    return Verdict.of(checks, () -> new AttestationKey(key.orElseThrow(), area, evidence.device()));
  }

  private List<Check> certified(
      List<X509CertificateHolder> chain, DeviceId device, Optional<SubjectPublicKeyInfo> claimed) {
    var leaf = chain.getFirst();
    Verdict<TrustedSigner> path =
        new PathValidator(anchors.devices(), at, memory)
            .validate(chain, PathPolicy.of(Role.ATTESTATION_KEY).with(anchors.revocation()));
    return List.of(
        EvidenceCheck.AK_CERTIFICATE.of(path, leaf.getSubject().toString()),
        device(leaf, device),
        sameKey(leaf, claimed));
  }

  private static Check sameKey(X509CertificateHolder leaf, Optional<SubjectPublicKeyInfo> claimed) {
    if (claimed.equals(Optional.of(leaf.getSubjectPublicKeyInfo()))) {
      return EvidenceCheck.AK_PUBLIC.pass("the certificate's key");
    }
    return EvidenceCheck.AK_PUBLIC.fail(
        "the certificate's key", claimed.isPresent() ? "another key" : "no usable key");
  }

  /** No certificate: only a record beside a certified endorsement key replaces it. */
  private List<Check> recorded(Optional<SubjectPublicKeyInfo> claimed) {
    return List.of(
        enrolment.endorsed()
            ? EvidenceCheck.AK_CERTIFICATE.pass("the enrolment record, of a certified TPM")
            : EvidenceCheck.AK_CERTIFICATE.fail(
                "a certificate, or an enrolment record of a certified TPM", "neither"),
        EvidenceCheck.AK_DEVICE.of(
            enrolment.trusted().isPresent(), "an enrolment record of the device", "none"),
        claimed.isPresent()
            ? EvidenceCheck.AK_PUBLIC.pass("a key")
            : EvidenceCheck.AK_PUBLIC.fail("an RSA or EC key", "no usable key"));
  }

  /** The record holds the digest of the name, and so of every bit of the public area. */
  private Check enrolled(TpmtPublic area, List<X509CertificateHolder> chain) {
    var check = EvidenceCheck.AK_ENROLLED;
    if (anchors.enrolment().isEmpty()) {
      return Check.notApplicable(check.id(), "the policy names no enrolment authority");
    }
    var record = enrolment.trusted();
    var name = area.name().digest();
    if (record.isEmpty() || !record.get().ak().name().equals(name)) {
      return check.fail(
          record.map(r -> "key " + r.ak().name()).orElse("a trusted record that names it"),
          "key " + name);
    }
    var shown = chain.stream().findFirst().map(Certificates::fingerprint);
    return check.of(
        shown.isEmpty() || shown.get().equals(record.get().ak().certificate()),
        "certificate " + record.get().ak().certificate(),
        shown.map(d -> "certificate " + d).orElse("key " + name));
  }

  /** TPM 2.0 Part 1, 25: such a key signs only what its TPM made, and never leaves it. */
  private static Check attributes(TpmaObject attributes) {
    boolean fits =
        attributes.fixedTPM()
            && attributes.fixedParent()
            && attributes.sensitiveDataOrigin()
            && attributes.restricted()
            && attributes.signEncrypt()
            && !attributes.decrypt()
            && !attributes.encryptedDuplication()
            && !attributes.x509sign()
            && attributes.reservedClear();
    return EvidenceCheck.AK_ATTRIBUTES.of(
        fits,
        "fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign and not decrypt",
        attributes.toString());
  }

  /** A restricted signing key has one scheme. TPM 2.0 Part 2, 12.2.3.5 and 12.2.3.6. */
  private static Check scheme(TpmtPublic area) {
    var scheme = area.key().scheme();
    boolean fits =
        switch (scheme.scheme()) {
          case TPM_ALG_RSASSA, TPM_ALG_RSAPSS -> area.key() instanceof TpmtPublic.Rsa;
          case TPM_ALG_ECDSA -> area.key() instanceof TpmtPublic.Ecc;
          default -> false;
        };
    boolean strong =
        scheme.hash().filter(h -> h != HashAlgorithm.SHA1).isPresent()
            && area.nameAlg() != HashAlgorithm.SHA1;
    return EvidenceCheck.AK_SCHEME.of(
        fits && strong,
        "RSASSA, RSAPSS or ECDSA with SHA-256 or stronger",
        scheme.scheme() + scheme.hash().map(h -> " with " + h.label()).orElse(""));
  }

  private static Check strength(Optional<AsymmetricKeyParameter> key) {
    var weakness = key.map(TpmSignatures::weakness).orElse(Optional.of("no usable key"));
    return EvidenceCheck.AK_STRENGTH.of(
        weakness.isEmpty(),
        "P-256 or longer, or RSA of 2048 bits or more with an exponent of 65537 or more",
        weakness.orElse("strong"));
  }

  private static Check device(X509CertificateHolder leaf, DeviceId device) {
    List<String> named = uris(leaf).stream().filter(u -> u.startsWith("urn:uuid:")).toList();
    return EvidenceCheck.AK_DEVICE.of(
        named.equals(List.of(device.urn())),
        device.urn(),
        named.isEmpty() ? "no device" : String.join(", ", named));
  }

  private static List<String> uris(X509CertificateHolder leaf) {
    var extensions = leaf.getExtensions();
    var names =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    List<String> uris = new ArrayList<>();
    if (names != null) {
      for (GeneralName name : names.getNames()) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
          uris.add(name.getName().toString());
        }
      }
    }
    return uris;
  }

  private static Optional<SubjectPublicKeyInfo> keyOf(TpmtPublic area) {
    try {
      return Optional.of(TpmKeys.subjectPublicKeyInfo(area));
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }

  private static AsymmetricKeyParameter parameters(SubjectPublicKeyInfo key) {
    try {
      return PublicKeys.read(key);
    } catch (IOException e) {
      throw new IllegalStateException("a key of ours encodes", e);
    }
  }
}
