// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import dev.trustme.trust.TrustStore;
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
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Whose key signs: the certificate leads to a device root, carries the attestation key's role, and
 * names the device as {@code URI:urn:uuid:…}. The key's attributes (restricted, fixed to its TPM)
 * were checked when it was enrolled, which is what the certificate says.
 */
final class AttestationKeyVerifier {
  private final PathValidator validator;

  AttestationKeyVerifier(TrustStore devices, Instant at) {
    validator = new PathValidator(devices, at);
  }

  Verdict<AttestationKey> verify(Evidence evidence) throws FormatException {
    List<X509CertificateHolder> chain = new ArrayList<>();
    for (Bytes der : evidence.ak().certificateChain()) {
      chain.add(Certificates.parseDer(der));
    }
    var path = validator.validate(chain, Role.ATTESTATION_KEY);
    var leaf = chain.getFirst();
    Optional<AsymmetricKeyParameter> key = key(leaf);
    List<Check> checks = new ArrayList<>();
    checks.add(EvidenceCheck.AK_CERTIFICATE.of(path, leaf.getSubject().toString()));
    checks.add(device(leaf, evidence.device()));
    checks.add(sameKey(leaf, evidence, key));
    return Verdict.of(
        checks,
        () ->
            new AttestationKey(
                ((Verdict.Accepted<TrustedSigner>) path).value(),
                key.orElseThrow(),
                evidence.device()));
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

  private static Check sameKey(
      X509CertificateHolder leaf, Evidence evidence, Optional<AsymmetricKeyParameter> certified)
      throws FormatException {
    if (certified.isEmpty()) {
      return EvidenceCheck.AK_PUBLIC.fail("an RSA or EC key", "a certificate with another key");
    }
    var area = TpmtPublic.parseTpm2b(evidence.ak().publicArea());
    try {
      var claimed = TpmKeys.subjectPublicKeyInfo(area);
      return EvidenceCheck.AK_PUBLIC.of(
          claimed.equals(leaf.getSubjectPublicKeyInfo()),
          "the certificate's key",
          "key " + area.name().digest());
    } catch (InvalidKeyException e) {
      return EvidenceCheck.AK_PUBLIC.fail("the certificate's key", "no usable key");
    }
  }

  private static Optional<AsymmetricKeyParameter> key(X509CertificateHolder leaf) {
    try {
      return Optional.of(PublicKeyFactory.createKey(leaf.getSubjectPublicKeyInfo()));
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      return Optional.empty();
    }
  }
}
