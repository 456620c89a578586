// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three forms of an image's signature; each differs in one thing from one that is accepted. */
class SignedImageTest {
  private static final KeyPair KEYS = TestSigners.ec("secp256r1");
  private static final SubjectPublicKeyInfo KEY = TestSigners.info(KEYS);
  private static final Digest IMAGE = HashAlgorithm.SHA256.digest(Bytes.utf8("manifest"));
  private static final Digest OTHER = HashAlgorithm.SHA256.digest(Bytes.utf8("other"));

  private static String failed(Verdict<?> verdict) {
    return String.join(" ", verdict.failures().stream().map(Check::id).toList());
  }

  private static Bytes sign(Bytes message) {
    return TestSigners.sign(KEYS, "SHA256withECDSA", message);
  }

  // cosign.

  private static String cosign(Bytes payload, Digest image, String name) throws FormatException {
    return failed(CosignSignature.verify(payload, sign(payload), image, name, KEY));
  }

  @Test
  void cosignNamesTypeImageAndReference() throws FormatException {
    var payload = CosignSignature.payload("registry.example/web", IMAGE);
    assertEquals("", cosign(payload, IMAGE, "registry.example/web"));
    assertEquals("image-digest", cosign(payload, OTHER, "registry.example/web"));
    assertEquals("image-reference", cosign(payload, IMAGE, "registry.example/other"));
    var typed = Bytes.utf8(payload.utf8().replace("cosign container", "atomic container"));
    assertEquals("image-signature-type", cosign(typed, IMAGE, "registry.example/web"));
    var verdict = CosignSignature.verify(payload, sign(typed), IMAGE, "registry.example/web", KEY);
    assertEquals("image-signature", failed(verdict));
    assertEquals(IMAGE, CosignSignature.parse(payload).critical().image().dockerManifestDigest());
  }

  @Test
  void aReferenceIsPlain() {
    assertEquals(true, CosignSignature.isReference("a".repeat(255)));
    for (String other : List.of("", "Web", "a b", "a\"", "a".repeat(256))) {
      assertEquals(false, CosignSignature.isReference(other));
      assertThrows(IllegalArgumentException.class, () -> CosignSignature.payload(other, IMAGE));
    }
  }

  @Test
  void keysThatCosignHas() {
    var rsa = TestSigners.info(TestSignedData.RSA);
    var pkcs1 = new SignatureAlgorithm.RsaPkcs1(HashAlgorithm.SHA256);
    assertEquals(Optional.of(pkcs1), SigstoreScheme.of(rsa));
    var ecdsa = new SignatureAlgorithm.Ecdsa(HashAlgorithm.SHA256);
    assertEquals(Optional.of(ecdsa), SigstoreScheme.of(KEY));
    var edwards = key(EdECObjectIdentifiers.id_Ed25519);
    assertEquals(Optional.of(new SignatureAlgorithm.Ed25519()), SigstoreScheme.of(edwards));
    assertEquals(Optional.empty(), SigstoreScheme.of(key(EdECObjectIdentifiers.id_Ed448)));
    assertEquals(44, SigstoreScheme.hint(KEY).length());
  }

  private static SubjectPublicKeyInfo key(ASN1ObjectIdentifier algorithm) {
    return new SubjectPublicKeyInfo(new AlgorithmIdentifier(algorithm), new byte[32]);
  }

  // sigstore bundles.

  private static SigstoreBundle bundle(Bytes statement) {
    return SigstoreBundle.of(statement, sign(SigstoreBundle.signedBytes(statement)), KEY);
  }

  private static String bundled(String from, String to) throws FormatException {
    var statement = Bytes.utf8(SigstoreBundle.statement(IMAGE).utf8().replace(from, to));
    return failed(SigstoreBundle.parse(bundle(statement).encode()).verify(IMAGE, KEY));
  }

