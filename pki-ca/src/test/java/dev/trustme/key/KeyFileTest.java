// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyFileTest {
  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  @TempDir private Path dir;

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"RSA_2048", "EC_P256", "EC_P384", "EC_P521", "ED25519", "RSA_PSS_2048"})
  void opensslReadsWhatWeEncrypt(KeyType type) throws Exception {
    try (var pass = Passphrase.of("correct horse".toCharArray());
        var key = SigningKey.generate(type)) {
      Path file = dir.resolve("key.pem");
      KeyFile.write(file, key, KeyProtection.encrypted(pass));
      Path passFile = Files.writeString(dir.resolve("pass"), "correct horse\n");
      Path der = dir.resolve("pub.der");
      openssl(
          "pkey",
          "-in",
          file,
          "-passin",
          "file:" + passFile,
          "-pubout",
          "-outform",
          "DER",
          "-out",
          der);
      assertEquals(
          Bytes.copyOf(key.publicKey().getEncoded("DER")), Bytes.copyOf(Files.readAllBytes(der)));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      try (var read = KeyFile.read(file, pass)) {
        assertEquals(key.publicKey(), read.publicKey());
        assertTrue(signs(read, key.publicKey(), read.algorithm()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"RSA_2048", "EC_P256", "EC_P384", "EC_P521"})
  void opensslVerifiesWhatWeSign(KeyType type) throws Exception {
    try (var key = SigningKey.generate(type)) {
      Path pub = Files.write(dir.resolve("pub.der"), key.publicKey().getEncoded("DER"));
      Path message = Files.write(dir.resolve("message"), MESSAGE.toArray());
      Path signature = Files.write(dir.resolve("signature"), key.sign(MESSAGE).toArray());
      String hash =
          switch (type) {
            case EC_P384 -> "-sha384";
            case EC_P521 -> "-sha512";
            default -> "-sha256";
          };
      openssl("dgst", hash, "-verify", pub, "-keyform", "DER", "-signature", signature, message);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ED25519", "EC_P384"})
  void aKeyComesBackAndSignsTheSameBytes(KeyType type) throws Exception {
    try (var pass = Passphrase.of("correct horse".toCharArray());
        var key = SigningKey.generate(type)) {
      var file = KeyFile.encode(key, KeyProtection.plaintext());
      try (var read = KeyFile.parse(file, pass, "file")) {
        assertEquals(type, KeyType.of(read.publicKey()).orElseThrow());
        assertEquals(key.publicKey(), read.publicKey());
        assertEquals(key.sign(MESSAGE), read.sign(MESSAGE));
        assertTrue(signs(read, key.publicKey(), read.algorithm()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA_PSS_2048, SHA256", "RSA_PSS_2048, SHA512", "RSA_2048, SHA384"})
  void opensslVerifiesRsassaPss(KeyType type, HashAlgorithm hash) throws Exception {
    try (var key = SigningKey.generate(type)) {
      var signer = key.contentSigner(SignatureAlgorithm.RsaPss.of(hash).identifier());
      signer.getOutputStream().write(MESSAGE.toArray());
      Path pub = Files.write(dir.resolve("pub.der"), key.publicKey().getEncoded("DER"));
      Path signature = Files.write(dir.resolve("signature"), signer.getSignature());
      openssl(
          "dgst",
          "-" + hash.name().toLowerCase(Locale.ROOT),
          "-sigopt",
          "rsa_padding_mode:pss",
          "-sigopt",
          "rsa_pss_saltlen:" + hash.size(),
          "-verify",
          pub,
          "-keyform",
          "DER",
          "-signature",
          signature,
          Files.write(dir.resolve("message"), MESSAGE.toArray()));
    }
  }

  @Test
  void aKeySignsOnlyByWhatFitsIt() {
    try (var pss = SigningKey.generate(KeyType.RSA_PSS_2048);
        var ec = SigningKey.generate(KeyType.EC_P256)) {
      var pkcs1 = new SignatureAlgorithm.RsaPkcs1(HashAlgorithm.SHA256).identifier();
      assertThrows(IllegalArgumentException.class, () -> pss.contentSigner(pkcs1));
      assertThrows(IllegalArgumentException.class, () -> ec.contentSigner(pss.algorithm()));
      assertFalse(
          SignatureScheme.verify(ec.publicKey(), pss.algorithm(), MESSAGE, ec.sign(MESSAGE)));
    }
  }

  private static boolean signs(
      SigningKey key, SubjectPublicKeyInfo publicKey, AlgorithmIdentifier by) {
    var other = Bytes.utf8("what is not signed");
    return SignatureScheme.verify(publicKey, by, MESSAGE, key.sign(MESSAGE))
        && !SignatureScheme.verify(publicKey, by, other, key.sign(MESSAGE));
  }

  @Test
  void readsWhatOpensslWrites() throws Exception {
    Path passFile = Files.writeString(dir.resolve("pass"), "päss\n");
    for (String cipher : List.of("-aes256", "-aes128", "-aes192")) {
      Path file = dir.resolve("openssl" + cipher + ".pem");
      openssl(
          "genpkey",
          "-algorithm",
          "EC",
          "-pkeyopt",
          "ec_paramgen_curve:P-384",
          cipher,
          "-pass",
          "file:" + passFile,
          "-out",
          file);
      try (var pass = Passphrase.of("päss".toCharArray());
          var key = KeyFile.read(file, pass)) {
        assertEquals("SigningKey[ec-p384]", key.toString());
      }
    }
  }

  @Test
  void plainKeysAreReadWithoutAsking() throws Exception {
    Path file = dir.resolve("plain.pem");
    openssl("genpkey", "-algorithm", "ED25519", "-out", file);
    try (var key = KeyFile.read(file, never())) {
      assertEquals("SigningKey[ed25519]", key.toString());
    }
  }

  @Test
  void aWrongPassphraseIsRefused() throws Exception {
    Path file = encryptedFile();
    try (var wrong = Passphrase.of("wrong".toCharArray())) {
      var e = assertThrows(GeneralSecurityException.class, () -> KeyFile.read(file, wrong));
      assertEquals(file + ": wrong passphrase", e.getMessage());
    }
  }

  @Test
  void keysOfOneProtectionShareTheSaltButNotTheVector() throws Exception {
    try (var pass = Passphrase.of("right".toCharArray());
        var key = SigningKey.generate(KeyType.EC_P256)) {
      var protection = KeyProtection.encrypted(pass);
      KeyFile.write(dir.resolve("a.pem"), key, protection);
      KeyFile.write(dir.resolve("b.pem"), key, protection);
    }
    assertFalse(
        Files.readString(dir.resolve("a.pem")).equals(Files.readString(dir.resolve("b.pem"))));
  }

  @Test
  void anExistingKeyIsNeverReplaced() throws Exception {
    Path file = encryptedFile();
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      assertThrows(
          FileAlreadyExistsException.class,
          () -> KeyFile.write(file, key, KeyProtection.plaintext()));
    }
  }

  @Test
  void otherContentIsMalformed() throws Exception {
    Path file = encryptedFile();
    String text = Files.readString(file);
    assertMalformed("", "holds no private key");
    assertMalformed(text + text, "expected one private key");
    assertMalformed(text.replace("ENCRYPTED PRIVATE", "RSA PRIVATE"), "found RSA PRIVATE KEY");
    assertMalformed(text.replace("ENCRYPTED ", ""), "is not PKCS#8");
    Path dsa = dir.resolve("ed448.pem");
    openssl("genpkey", "-algorithm", "ED448", "-out", dsa);
    assertMalformed(Files.readString(dsa), "expected an RSA or RSASSA-PSS (2048, 3072, 4096)");
    Path pbes1 = dir.resolve("scrypt.pem");
    openssl("pkcs8", "-topk8", "-scrypt", "-in", plainFile(), "-passout", "pass:x", "-out", pbes1);
    assertMalformed(Files.readString(pbes1), "expected key derivation by PBKDF2");
  }

  @Test
  void aClosedKeySignsNoMore() {
    var key = SigningKey.generate(KeyType.EC_P256);
    key.close();
    assertThrows(IllegalStateException.class, () -> key.sign(MESSAGE));
  }

  private Path encryptedFile() throws IOException, GeneralSecurityException {
    Path file = dir.resolve("encrypted.pem");
    try (var pass = Passphrase.of("right".toCharArray());
        var key = SigningKey.generate(KeyType.EC_P256)) {
      KeyFile.write(file, key, KeyProtection.encrypted(pass));
    }
    return file;
  }

  private Path plainFile() throws IOException, GeneralSecurityException {
    Path file = dir.resolve("plain.pem");
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      KeyFile.write(file, key, KeyProtection.plaintext());
    }
    return file;
  }

  private static void assertMalformed(String content, String problem) {
    var e =
        assertThrows(
            FormatException.class, () -> KeyFile.parse(Bytes.utf8(content), never(), "key.pem"));
    assertTrue(e.problem().contains(problem), e.problem());
  }

  private static Passphrase never() {
    return Passphrase.ask(
        "Passphrase",
        purpose -> {
          throw new AssertionError("asked for " + purpose);
        });
  }

  private static void openssl(Object... arguments) throws IOException, InterruptedException {
    var command = new Object[arguments.length + 1];
    command[0] = "openssl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Judge.accepts(command);
  }
}
