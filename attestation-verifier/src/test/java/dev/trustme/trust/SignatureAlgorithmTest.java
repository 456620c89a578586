// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignatureAlgorithmTest {
  private static final RsaPss PSS = RsaPss.of(HashAlgorithm.SHA256);
  private static final ASN1ObjectIdentifier RESTRICTED = PKCSObjectIdentifiers.id_RSASSA_PSS;

  private static List<SignatureAlgorithm> all() {
    List<SignatureAlgorithm> all = new ArrayList<>(List.of(new Ed25519()));
    for (var hash : List.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512)) {
      all.addAll(List.of(new RsaPkcs1(hash), RsaPss.of(hash), new Ecdsa(hash)));
    }
    for (int set : new int[] {44, 65, 87}) {
      all.add(new MlDsa(set));
    }
    return all;
  }

  @Test
  void readsWhatItWrites() {
    for (var algorithm : all()) {
      assertEquals(Optional.of(algorithm), SignatureAlgorithm.of(algorithm.identifier()));
    }
    assertEquals(all().size(), all().stream().map(a -> a.identifier()).distinct().count());
  }

  @Test
  void namesTheDigestThatIsSigned() {
    assertEquals(Optional.of(HashAlgorithm.SHA384), new RsaPkcs1(HashAlgorithm.SHA384).digest());
    assertEquals(Optional.of(HashAlgorithm.SHA256), PSS.digest());
    assertEquals(Optional.of(HashAlgorithm.SHA512), new Ecdsa(HashAlgorithm.SHA512).digest());
    assertEquals(Optional.empty(), new Ed25519().digest());
    assertEquals(Optional.empty(), new MlDsa(65).digest());
  }

  @Test
  void othersCannotBeMade() {
    assertIllegal(() -> new RsaPkcs1(HashAlgorithm.SHA1));
    assertIllegal(() -> new Ecdsa(HashAlgorithm.SHA3_256));
    assertIllegal(() -> new RsaPss(HashAlgorithm.SHA1, 32));
    assertIllegal(() -> new RsaPss(HashAlgorithm.SHA256, 31));
    assertIllegal(() -> new RsaPss(HashAlgorithm.SHA256, 2049));
    assertEquals(2048, new RsaPss(HashAlgorithm.SHA256, 2048).saltLength());
    assertIllegal(() -> new MlDsa(66));
  }

  private static void assertIllegal(Runnable made) {
    assertThrows(IllegalArgumentException.class, made::run);
  }

  /** RFC 4055, 1.2 and 2.1; RFC 5758, 3.2; RFC 8410, 3. */
  @Test
  void parametersAreThoseOfTheAlgorithm() {
    var rsa = PKCSObjectIdentifiers.sha256WithRSAEncryption;
    assertRead(new RsaPkcs1(HashAlgorithm.SHA256), new AlgorithmIdentifier(rsa));
    assertRead(null, new AlgorithmIdentifier(rsa, new ASN1Integer(0)));
    assertRead(
        null, new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256, DERNull.INSTANCE));
    assertRead(null, new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519, DERNull.INSTANCE));
    assertRead(null, new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_44, DERNull.INSTANCE));
    assertRead(null, new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed448));
  }

  @Test
  void pssIsSpelledOutInTheUsualWay() {
    var sha256 = digest(NISTObjectIdentifiers.id_sha256);
    var bare = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
    var sha1 = digest(OIWObjectIdentifiers.idSHA1);
    var mgf1 = PKCSObjectIdentifiers.id_mgf1;
    assertRead(PSS, pss(parameters(sha256, mgf1, sha256, 32, 1)));
    assertRead(PSS, pss(parameters(bare, mgf1, bare, 32, 1)));
    assertRead(
        new RsaPss(HashAlgorithm.SHA256, 222), pss(parameters(sha256, mgf1, sha256, 222, 1)));
    assertRead(null, pss(parameters(sha256, mgf1, sha256, 31, 1)));
    assertRead(null, pss(parameters(sha256, mgf1, sha256, 32, 2)));
    assertRead(null, pss(parameters(sha256, mgf1, sha1, 32, 1)));
    assertRead(null, pss(parameters(sha1, mgf1, sha1, 32, 1)));
    assertRead(null, pss(parameters(sha1, mgf1, sha256, 32, 1)));
    var unusual = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, new ASN1Integer(0));
    assertRead(null, pss(parameters(unusual, mgf1, unusual, 32, 1)));
    var other = PKCSObjectIdentifiers.id_pSpecified;
    assertRead(null, pss(parameters(sha256, other, sha256, 32, 1)));
    assertRead(null, pss(new RSASSAPSSparams()));
    assertRead(null, pss(DERNull.INSTANCE));
    assertRead(null, new AlgorithmIdentifier(RESTRICTED));
  }

  private static void assertRead(
      @Nullable SignatureAlgorithm expected, AlgorithmIdentifier identifier) {
    assertEquals(Optional.ofNullable(expected), SignatureAlgorithm.of(identifier));
  }

  private static AlgorithmIdentifier digest(ASN1ObjectIdentifier id) {
    return new AlgorithmIdentifier(id, DERNull.INSTANCE);
  }

  private static AlgorithmIdentifier pss(ASN1Encodable parameters) {
    return new AlgorithmIdentifier(RESTRICTED, parameters);
  }

  private static RSASSAPSSparams parameters(
      AlgorithmIdentifier digest,
      ASN1ObjectIdentifier function,
      AlgorithmIdentifier mask,
      int salt,
      int trailer) {
    return new RSASSAPSSparams(
        digest,
        new AlgorithmIdentifier(function, mask),
        new ASN1Integer(salt),
        new ASN1Integer(trailer));
  }

  @Test
  void aKeySignsByItsOwnAlgorithms() {
    var rsa = key(digest(PKCSObjectIdentifiers.rsaEncryption));
    var curve = key(curve(SECObjectIdentifiers.secp384r1));
    var edwards = key(new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519));
    var lattice = key(new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_65));
    for (var algorithm : all()) {
      boolean byRsa = algorithm instanceof RsaPkcs1 || algorithm instanceof RsaPss;
      assertEquals(byRsa, algorithm.fits(rsa));
      assertEquals(algorithm instanceof Ecdsa, algorithm.fits(curve));
      assertEquals(algorithm instanceof Ed25519, algorithm.fits(edwards));
      assertEquals(algorithm.equals(new MlDsa(65)), algorithm.fits(lattice));
    }
    assertEquals(
        false, new Ecdsa(HashAlgorithm.SHA256).fits(key(curve(SECObjectIdentifiers.secp256k1))));
  }

  /** RFC 4055, 3.3: the salt length in a key is the least one. */
  @Test
  void aRestrictedKeySignsOnlyWhatItAllows() {
    var any = key(new AlgorithmIdentifier(RESTRICTED));
    for (var algorithm : all()) {
      assertEquals(algorithm instanceof RsaPss, algorithm.fits(any));
    }
    var longer = new RsaPss(HashAlgorithm.SHA256, 64);
    var narrow = key(PSS.identifier());
    assertEquals(true, PSS.fits(narrow));
    assertEquals(true, longer.fits(narrow));
    assertEquals(false, PSS.fits(key(longer.identifier())));
    assertEquals(false, RsaPss.of(HashAlgorithm.SHA384).fits(narrow));
    assertEquals(false, new RsaPkcs1(HashAlgorithm.SHA256).fits(narrow));
    assertEquals(false, PSS.fits(key(pss(DERNull.INSTANCE))));
  }

  @Test
  void theSchemeIsThatOfTheKey() {
    assertScheme(new RsaPkcs1(HashAlgorithm.SHA256), digest(PKCSObjectIdentifiers.rsaEncryption));
    assertScheme(PSS, new AlgorithmIdentifier(RESTRICTED));
    assertScheme(null, new RsaPss(HashAlgorithm.SHA256, 64).identifier());
    assertScheme(new Ecdsa(HashAlgorithm.SHA256), curve(SECObjectIdentifiers.secp256r1));
    assertScheme(new Ecdsa(HashAlgorithm.SHA384), curve(SECObjectIdentifiers.secp384r1));
    assertScheme(new Ecdsa(HashAlgorithm.SHA512), curve(SECObjectIdentifiers.secp521r1));
    assertScheme(null, curve(SECObjectIdentifiers.secp256k1));
    assertScheme(new Ed25519(), new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519));
    assertScheme(new MlDsa(44), new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_44));
    assertScheme(null, new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed448));
  }

  private static void assertScheme(@Nullable SignatureAlgorithm expected, AlgorithmIdentifier key) {
    var info = key(key);
    var scheme = Optional.ofNullable(expected);
    assertEquals(scheme, SignatureScheme.algorithm(info));
    assertEquals(scheme.map(SignatureAlgorithm::identifier), SignatureScheme.of(info));
    boolean known = expected instanceof RsaPkcs1 || expected instanceof Ecdsa;
    assertEquals(
        scheme.filter(s -> known).flatMap(SignatureAlgorithm::digest),
        SignatureScheme.digest(info));
  }

  private static AlgorithmIdentifier curve(ASN1ObjectIdentifier name) {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, name);
  }

  private static SubjectPublicKeyInfo key(AlgorithmIdentifier algorithm) {
    return new SubjectPublicKeyInfo(algorithm, new byte[] {5, 0});
  }
}