  @Test
  void aBundleNamesOneImage() throws FormatException {
    assertEquals("", bundled("", ""));
    assertEquals("statement-type", bundled("Statement/v1", "Statement/v2"));
    assertEquals("predicate-type", bundled("cosign/sign/v1", "cosign/sign/v2"));
    assertEquals("image-digest", bundled("\"sha256\"", "\"sha999\""));
    assertEquals("image-digest", bundled("\"digest\":{", "\"digest\":{\"sha512\":\"00\","));
    String subject = "{\"digest\":{\"sha256\":\"%s\"}}".formatted(IMAGE.hex());
    assertEquals("image-digest", bundled(subject, subject + "," + subject));
    var good = bundle(SigstoreBundle.statement(IMAGE));
    assertEquals("image-digest", failed(good.verify(OTHER, KEY)));
    var stranger = TestSigners.info(TestSigners.ec("secp256r1"));
    assertEquals("image-signature", failed(good.verify(IMAGE, stranger)));
    var verdict = (Verdict.Accepted<SigstoreBundle.Statement>) good.verify(IMAGE, KEY);
    assertEquals(SigstoreBundle.PREDICATE, verdict.value().predicateType());
  }

  @Test
  void aBundleHasItsTypesAndOneSignature() throws FormatException {
    String json = bundle(SigstoreBundle.statement(IMAGE)).encode().utf8();
    for (String other :
        List.of(
            json.replace("v0.3", "v0.2"),
            json.replace("\"signatures\":[", "\"signatures\":[{\"sig\":\"AA==\"},"))) {
      assertThrows(FormatException.class, () -> SigstoreBundle.parse(Bytes.utf8(other)));
    }
    var typed = SigstoreBundle.parse(Bytes.utf8(json.replace("vnd.in-toto", "vnd.other")));
    assertEquals("image-signature payload-type", failed(typed.verify(IMAGE, KEY)));
  }

  // notation.

  private static final OciDescriptor DESCRIPTOR =
      OciDescriptor.of(OciDescriptor.MANIFEST, IMAGE, 7);

  private static String notation(KeyPair keys, JwsAlgorithm by, String algorithm)
      throws FormatException {
    var unsigned = unsigned(keys, by, Role.CONTAINER);
    var value = by.fromDer(TestSigners.sign(keys, algorithm, unsigned.signedBytes()));
    return failed(verify(unsigned.signed(value), DESCRIPTOR));
  }

  private static NotationSignature unsigned(KeyPair keys, JwsAlgorithm by, Role role) {
    var chain = List.of(TestSigners.leaf(keys, role));
    return NotationSignature.unsigned(DESCRIPTOR, by, TestSigners.AT, chain);
  }

