// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.MakeCredential;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsCertifyInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AttestationTest {
  private static final Bytes NONCE = Bytes.fromHex("00112233445566778899aabbccddeeff");
  private static final TpmlPcrSelection PCRS =
      new TpmlPcrSelection(
          List.of(
              TpmsPcrSelection.of(HashAlgorithm.SHA256, List.of(0, 7, 13)),
              TpmsPcrSelection.of(HashAlgorithm.SHA1, List.of(1))));

  private static SoftwareTpm tpm;

  @BeforeAll
  static void startTpm(@TempDir Path folder) throws Exception {
    tpm = SoftwareTpm.startWithCertificates(folder);
  }

  @AfterAll
  static void stopTpm() {
    tpm.close();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA2048, TPM_ALG_RSASSA, SHA256, L_1",
    "RSA2048, TPM_ALG_RSAPSS, SHA384, L_2",
    "RSA3072, TPM_ALG_RSASSA, SHA384, H_6",
    "RSA3072, TPM_ALG_RSAPSS, SHA256, H_1",
    "P256, TPM_ALG_ECDSA, SHA256, H_2",
    "P384, TPM_ALG_ECDSA, SHA384, H_3",
    "P384, TPM_ALG_ECDSA, SHA256, H_4",
    "P256, TPM_ALG_ECDSA, SHA512, L_2",
  })
  void quotesWithEveryKeySchemeAndHash(
      KeyAlgorithm algorithm, TpmAlgId scheme, HashAlgorithm hash, EkTemplate template)
      throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(template)) {
      var wanted = KeyTemplates.attestation(algorithm, TpmtScheme.of(scheme, hash));
      var created = tss.keys().create(ek, wanted, Secret.none());
      try (var ak = tss.keys().load(ek, created.blob())) {
        var key = ak.key();
        var quote = tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
        var attest = TpmsAttest.parse(quote.attest());
        assertEquals(NONCE, attest.extraData());
        assertEquals(ak.readPublic().qualifiedName().encode(), attest.qualifiedSigner());
        assertEquals(scheme, quote.signature().sigAlg());
        assertEquals(hash, quote.signature().hash());
        assertTrue(verifies(TpmPublicKey.of(key), quote));
        var expected =
            tss.read(HashAlgorithm.SHA256, List.of(0, 7, 13)).values().stream()
                .map(d -> d.value())
                .reduce(Bytes.empty(), Bytes::concat);
        var sha1 = tss.read(HashAlgorithm.SHA1, List.of(1)).values().iterator().next().value();
        assertEquals(
            new TpmsAttest.TpmsQuoteInfo(PCRS, hash.digest(expected, sha1).value()),
            attest.attested());
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  private static boolean verifies(PublicKey key, Attestation.Statement statement) throws Exception {
    HashAlgorithm hash = statement.signature().hash();
    String digest = hash.jcaName().replace("-", "");
    return switch (statement.signature()) {
      case TpmtSignature.Rsa rsa -> {
        boolean pss = rsa.sigAlg() == TpmAlgId.TPM_ALG_RSAPSS;
        var verifier = Signature.getInstance(pss ? "RSASSA-PSS" : digest + "withRSA");
        if (pss) {
          verifier.setParameter(
              new PSSParameterSpec(
                  hash.jcaName(), "MGF1", new MGF1ParameterSpec(hash.jcaName()), hash.size(), 1));
        }
        verifier.initVerify(key);
        verifier.update(statement.attest().buffer());
        yield verifier.verify(rsa.sig().toArray());
      }
      case TpmtSignature.Ecdsa ecdsa -> {
        var verifier = Signature.getInstance(digest + "withECDSA");
        verifier.initVerify(key);
        verifier.update(statement.attest().buffer());
        yield verifier.verify(der(ecdsa));
      }
    };
  }

  private static byte[] der(TpmtSignature.Ecdsa signature) {
    Bytes r = integer(signature.signatureR());
    Bytes s = integer(signature.signatureS());
    Bytes body = Bytes.concat(r, s);
    return body.size() < 0x80
        ? Bytes.concat(Bytes.copyOf(new byte[] {0x30, (byte) body.size()}), body).toArray()
        : Bytes.concat(Bytes.copyOf(new byte[] {0x30, (byte) 0x81, (byte) body.size()}), body)
            .toArray();
  }

  private static Bytes integer(Bytes unsigned) {
    byte[] number = new BigInteger(1, unsigned.toArray()).toByteArray();
    return Bytes.concat(Bytes.copyOf(new byte[] {2, (byte) number.length}), Bytes.copyOf(number));
  }

  @ParameterizedTest
  @EnumSource(value = EkTemplate.class, names = "H_7", mode = EnumSource.Mode.EXCLUDE)
  void activatesCredentialsUnderEveryTemplate(EkTemplate template) throws Exception {
    byte[] secret = "only this TPM opens it".getBytes(StandardCharsets.UTF_8);
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(template)) {
      var wanted = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
      try (var ak = tss.keys().load(ek, tss.keys().create(ek, wanted, Secret.none()).blob())) {
        var blob =
            new MakeCredential(ek.key(), new SecureRandom())
                .wrap(ak.readPublic().name(), Bytes.copyOf(secret));
        assertArrayEquals(secret, tss.endorsementKeys().activate(ak, ek, blob));
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void refusesACredentialForAnotherKey() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(EkTemplate.L_2);
        var ak = LiveTpm.attestationKey(tss)) {
      var blob =
          new MakeCredential(ek.key(), new SecureRandom())
              .wrap(ek.readPublic().name(), Bytes.fromHex("00"));
      var failure =
          assertThrows(TssException.class, () -> tss.endorsementKeys().activate(ak, ek, blob));
      assertTrue(failure.is(TpmRc.TPM_RC_INTEGRITY), failure.getMessage());
      assertTrue(failure.refusal());
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void findsTheCertificatesOfItsKeys() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      var certificates = tss.endorsementKeys().certificates();
      assertEquals(
          List.of(0x01c00002L, 0x01c00016L), certificates.stream().map(c -> c.nvIndex()).toList());
      for (var template : List.of(EkTemplate.L_1, EkTemplate.H_3)) {
        try (var ek = tss.endorsementKeys().create(template)) {
          var der =
              certificates.stream()
                  .filter(c -> c.nvIndex() == template.certificateIndex())
                  .findFirst()
                  .orElseThrow()
                  .der();
          var certificate =
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(der.toArray()));
          assertEquals(certificate.getPublicKey(), TpmPublicKey.of(ek.key()));
        }
      }
      assertEquals(List.of(), tss.endorsementKeys().chain());
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void readsAChainOfSeveralChunks() throws Exception {
    // Two "certificates" over two indices: the second in the middle of the border, then padding.
    Bytes first = der(1200);
    Bytes second = der(700);
    Bytes all = Bytes.concat(first, second, Bytes.zeros(100));
    Files.write(tpm.file("chain1"), all.toArray());
    tpm.run(
        "tpm2_nvdefine",
        "0x1c00100",
        "-C",
        "o",
        "-s",
        "" + all.size(),
        "-a",
        "ownerwrite|ownerread|authread|authwrite|no_da");
    tpm.run("tpm2_nvwrite", "0x1c00100", "-C", "o", "-i", "chain1");
    try (var tss = LiveTpm.open(tpm)) {
      assertEquals(
          List.of(first, second),
          tss.endorsementKeys().chain().stream().map(c -> c.der()).toList());
    } finally {
      tpm.run("tpm2_nvundefine", "0x1c00100", "-C", "o");
    }
  }

  private static Bytes der(int content) {
    return Bytes.concat(
        Bytes.fromHex("3082%04x".formatted(content)),
        HashAlgorithm.SHA256.digest(Bytes.zeros(content)).value(),
        Bytes.zeros(content - 32));
  }

  @Test
  void takesTheMakersNonceIntoTheKey() throws Exception {
    Bytes nonce = Bytes.concat(Bytes.fromHex("aa55"), Bytes.zeros(30));
    Files.write(tpm.file("nonce"), nonce.toArray());
    tpm.run(
        "tpm2_nvdefine",
        "0x1c0000b",
        "-C",
        "o",
        "-s",
        "32",
        "-a",
        "ownerwrite|ownerread|authread|authwrite|no_da");
    tpm.run("tpm2_nvwrite", "0x1c0000b", "-C", "o", "-i", "nonce");
    try (var tss = LiveTpm.open(tpm)) {
      try (var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
        Files.write(tpm.file("ours.pub"), ek.readPublic().publicArea().toArray());
      }
    }
    try {
      // tpm2_createek -t gives another key each time (5.4), so the primary is asked for in full.
      // Its unique file is a TPMS_ECC_POINT in C: little-endian sizes, buffers of 128 bytes.
      Bytes size = Bytes.fromHex("2000");
      Bytes unique = Bytes.concat(size, nonce, Bytes.zeros(96), size, Bytes.zeros(128));
      Files.write(tpm.file("unique"), unique.toArray());
      Files.write(tpm.file("policy"), EkTemplate.L_2.template().authPolicy().toArray());
      tpm.run(
          "tpm2_createprimary",
          "-C",
          "e",
          "-G",
          "ecc256:aes128cfb",
          "-u",
          "unique",
          "-a",
          "fixedtpm|fixedparent|sensitivedataorigin|adminwithpolicy|restricted|decrypt",
          "-L",
          "policy",
          "-c",
          "tool.ctx");
      tpm.flush();
      tpm.run("tpm2_readpublic", "-c", "tool.ctx", "-o", "tool.pub");
      tpm.flush();
      assertEquals(
          tpm.read("tool.pub").slice(2, tpm.read("tool.pub").size()), tpm.read("ours.pub"));
    } finally {
      tpm.run("tpm2_nvundefine", "0x1c0000b", "-C", "o");
    }
  }

  @Test
  void anotherKeyMayTakeThePlaceOfAnEvictedOne() throws Exception {
    long handle = 0x81010044L;
    try (var tss = LiveTpm.open(tpm)) {
      List<Bytes> names = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        try (var ak = LiveTpm.attestationKey(tss)) {
          tss.keys().persist(ak, handle);
        }
        try (var kept = tss.keys().persistent(handle);
            var same = tss.keys().persistent(handle)) {
          assertEquals(kept.readPublic().name(), same.readPublic().name());
          names.add(kept.readPublic().name().encode());
          tss.keys().evict(handle);
        }
      }
      assertNotEquals(names.getFirst(), names.getLast());
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void signsADigestByAKeyThatIsNotRestricted() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      for (var scheme : List.of(LiveTpm.ECDSA, TpmtScheme.NULL)) {
        var template = KeyTemplates.identity(KeyAlgorithm.P256, scheme);
        var blob = tss.keys().create(ek, template, Secret.none()).blob();
        try (var key = tss.keys().load(ek, blob)) {
          var asked = scheme.equals(TpmtScheme.NULL) ? LiveTpm.ECDSA : TpmtScheme.NULL;
          var signature = tss.keys().sign(key, HashAlgorithm.SHA256.digest(NONCE), asked);
          assertTrue(
              verifies(TpmPublicKey.of(key.key()), new Attestation.Statement(NONCE, signature)));
        }
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void certifiesAKeyAndItsCreation() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ak = LiveTpm.attestationKey(tss);
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      var created =
          tss.keys()
              .create(ek, KeyTemplates.identity(KeyAlgorithm.P256, TpmtScheme.NULL), Secret.none());
      try (var identity = tss.keys().load(ek, created.blob())) {
        Bytes name = identity.readPublic().name().encode();
        var certified = tss.attestation().certify(identity, ak, NONCE);
        assertTrue(verifies(TpmPublicKey.of(ak.key()), certified));
        var attest = TpmsAttest.parse(certified.attest());
        assertEquals(0x8017, attest.type());
        var info = TpmsCertifyInfo.parse(((TpmsAttest.Unparsed) attest.attested()).content());
        assertEquals(name, info.name());
        assertEquals(identity.readPublic().qualifiedName().encode(), info.qualifiedName());
        var creation = tss.attestation().certifyCreation(identity, created, ak, NONCE);
        assertTrue(verifies(TpmPublicKey.of(ak.key()), creation));
        assertEquals(0x801a, TpmsAttest.parse(creation.attest()).type());
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void restrictedKeyRefusesAnotherScheme() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ak = LiveTpm.attestationKey(tss)) {
      var other = TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA512);
      var failure =
          assertThrows(TssException.class, () -> tss.attestation().quote(ak, NONCE, other, PCRS));
      assertTrue(failure.is(TpmRc.TPM_RC_SCHEME));
      assertEquals(
          new TssReturnCode.Subject(TssReturnCode.Kind.PARAMETER, 2),
          failure.code().subject().orElseThrow());
    }
    LiveTpm.assertNothingLeft(tpm);
  }
}
