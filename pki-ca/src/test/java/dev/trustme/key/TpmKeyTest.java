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
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys in swtpm; OpenSSL's tpm2 provider makes and uses key files as well. */
class TpmKeyTest {
  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  @TempDir private Path dir;
  private SoftwareTpm tpm;

  @BeforeEach
  void start() throws Exception {
    tpm = SoftwareTpm.start(dir.resolve("tpm"));
  }

  @AfterEach
  void stop() {
    tpm.close();
  }

  private KeyReference file(Path path) throws FormatException {
    return KeyReference.parse("tpm2:" + path + "?tcti=" + tpm.tcti());
  }

  private KeyReference handle(String text) throws FormatException {
    return KeyReference.parse(
        "tpm2:" + text + (text.contains("?") ? "&" : "?") + "tcti=" + tpm.tcti());
  }

  private static Passphrase secret(String value) {
    return Passphrase.of(value.toCharArray());
  }

  private static Passphrase never() {
    return Passphrase.ask(
        "Passphrase",
        prompt -> {
          throw new AssertionError("asked for " + prompt);
        });
  }

  private static void assertSigns(SigningKey key) {
    assertTrue(
        SignatureScheme.verify(key.publicKey(), key.algorithm(), MESSAGE, key.sign(MESSAGE)));
  }

