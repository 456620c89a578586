// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmEccCurve;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSymDefObject;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.TpmKeys;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whether a request may be challenged: the endorsement key is one that a trusted maker certified,
 * and the other key is of a form that, once it proves to live beside it, can only sign what its TPM
 * made. TPM 2.0 Part 1, 24 (credential protection); TCG EK Credential Profile 2.5, B.3.
 */
public final class RequestVerifier {
  private static final HashAlgorithm POLICY_HASH = HashAlgorithm.SHA256;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt. */
  private static final TpmaObject TEMPLATE_ATTRIBUTES = new TpmaObject(0x000300b2);

  private static final TpmtSymDefObject AES_128 =
      new TpmtSymDefObject(TpmAlgId.TPM_ALG_AES, 128, TpmAlgId.TPM_ALG_CFB);

  private static final int MIN_RSA_BITS = 2048;

  private final PathValidator validator;

  /** The roots are those of TPM makers; the moment is the one of the enrolment. */
  public RequestVerifier(TrustStore endorsementRoots, Instant at) {
    this.validator = new PathValidator(endorsementRoots, at);
  }

  public Verdict<VerifiedRequest> verify(EnrolmentRequest request) throws FormatException {
    var certificate = request.untrustedCertificate();
    var ek = request.untrustedEndorsementKey();
    var ak = request.untrustedAttestationKey();
    var maker = TpmMaker.of(certificate);
    List<Check> checks = new ArrayList<>();
    validator.validate(List.of(certificate), Role.ENDORSEMENT_KEY).checks().stream()
        .map(c -> c.at("ek-certificate"))
        .forEach(checks::add);
    checks.add(names(maker));
    checks.add(certified(certificate, ek));
    checks.add(endorsementTemplate(ek));
    checks.add(attestationAttributes(ak.objectAttributes()));
    checks.add(attestationScheme(ak));
    checks.add(attestationKey(ak));
    return Verdict.of(
        checks, () -> new VerifiedRequest(request, certificate, ek, ak, maker.orElseThrow()));
  }

  private static Check names(Optional<TpmMaker> maker) {
    return maker
        .map(m -> Check.pass("ek-tpm", m.manufacturer() + " " + m.model()))
        .orElseGet(() ->
            Check.fail("ek-tpm", "TPM manufacturer, model and version", "not in the certificate"));
  }

  private static Check certified(X509CertificateHolder certificate, TpmtPublic ek) {
    boolean same = key(ek).filter(certificate.getSubjectPublicKeyInfo()::equals).isPresent();
    return same
        ? Check.pass("ek-public", ek.name().digest().toString())
        : Check.fail("ek-public", "the key of the endorsement certificate", "another key")
            .advise("make the EK with the certificate's template: tpm2_createek -G rsa");
  }

  private static Check endorsementTemplate(TpmtPublic ek) {
    return ek.equals(template(ek.key()))
        ? Check.pass("ek-template", ek.objectAttributes().toString())
        : Check.fail(
                "ek-template",
                "template L-1 (RSA 2048) or L-2 (P-256): attributes %s, PolicySecret, AES-128"
                    .formatted(TEMPLATE_ATTRIBUTES),
                "%s, policy %s, protects with %s"
                    .formatted(ek.objectAttributes(), ek.authPolicy(), ek.key().symmetric()))
            .advise("make the EK with tpm2_createek -G rsa or -G ecc");
  }

  /** The default templates with this key's own number or point in them. */
  private static TpmtPublic template(TpmtPublic.Key key) {
    TpmtPublic.Key expected =
        switch (key) {
          case TpmtPublic.Rsa rsa ->
              new TpmtPublic.Rsa(AES_128, TpmtScheme.NULL, 2048, 0, rsa.unique());
          case TpmtPublic.Ecc ecc ->
              new TpmtPublic.Ecc(
                  AES_128,
                  TpmtScheme.NULL,
                  TpmEccCurve.TPM_ECC_NIST_P256,
                  TpmtScheme.NULL,
                  ecc.x(),
                  ecc.y());
        };
    return new TpmtPublic(POLICY_HASH, TEMPLATE_ATTRIBUTES, policySecretEndorsement(), expected);
  }

  /** PolicySecret(TPM_RH_ENDORSEMENT) alone. TPM 2.0 Part 3, 23.4. */
  static Bytes policySecretEndorsement() {
    Bytes command = Bytes.fromHex("00000151"); // TPM_CC_PolicySecret
    Digest once =
        POLICY_HASH.digest(Digest.zero(POLICY_HASH).value(), command, TpmName.ENDORSEMENT);
    return POLICY_HASH.digest(once.value()).value();
  }

  private static Check attestationAttributes(TpmaObject attributes) {
    boolean fits =
        attributes.fixedTPM()
            && attributes.fixedParent()
            && attributes.sensitiveDataOrigin()
            && attributes.restricted()
            && attributes.signEncrypt()
            && !attributes.decrypt()
            && attributes.reservedClear();
    return fits
        ? Check.pass("ak-attributes", attributes.toString())
        : Check.fail(
                "ak-attributes",
                "fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign and not decrypt",
                attributes.toString())
            .advise("make the key with tpm2_createak");
  }

  /** A restricted signing key names its scheme; SHA-1 is not one of ours. */
  private static Check attestationScheme(TpmtPublic ak) {
    var scheme = ak.key().scheme();
    boolean fits =
        switch (scheme.scheme()) {
          case TPM_ALG_ECDSA, TPM_ALG_RSASSA, TPM_ALG_RSAPSS ->
              scheme.hash().filter(h -> h != HashAlgorithm.SHA1).isPresent()
                  && ak.nameAlg() != HashAlgorithm.SHA1;
          default -> false;
        };
    String seen = scheme.scheme() + scheme.hash().map(h -> " with " + h.label()).orElse("");
    return fits
        ? Check.pass("ak-scheme", seen)
        : Check.fail("ak-scheme", "ECDSA, RSASSA or RSAPSS with SHA-256 or more", seen);
  }

  private static Check attestationKey(TpmtPublic ak) {
    boolean fits =
        key(ak).flatMap(SignatureScheme::of).isPresent()
            && (!(ak.key() instanceof TpmtPublic.Rsa rsa)
                || rsa.modulus().bitLength() >= MIN_RSA_BITS);
    return fits
        ? Check.pass("ak-key", ak.name().digest().toString())
        : Check.fail("ak-key", "an RSA key of 2048 bits or more, or a point on its curve", "none");
  }

  private static Optional<SubjectPublicKeyInfo> key(TpmtPublic area) {
    try {
      return Optional.of(TpmKeys.subjectPublicKeyInfo(area));
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }
}
