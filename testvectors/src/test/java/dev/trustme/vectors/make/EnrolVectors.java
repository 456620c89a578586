// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.EnrolFixtures.about;
import static dev.trustme.vectors.make.EnrolFixtures.attest;
import static dev.trustme.vectors.make.EnrolFixtures.crl;
import static dev.trustme.vectors.make.EnrolFixtures.endorsement;
import static dev.trustme.vectors.make.EnrolFixtures.filled;
import static dev.trustme.vectors.make.EnrolFixtures.flipped;
import static dev.trustme.vectors.make.EnrolFixtures.log;
import static dev.trustme.vectors.make.EnrolFixtures.resource;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsCertifyInfo;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Who may be challenged: a device that says all as it must, and twins that say one thing else. */
final class EnrolVectors {
  private static final String OURS =
      "made by this project with throw-away keys, swtpm-* by a software TPM; Apache-2.0";
  private static final String AT = "2026-11-22T12:00:00Z";
  static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  private static final TpmtScheme ECDSA =
      TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA256);
  private static final long FIXED_TPM = 1L << 1;
  private static final long FIXED_PARENT = 1L << 4;
  private static final long DATA_ORIGIN = 1L << 5;
  private static final long USER_WITH_AUTH = 1L << 6;
  private static final long RESTRICTED = 1L << 16;
  private static final long DECRYPT = 1L << 17;

  private final FamilyMaker family;
  private final Identity maker = TestPki.root(Shape.ca("Vector TPM Maker", 1));
  private final SigningKey ekKey = SigningKey.generate(KeyType.RSA_2048);
  private final TpmtPublic ek = endorsement(EkTemplate.L_1, ekKey);
  private final SigningKey stranger = SigningKey.generate(KeyType.EC_P256);
  private final Bytes log = log(Bytes.fromHex("00000000"));
  private final SoftDevice device;
  private final Vector good;

  private EnrolVectors(Path root) throws IOException, GeneralSecurityException, FormatException {
    family = new FamilyMaker(root, "enrol", OURS);
    device = device(EndorsementShape.good().issue(maker, ekKey.publicKey()), ek);
    family.file("roots.pem", pem(maker)).file("good.json", device.request());
    good =
        family.accept(
            "good",
            "a TPM with an RSA endorsement key of template L-1 asks with all that it must show",
            Map.of("request", "good.json", "roots", "roots.pem"),
            Map.of("at", AT, "identity-keys", "ec-p256,rsa-2048"));
  }

  static void make(Path root) throws IOException, GeneralSecurityException, FormatException {
    var vectors = new EnrolVectors(root);
    vectors.otherAccepts();
    vectors.endorsementCertificates();
    vectors.revoked();
    vectors.endorsementKeys();
    vectors.attestationKeys();
    vectors.identityKeys();
    vectors.certifications();
    vectors.firmware();
    new EnrolRegistered(vectors.family, vectors.good, vectors.maker, vectors.ekKey).make();
    vectors.malformed();
    vectors.family.write();
  }

  private static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private SoftDevice device(Bytes certificate, TpmtPublic endorsement)
      throws GeneralSecurityException, IOException {
    var akKey = SigningKey.generate(KeyType.EC_P256);
    var identityKey = SigningKey.generate(KeyType.EC_P256);
    var ak = filled(KeyTemplates.attestation(KeyAlgorithm.P256, ECDSA), akKey);
    var identity = filled(KeyTemplates.identity(KeyAlgorithm.P256, ECDSA), identityKey);
    return new SoftDevice(
        DEVICE,
        new SoftDevice.Endorsement(certificate, endorsement),
        new SoftDevice.Key(ak, akKey),
        new SoftDevice.Key(identity, identityKey),
        log);
  }

  private void refuse(String id, String comment, SoftDevice changed, String reason)
      throws IOException, FormatException {
    family.otherFile(good, id, comment, "request", changed.request(), reason);
  }

  private Vector accept(String id, String comment, Bytes request, Map<String, String> more)
      throws IOException {
    family.file(id + ".json", request);
    var files = new TreeMap<>(good.files());
    files.put("request", id + ".json");
    var context = new TreeMap<>(good.context());
    context.putAll(more);
    return family.accept(id, comment, files, context);
  }

  private void otherAccepts() throws IOException, GeneralSecurityException, FormatException {
    for (EkTemplate template : List.of(EkTemplate.L_2, EkTemplate.H_2)) {
      var key = SigningKey.generate(KeyType.EC_P256);
      var certificate =
          EndorsementShape.good().withKeyUsage(KeyUsage.keyAgreement).issue(maker, key.publicKey());
      accept(
          "good-" + template.label(),
          "the endorsement key is of template " + template.label(),
          device(certificate, endorsement(template, key)).request(),
          Map.of());
    }
    accept(
        "without-firmware",
        "no log, and none is asked for",
        device.withoutFirmware().request(),
        Map.of("without-firmware", "true"));
    family.file("swtpm-roots.pem", resource("swtpm-roots.pem"));
    family.file("swtpm.json", resource("swtpm.json"));
    family.accept(
        "swtpm",
        "made by tpm2-tools on a software TPM with the certificate of its maker",
        Map.of("request", "swtpm.json", "roots", "swtpm-roots.pem"),
        Map.of("at", "2026-11-23T12:00:00Z", "identity-keys", "ec-p256"));
  }

  private void endorsementCertificates() throws IOException, FormatException {
    family.otherFile(
        good,
        "ek-foreign-root",
        "another maker is trusted",
        "roots",
        pem(TestPki.root(Shape.ca("Vector Other Maker", 1))),
        "certificate-anchor at ek-certificate");
    var shape = EndorsementShape.good();
    certificate(
        "ek-expired",
        "the endorsement certificate has ended",
        shape.until(Instant.parse("2026-11-22T11:59:59Z")),
        "certificate-validity at ek-certificate");
    certificate(
        "ek-is-ca",
        "the endorsement certificate is a CA's",
        shape.authority(),
        "signer-not-ca at ek-certificate");
    certificate(
        "ek-wrong-purpose",
        "its extended key usage is a platform certificate's",
        shape.withPurpose("2.23.133.8.2"),
        "signer-role at ek-certificate");
    certificate(
        "ek-key-usage",
        "its key usage is digitalSignature",
        shape.withKeyUsage(KeyUsage.digitalSignature),
        "signer-key-usage at ek-certificate");
    certificate(
        "ek-no-manufacturer",
        "it does not say who made the TPM",
        shape.withManufacturer(Optional.empty()),
        "ek-tpm not in the certificate");
    certificate(
        "ek-manufacturer-form",
        "its manufacturer is not an id of eight hex digits",
        shape.withManufacturer(Optional.of("id:TEST")),
        "ek-tpm id:TEST vector id:00010002");
    certificate(
        "ek-tpm-1-2",
        "it is of a TPM of family 1.2",
        shape.withFamily("1.2"),
        "ek-specification 1.2");
    certificate(
        "ek-unknown-critical",
        "it has a critical extension that nobody knows",
        shape.withUnknownExtension(),
        "certificate-critical at ek-certificate");
  }

  private void certificate(String id, String comment, EndorsementShape shape, String reason)
      throws IOException, FormatException {
    refuse(id, comment, device.withEkCertificate(shape.issue(maker, ekKey.publicKey())), reason);
  }

  private void revoked() throws IOException {
    family.file("maker.crl", crl(maker, BigInteger.TWO));
    var files = new TreeMap<>(good.files());
    files.put("lists", "maker.crl");
    var twin =
        family.accept("maker-list", "the maker's list names another TPM", files, good.context());
    family.otherFile(
        twin,
        "ek-revoked",
        "the maker's list names this TPM",
        "lists",
        crl(maker, BigInteger.TWO, EndorsementShape.SERIAL),
        "certificate-revoked at ek-certificate");
  }

  private void endorsementKeys() throws IOException, GeneralSecurityException, FormatException {
    refuse(
        "ek-other-key",
        "the endorsement key is not the one of its certificate",
        device.withEk(endorsement(EkTemplate.L_1, SigningKey.generate(KeyType.RSA_2048))),
        "ek-public another key");
    refuse(
        "ek-user-with-auth",
        "one bit of the template: userWithAuth is set",
        device.withEk(flipped(ek, USER_WITH_AUTH)),
        "ek-template attributes 0x000300f2, policy %s, sha256, TPM_ALG_AES of 128 bits"
            .formatted(ek.authPolicy().hex()));
    refuse(
        "ek-without-policy",
        "the endorsement key has no policy",
        device.withEk(new TpmtPublic(ek.nameAlg(), ek.objectAttributes(), Bytes.empty(), ek.key())),
        "ek-template attributes 0x000300b2, policy none, sha256, TPM_ALG_AES of 128 bits");
  }

  private void attestationKeys() throws IOException, FormatException {
    ak("ak-not-restricted", "the attestation key signs anything", RESTRICTED);
    ak("ak-not-fixed-tpm", "the attestation key may leave its TPM", FIXED_TPM);
    ak("ak-not-fixed-parent", "the attestation key may get another parent", FIXED_PARENT);
    ak("ak-decrypt", "the attestation key also decrypts", DECRYPT);
    ak("ak-imported", "the TPM did not make the attestation key", DATA_ORIGIN);
    var ecc = (TpmtPublic.Ecc) device.ak().key();
    var sha1 = TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA1);
    var weak =
        new TpmtPublic.Ecc(ecc.symmetric(), sha1, ecc.curveId(), ecc.kdf(), ecc.x(), ecc.y());
    var ak = device.ak();
    refuse(
        "ak-sha1",
        "the attestation key signs with SHA-1",
        device.withAk(new TpmtPublic(ak.nameAlg(), ak.objectAttributes(), ak.authPolicy(), weak)),
        "ak-scheme TPM_ALG_ECDSA with sha1");
  }

  private void ak(String id, String comment, long bit) throws IOException, FormatException {
    var changed = device.withAk(flipped(device.ak(), bit));
    refuse(id, comment, changed, "ak-attributes " + changed.ak().objectAttributes());
  }

  private void identityKeys() throws IOException, FormatException {
    for (var change :
        Map.of(
                "identity-restricted", RESTRICTED,
                "identity-not-fixed-tpm", FIXED_TPM,
                "identity-imported", DATA_ORIGIN)
            .entrySet()
            .stream()
            .sorted(Map.Entry.comparingByKey())
            .toList()) {
      var changed = device.withIdentity(flipped(device.identity(), change.getValue()));
      refuse(
          change.getKey(),
          "one bit of the identity key's attributes",
          changed,
          "identity-attributes " + changed.identity().objectAttributes());
    }
    family.otherContext(
        good,
        "identity-type",
        "the profile certifies other types of keys",
        "identity-keys",
        "ec-p384",
        "identity-type ec-p256");
    refuse(
        "proof-of-another-key",
        "another key signed the request",
        device.provedBy(stranger),
        "possession one of another");
  }

  private void certifications() throws IOException, FormatException {
    refuse(
        "certified-by-another-key",
        "another key certified the identity key",
        device.certifiedBy(stranger),
        "certify-signature TPM_ALG_ECDSA with sha256 that does not hold");
    certified(
        "certify-magic",
        "not begun as a TPM begins",
        "certify-magic ff544348",
        a -> attest(0xff544348L, a.type(), a.qualifiedSigner(), a.extraData(), a));
    certified(
        "certify-type",
        "TPM_ST_ATTEST_CREATION",
        "certify-type 801a",
        a -> attest(a.magic(), 0x801a, a.qualifiedSigner(), a.extraData(), a));
    certified(
        "certify-signer",
        "the attestation key is not under this endorsement key",
        "certify-signer " + device.ak().name().encode().hex(),
        a -> attest(a.magic(), a.type(), device.ak().name().encode(), a.extraData(), a));
    certified(
        "certify-other-request",
        "the qualifying data is another request's",
        "certify-binding " + Bytes.zeros(32).hex(),
        a -> attest(a.magic(), a.type(), a.qualifiedSigner(), Bytes.zeros(32), a));
    certified(
        "certify-without-data",
        "as tpm2_certify makes it",
        "certify-binding 00ff55aa",
        a -> attest(a.magic(), a.type(), a.qualifiedSigner(), Bytes.fromHex("00ff55aa"), a));
    var qualified =
        device.identity().name().qualifiedUnder(device.ekQualifiedName().encode()).encode();
    certified(
        "certify-other-object",
        "the attestation key certified itself",
        "certify-name " + device.ak().name().encode().hex(),
        a -> about(a, new TpmsCertifyInfo(device.ak().name().encode(), qualified)));
    certified(
        "certify-other-parent",
        "the identity key is not under the endorsement key",
        "certify-parent " + device.identity().name().encode().hex(),
        a ->
            about(
                a,
                new TpmsCertifyInfo(
                    device.identity().name().encode(), device.identity().name().encode())));
  }

  private void certified(
      String id, String comment, String reason, UnaryOperator<TpmsAttest> otherwise)
      throws IOException, FormatException {
    refuse(id, "the certification: " + comment, device.certifying(otherwise), reason);
  }

  private void firmware() throws IOException, FormatException {
    refuse("firmware-absent", "no log is shown", device.withoutFirmware(), "firmware neither");
    refuse(
        "firmware-other-log",
        "the log shows another firmware than the one that was measured",
        device.showing(log(Bytes.fromHex("00000001"))),
        "firmware-log 68579cecde44adad8b35ae9187223eafecb0217e33116112262212ce7593646b");
    refuse(
        "firmware-fewer-pcrs",
        "PCR 6 is not quoted",
        device.quoting(List.of(0, 1, 2, 3)),
        "firmware-selection sha256:0,1,2,3");
    refuse(
        "firmware-old-quote",
        "the quote is over another request",
        device.quoting(
            (UnaryOperator<TpmsAttest>)
                a -> attest(a.magic(), a.type(), a.qualifiedSigner(), Bytes.zeros(32), a)),
        "firmware-binding " + Bytes.zeros(32).hex());
  }

  private void malformed() throws IOException, FormatException {
    refuse(
        "ak-trailing-byte",
        "a byte follows the attestation key's public area",
        device.withAkArea(area -> Bytes.concat(area, Bytes.zeros(1))),
        "ak.public: TPM2B_PUBLIC: 1 bytes after the end of the structure");
    family.otherFile(
        good,
        "schema-1",
        "the schema is an earlier one",
        "request",
        Bytes.utf8(device.request().utf8().replace("enrolment-request/2", "enrolment-request/1")),
        "enrolment request: line 27, column 1: expected schema trustme/enrolment-request/2,"
            + " found trustme/enrolment-request/1");
  }
}
