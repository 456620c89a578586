// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.SoftToken;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in SoftHSM2 tokens, made by other tools and by us; other tools judge. */
class TokenKeyTest extends TokenFixture {
  @ParameterizedTest
  @CsvSource({
    "rsa:2048, RSA_2048",
    "rsa:3072, RSA_3072",
    "EC:prime256v1, EC_P256",
    "EC:secp384r1, EC_P384",
    "EC:secp521r1, EC_P521",
    "EC:edwards25519, ED25519",
  })
  void signsWithKeysOfPkcs11Tool(String made, KeyType type) throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", made, "--label", "theirs", "--id", "a1b2");
    try (var key = open("token=one;object=theirs;id=%a1%b2")) {
      assertEquals(type, KeyType.of(key.publicKey()).orElseThrow());
      assertSigns(key);
      opensslVerifies(key, key.sign(MESSAGE));
    }
  }

  private void opensslVerifies(SigningKey key, Bytes signature) throws Exception {
    Path pub = Files.write(dir.resolve("pub.der"), key.publicKey().getEncoded("DER"));
    Path message = Files.write(dir.resolve("message"), MESSAGE.toArray());
    Path file = Files.write(dir.resolve("signature"), signature.toArray());
    var digest = SignatureScheme.digest(key.publicKey());
    if (digest.isPresent()) {
      Judge.accepts(
          "openssl",
          "dgst",
          "-" + digest.get().name().toLowerCase(java.util.Locale.ROOT),
          "-verify",
          pub,
          "-keyform",
          "DER",
          "-signature",
          file,
          message);
    } else {
      Judge.accepts(
          "openssl",
          "pkeyutl",
          "-verify",
          "-rawin",
          "-pubin",
          "-inkey",
          pub,
          "-keyform",
          "DER",
          "-in",
          message,
          "-sigfile",
          file);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"RSA_2048", "EC_P256", "EC_P384", "EC_P521", "ED25519", "RSA_PSS_2048"})
  void othersSeeWhatWeMake(KeyType type) throws Exception {
    var reference = TokenFixture.reference("token=one;object=ours;id=%01");
    try (var pin = pin();
        var key = Keys.generate(reference, type, pin)) {
      assertEquals(type, KeyType.of(key.publicKey()).orElseThrow());
      assertSigns(key);
      try (var again = Keys.open(reference, key.publicKey(), "theirs", pin)) {
        assertEquals(key.publicKey(), again.publicKey());
        assertSigns(again);
      }
    }
    String objects = tokens.tool("one", "--list-objects", "--type", "privkey");
    assertTrue(objects.contains("ours") && objects.contains("ID:         01"), objects);
    assertTrue(objects.contains("sensitive") && objects.contains("never extractable"), objects);
  }

  @Test
  void aKeyIsNeverMadeTwice() throws Exception {
    var reference = TokenFixture.reference("token=one;object=ours");
    try (var pin = pin();
        var key = Keys.generate(reference, KeyType.EC_P256, pin)) {
      assertThrows(
          FileAlreadyExistsException.class, () -> Keys.generate(reference, KeyType.EC_P256, pin));
      assertSigns(key);
    }
  }

  @Test
  void aTokenMakesNoMlDsaKey() throws Exception {
    var reference = TokenFixture.reference("token=one;object=ours");
    try (var pin = pin()) {
      var e =
          assertThrows(IOException.class, () -> Keys.generate(reference, KeyType.ML_DSA_65, pin));
      assertTrue(Judge.words(e).contains("cannot make ML-DSA"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC_P256", "RSA_2048"})
  void anImportedKeyNeedsNoPublicObject(KeyType type) throws Exception {
    SubjectPublicKeyInfo imported = importKey(type);
    tokens.tool("one", "--delete-object", "--type", "pubkey", "--label", "imported");
    var reference = TokenFixture.reference("token=one;object=imported");
    if (type == KeyType.EC_P256) {
      var e = assertThrows(IOException.class, () -> open("token=one;object=imported"));
      assertTrue(Judge.words(e).contains("give its certificate"), e.getMessage());
    } else {
      try (var key = open("token=one;object=imported")) {
        assertEquals(imported, key.publicKey());
      }
    }
    try (var pin = pin();
        var key = Keys.open(reference, imported, "theirs", pin)) {
      assertSigns(key);
    }
  }

  /** Wrong certificates are found out by the first signature at the latest. */
  @Test
  void anotherKeysCertificateGivesNoSignature() throws Exception {
    var unused = importKey(KeyType.EC_P256);
    var reference = TokenFixture.reference("token=one;object=imported");
    try (var pin = pin();
        var other = SigningKey.generate(KeyType.EC_P256)) {
      assertThrows(
          FormatException.class, () -> Keys.open(reference, other.publicKey(), "theirs", pin));
      tokens.tool("one", "--delete-object", "--type", "pubkey", "--label", "imported");
      try (var key = Keys.open(reference, other.publicKey(), "theirs", pin)) {
        var e = assertThrows(UncheckedIOException.class, () -> key.sign(MESSAGE));
        assertTrue(Judge.words(e).contains("own public key does not verify"), e.getMessage());
      }
    }
  }

  private SubjectPublicKeyInfo importKey(KeyType type) throws Exception {
    try (var key = SigningKey.generate(type)) {
      Path file = dir.resolve("import.pem");
      KeyFile.write(file, key, KeyProtection.plaintext());
      tokens.run(
          "softhsm2-util",
          "--import",
          file,
          "--token",
          "one",
          "--label",
          "imported",
          "--id",
          "0102",
          "--pin",
          SoftToken.PIN);
      return key.publicKey();
    }
  }

  @Test
  void aCertificateObjectTellsThePublicKey() throws Exception {
    var imported = importKey(KeyType.EC_P384);
    tokens.tool("one", "--delete-object", "--type", "pubkey", "--label", "imported");
    Path certificate = dir.resolve("cert.der");
    Judge.accepts(
        "openssl",
        "req",
        "-x509",
        "-new",
        "-subj",
        "/CN=test",
        "-key",
        dir.resolve("import.pem"),
        "-outform",
        "DER",
        "-out",
        certificate);
    tokens.tool("one", "--write-object", certificate, "--type", "cert", "--id", "0102");
    try (var key = open("token=one;object=imported")) {
      assertEquals(imported, key.publicKey());
      assertSigns(key);
    }
  }

  @Test
  void oneSessionMakesAllSignaturesOfAllThreads() throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", "k");
    var reference = KeyReference.parse("pkcs11:object=k?module-path=" + tokens.spy());
    try (var pin = pin();
        var key = Keys.open(reference, pin);
        var threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> work =
          IntStream.range(0, 2000)
              .<Callable<Boolean>>mapToObj(i ->
                  () -> {
                    Bytes message = Bytes.utf8("message " + i);
                    return SignatureScheme.verify(
                        key.publicKey(), key.algorithm(), message, key.sign(message));
                  })
              .toList();
      for (var result : threads.invokeAll(work)) {
        assertTrue(result.get());
      }
    }
    assertEquals(1, tokens.calls("C_OpenSession"));
    assertEquals(1, tokens.calls("C_Login"));
    assertEquals(2000, tokens.calls("C_SignInit"));
    assertEquals(1, tokens.calls("C_Finalize"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "CKM_RSA_PKCS_PSS", "CKM_RSA_PKCS_PSS,CKM_RSA_X_509"})
  void pssWorksWithAndWithoutTheTokensOwn(String without) throws Exception {
    Path folder = Files.createDirectories(dir.resolve("pss"));
    tokens =
        (without.isEmpty() ? SoftToken.in(folder) : SoftToken.in(folder, without)).token("one");
    tokens.tool("one", "--keypairgen", "--key-type", "rsa:2048", "--label", "k");
    var reference = KeyReference.parse("pkcs11:object=k?module-path=" + tokens.spy());
    var pss = SignatureAlgorithm.RsaPss.of(HashAlgorithm.SHA512).identifier();
    try (var pin = pin();
        var key = Keys.open(reference, pin)) {
      var signer = key.contentSigner(pss);
      signer.getOutputStream().write(MESSAGE.toArray());
      if (without.contains("X_509")) {
        var e = assertThrows(UncheckedIOException.class, signer::getSignature);
        assertTrue(Judge.words(e).contains("can neither sign by RSASSA-PSS"), e.getMessage());
        return;
      }
      Path signature = Files.write(dir.resolve("signature"), signer.getSignature());
      Path pub = Files.write(dir.resolve("pub.der"), key.publicKey().getEncoded("DER"));
      Path message = Files.write(dir.resolve("message"), MESSAGE.toArray());
      Judge.accepts(
          "openssl",
          "dgst",
          "-sha512",
          "-sigopt",
          "rsa_padding_mode:pss",
          "-sigopt",
          "rsa_pss_saltlen:64",
          "-verify",
          pub,
          "-keyform",
          "DER",
          "-signature",
          signature,
          message);
    }
    assertEquals(1, tokens.calls("C_Sign"));
    assertEquals(without.isEmpty() ? 1 : 0, tokens.used("CKM_RSA_PKCS_PSS"));
  }

  @Test
  void aTokensKeyNeverLeavesIt() throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", "k");
    try (var key = open("object=k")) {
      assertThrows(
          IllegalArgumentException.class, () -> KeyFile.encode(key, KeyProtection.plaintext()));
      assertThrows(
          IllegalArgumentException.class,
          () -> key.contentSigner(new SignatureAlgorithm.Ed25519().identifier()));
    }
  }
}