  /** openssl with the tpm2 provider first, which finds the TPM through the environment. */
  private String openssl(Object... arguments) throws Exception {
    var line = new ArrayList<String>(List.of("openssl"));
    line.add(arguments[0].toString());
    line.addAll(List.of("-provider", "tpm2", "-provider", "default"));
    line.addAll(List.of("-propquery", "?provider=tpm2"));
    for (int i = 1; i < arguments.length; i++) {
      line.add(arguments[i].toString());
    }
    var builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("TPM2OPENSSL_TCTI", tpm.tcti());
    builder.environment().put("TSS2_LOG", "all+none");
    var process = builder.start();
    process.getOutputStream().close();
    String words = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), () -> line + "\n" + words);
    return words;
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"RSA_2048", "RSA_3072", "EC_P256", "EC_P384", "RSA_PSS_2048"})
  void aKeyFileIsMadeAndUsed(KeyType type) throws Exception {
    Path path = dir.resolve("key.pem");
    try (var none = secret("");
        var key = Keys.generate(file(path), type, none)) {
      assertEquals(type, KeyType.of(key.publicKey()).orElseThrow());
      assertSigns(key);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertThrows(FileAlreadyExistsException.class, () -> Keys.generate(file(path), type, none));
    }
    SubjectPublicKeyInfo seen = publicKeyByOpenssl(path);
    try (var never = never();
        var key = Keys.open(file(path), never)) {
      assertEquals(seen, key.publicKey());
      assertSigns(key);
    }
  }

  private SubjectPublicKeyInfo publicKeyByOpenssl(Path path) throws Exception {
    Path pub = dir.resolve("pub.der");
    openssl("pkey", "-in", path, "-pubout", "-outform", "DER", "-out", pub);
    return SubjectPublicKeyInfo.getInstance(Files.readAllBytes(pub));
  }

  @ParameterizedTest
  @CsvSource({"EC_P256, sha256", "EC_P384, sha384", "RSA_2048, sha256"})
  void opensslSignsWithOurKeyFile(KeyType type, String hash) throws Exception {
    Path path = dir.resolve("key.pem");
    try (var pass = secret("swordfish");
        var key = Keys.generate(file(path), type, pass)) {
      Path message = Files.write(dir.resolve("message"), MESSAGE.toArray());
      Path signature = dir.resolve("signature");
      Path passFile = Files.writeString(dir.resolve("pass"), "swordfish\n");
      openssl(
          "dgst",
          "-" + hash,
          "-sign",
          path,
          "-passin",
          "file:" + passFile,
          "-out",
          signature,
          message);
      assertTrue(
          SignatureScheme.verify(
              key.publicKey(),
              key.algorithm(),
              MESSAGE,
              Bytes.copyOf(Files.readAllBytes(signature))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EC, group:P-256, EC_P256",
    "EC, group:P-384, EC_P384",
    "RSA, bits:2048, RSA_2048",
  })
  void weSignWithOpensslsKeyFile(String algorithm, String option, KeyType type) throws Exception {
    Path path = dir.resolve("key.pem");
    openssl(
        "genpkey",
        "-algorithm",
        algorithm,
        "-pkeyopt",
        option,
        "-pkeyopt",
        "user-auth:swordfish",
        "-out",
        path);
    assertTrue(Files.readString(path).contains("BEGIN TSS2 PRIVATE KEY"));
    try (var pass = secret("swordfish");
        var key = Keys.open(file(path), pass)) {
      assertEquals(type, KeyType.of(key.publicKey()).orElseThrow());
      assertSigns(key);
    }
    try (var wrong = secret("sailfish")) {
      var e = assertThrows(GeneralSecurityException.class, () -> Keys.open(file(path), wrong));
      assertTrue(e.getMessage().contains("wrong authorization value"), e.getMessage());
    }
  }

  @Test
  void keysUnderAPersistentParentAreRead() throws Exception {
    tpm.run("tpm2_createprimary", "-c", "parent.ctx", "-G", "ecc");
    tpm.run("tpm2_evictcontrol", "-c", "parent.ctx", "0x81000010");
    tpm.run("tpm2_flushcontext", "-t");
    Path path = dir.resolve("key.pem");
    openssl(
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "group:P-256",
        "-pkeyopt",
        "parent:0x81000010",
        "-out",
        path);
    try (var never = never();
        var key = Keys.open(file(path), never)) {
      assertSigns(key);
    }
  }

  @Test
  void aPersistentKeyIsMadeAndUsed() throws Exception {
    try (var pass = secret("swordfish")) {
      var withSecret = handle("0x81000002?pass");
      try (var key = Keys.generate(withSecret, KeyType.EC_P256, pass)) {
        assertSigns(key);
      }
      assertTrue(tpm.run("tpm2_getcap", "handles-persistent").contains("0x81000002"));
      try (var again = Keys.open(withSecret, pass)) {
        assertSigns(again);
      }
      assertThrows(
          FileAlreadyExistsException.class, () -> Keys.generate(withSecret, KeyType.EC_P256, pass));
      try (var key = Keys.open(handle("0x81000002"), pass)) {
        var e = assertThrows(UncheckedIOException.class, () -> key.sign(MESSAGE));
        assertTrue(e.getMessage().contains("authorization value"), e.getMessage());
      }
      var e = assertThrows(IOException.class, () -> Keys.open(handle("0x81000003"), pass));
      assertTrue(e.getMessage().contains("0x81000003"), e.getMessage());
    }
  }

  @Test
  void aRestrictedKeySignsNothingOfOurs() throws Exception {
    tpm.run("tpm2_createek", "-c", "0x81010001", "-G", "ecc");
    tpm.run(
        "tpm2_createak",
        "-C",
        "0x81010001",
        "-c",
        "ak.ctx",
        "-G",
        "ecc",
        "-g",
        "sha256",
        "-s",
        "ecdsa");
    tpm.run("tpm2_evictcontrol", "-c", "ak.ctx", "0x81000002");
    tpm.run("tpm2_flushcontext", "-t");
    try (var never = never()) {
      var e = assertThrows(IOException.class, () -> Keys.open(handle("0x81000002"), never));
      assertTrue(e.getMessage().contains("no key that signs what it is given"), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HashAlgorithm.class,
      names = {"SHA256", "SHA384", "SHA512"})
  void rsassaPssHasTheSaltThatTheAlgorithmSays(HashAlgorithm hash) throws Exception {
    try (var none = secret("");
        var key = Keys.generate(file(dir.resolve("key.pem")), KeyType.RSA_2048, none)) {
      var pss = SignatureAlgorithm.RsaPss.of(hash).identifier();
      var signer = key.contentSigner(pss);
      signer.getOutputStream().write(MESSAGE.toArray());
      assertTrue(
          SignatureScheme.verify(
              key.publicKey(), pss, MESSAGE, Bytes.copyOf(signer.getSignature())));
    }
  }

  @Test
  void aTpmThatIsGoneIsAnError() throws Exception {
    try (var none = secret("")) {
      var reference = file(dir.resolve("key.pem"));
      try (var key = Keys.generate(reference, KeyType.EC_P256, none)) {
        tpm.close();
        assertThrows(UncheckedIOException.class, () -> key.sign(MESSAGE));
      }
      assertThrows(IOException.class, () -> Keys.open(reference, none));
    }
  }

  @Test
  void anotherTpmLoadsNoForeignKeyFile() throws Exception {
    Path path = dir.resolve("key.pem");
    try (var none = secret("");
        var key = Keys.generate(file(path), KeyType.EC_P256, none);
        var other = SoftwareTpm.start(dir.resolve("other"))) {
      assertSigns(key);
      var there = KeyReference.parse("tpm2:" + path + "?tcti=" + other.tcti());
      assertThrows(IOException.class, () -> Keys.open(there, none));
    }
  }

  @Test
  void aTpmMakesNoEd25519Key() throws Exception {
    try (var none = secret("")) {
      Path path = dir.resolve("key.pem");
      assertThrows(IOException.class, () -> Keys.generate(file(path), KeyType.ED25519, none));
      assertFalse(Files.exists(path));
    }
  }
}