  private static Verdict<?> verify(NotationSignature signature, OciDescriptor image)
      throws FormatException {
    var validator = new PathValidator(TestSigners.store(), TestSigners.AT);
    return NotationSignature.parse(signature.encode())
        .verify(image, validator, PathPolicy.of(Role.CONTAINER));
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, ES256, SHA256withECDSA",
    "secp384r1, ES384, SHA384withECDSA",
    "secp521r1, ES512, SHA512withECDSA"
  })
  void eachCurveHasItsAlgorithm(String curve, JwsAlgorithm by, String algorithm)
      throws FormatException {
    var keys = TestSigners.ec(curve);
    assertEquals(Optional.of(by), JwsAlgorithm.of(TestSigners.info(keys)));
    assertEquals("", notation(keys, by, algorithm));
    var der = TestSigners.sign(keys, algorithm, Bytes.empty());
    var fixed = by.fromDer(der);
    assertEquals(der, by.toDer(fixed));
    int size = (Integer.parseInt(curve.substring(4, 7)) + 7) / 8;
    assertEquals(2 * size, fixed.size());
    assertThrows(FormatException.class, () -> by.toDer(fixed.slice(1, 2 * size)));
    assertThrows(FormatException.class, () -> by.toDer(Bytes.concat(fixed, Bytes.zeros(1))));
  }

  @ParameterizedTest
  @CsvSource({"2048, PS256", "3072, PS384", "4096, PS512", "2056,", "256,", "521,"})
  void anRsaKeysSizeSaysItsAlgorithm(int bits, @Nullable JwsAlgorithm by) throws IOException {
    var modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    var key =
        new SubjectPublicKeyInfo(algorithm, new RSAPublicKey(modulus, BigInteger.valueOf(65537)));
    assertEquals(Optional.ofNullable(by), JwsAlgorithm.of(key));
    assertEquals(
        Optional.empty(), JwsAlgorithm.of(new SubjectPublicKeyInfo(algorithm, DERNull.INSTANCE)));
  }

  @Test
  void otherKeysHaveNoAlgorithm() {
    assertEquals(Optional.empty(), JwsAlgorithm.of(key(EdECObjectIdentifiers.id_Ed25519)));
  }

  @Test
  void rsaSignsByPss() throws FormatException {
    var keys = TestSignedData.RSA;
    assertEquals("", notation(keys, JwsAlgorithm.PS256, "SHA256withRSAandMGF1"));
    assertEquals("image-signature", notation(keys, JwsAlgorithm.PS256, "SHA256withRSA"));
    assertEquals(
        new SignatureAlgorithm.Ecdsa(HashAlgorithm.SHA512), JwsAlgorithm.ES512.algorithm());
  }

  @Test
  void theHeaderSaysTheKeysAlgorithm() throws FormatException {
    assertEquals("jws-algorithm", notation(KEYS, JwsAlgorithm.PS256, "SHA256withECDSA", KEYS));
  }

  /** Signed in the form of the key's own algorithm, under a header that says another. */
  private static String notation(KeyPair keys, JwsAlgorithm said, String algorithm, KeyPair signing)
      throws FormatException {
    var unsigned = unsigned(keys, said, Role.CONTAINER);
    var der = TestSigners.sign(signing, algorithm, unsigned.signedBytes());
    return failed(verify(unsigned.signed(JwsAlgorithm.ES256.fromDer(der)), DESCRIPTOR));
  }

  @Test
  void notationNamesTheImageAndItsSigner() throws FormatException {
    var unsigned = unsigned(KEYS, JwsAlgorithm.ES256, Role.CONTAINER);
    var good = unsigned.signed(JwsAlgorithm.ES256.fromDer(sign(unsigned.signedBytes())));
    assertEquals("", failed(verify(good, DESCRIPTOR)));
    var longer = OciDescriptor.of(OciDescriptor.MANIFEST, IMAGE, 8);
    assertEquals("image-digest", failed(verify(good, longer)));
    var other = OciDescriptor.of(OciDescriptor.MANIFEST, OTHER, 7);
    assertEquals("image-digest", failed(verify(good, other)));
    var forged = unsigned.signed(JwsAlgorithm.ES256.fromDer(sign(Bytes.empty())));
    assertEquals("image-signature", failed(verify(forged, DESCRIPTOR)));
    var role = unsigned(KEYS, JwsAlgorithm.ES256, Role.BOOT);
    var wrong = role.signed(JwsAlgorithm.ES256.fromDer(sign(role.signedBytes())));
    assertEquals("signer-role", failed(verify(wrong, DESCRIPTOR)));
  }

  private static String header(String from, String to) throws FormatException {
    var unsigned = unsigned(KEYS, JwsAlgorithm.ES256, Role.CONTAINER);
    var decoded = new String(Base64.getUrlDecoder().decode(unsigned.protectedHeader()), UTF_8);
    assertEquals(true, decoded.contains(from), decoded);
    var header =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(decoded.replace(from, to).getBytes(UTF_8));
    var changed = new NotationSignature(unsigned.payload(), header, unsigned.header(), "");
    var value = JwsAlgorithm.ES256.fromDer(sign(changed.signedBytes()));
    return failed(verify(changed.signed(value), DESCRIPTOR));
  }

  @Test
  void theHeaderIsOfTheSpecification() throws FormatException {
    assertEquals("", header("alg", "alg"));
    assertEquals("jws-content", header("payload.v1", "payload.v2"));
    assertEquals("signing-scheme", header(":\"notary.x509\"", ":\"notary.other\""));
    assertThrows(FormatException.class, () -> header("[\"io.cncf", "[\"x\",\"io.cncf"));
  }

  @Test
  void textsAreBase64UrlWithoutPadding() throws FormatException {
    var unsigned = unsigned(KEYS, JwsAlgorithm.ES256, Role.CONTAINER);
    for (String other : List.of("AA==", "A", "*", "AB")) {
      var changed =
          new NotationSignature(
              unsigned.payload(), unsigned.protectedHeader(), unsigned.header(), other);
      assertThrows(FormatException.class, () -> verify(changed, DESCRIPTOR));
    }
  }
}
