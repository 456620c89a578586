// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PKCS#12 files of openssl and keytool read, and ours read by them. */
class Pkcs12FileTest {
  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  @TempDir private Path dir;

  private static Passphrase right() {
    return Passphrase.of("päss wörd".toCharArray());
  }

  private Path passFile() throws IOException {
    return Files.writeString(dir.resolve("pass"), "päss wörd\n");
  }

  private static void assertSigns(SigningKey key) {
    assertTrue(
        SignatureScheme.verify(key.publicKey(), key.algorithm(), MESSAGE, key.sign(MESSAGE)));
  }

  /** A key in PEM and its self-signed certificate, by openssl. */
  private Path selfSigned(String name, String... algorithm) throws Exception {
    Path key = dir.resolve(name + ".key");
    Judge.accepts(
        Stream.concat(Stream.of("openssl", "genpkey", "-out", key), Arrays.stream(algorithm))
            .toArray());
    Judge.accepts(
        "openssl",
        "req",
        "-x509",
        "-new",
        "-key",
        key,
        "-subj",
        "/CN=" + name,
        "-days",
        "30",
        "-out",
        dir.resolve(name + ".pem"));
    return key;
  }

  private Path byOpenssl(String name, Object... more) throws Exception {
    Path p12 = dir.resolve(name + ".p12");
    Judge.accepts(
        Stream.concat(
                Stream.of(
                    "openssl",
                    "pkcs12",
                    "-export",
                    "-inkey",
                    dir.resolve(name + ".key"),
                    "-in",
                    dir.resolve(name + ".pem"),
                    "-name",
                    name,
                    "-out",
                    p12,
                    "-passout",
                    "file:" + passFile()),
                Arrays.stream(more))
            .toArray());
    return p12;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
        "-algorithm ED25519",
      })
  void readsWhatOpensslWrites(String algorithm) throws Exception {
    Path key = selfSigned("one", algorithm.split(" "));
    Path p12 = byOpenssl("one");
    try (var pass = right();
        var plain = KeyFile.read(key, pass)) {
      for (Optional<String> alias : List.of(Optional.of("one"), Optional.<String>empty())) {
        var entry = Pkcs12File.read(p12, alias, pass);
        try (var read = entry.key()) {
          assertEquals(plain.publicKey(), read.publicKey());
          assertEquals("one", entry.alias());
          assertEquals(
              Certificates.parse(Bytes.copyOf(Files.readAllBytes(dir.resolve("one.pem")))),
              entry.chain());
          assertSigns(read);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha384", "sha512"})
  void readsOtherMacs(String hash) throws Exception {
    var unused = selfSigned("one", "-algorithm", "ED25519");
    Path p12 = byOpenssl("one", "-macalg", hash, "-iter", "10000");
    try (var pass = right();
        var read = Pkcs12File.read(p12, Optional.empty(), pass).key()) {
      assertSigns(read);
    }
  }

  @Test
  void readsWhatKeytoolWrites() throws Exception {
    Path p12 = dir.resolve("keytool.p12");
    Path pass = Files.writeString(dir.resolve("ascii"), "correct horse\n");
    for (String alias : List.of("first", "second")) {
      Judge.accepts(
          "keytool",
          "-genkeypair",
          "-keystore",
          p12,
          "-storetype",
          "PKCS12",
          "-storepass:file",
          pass,
          "-alias",
          alias,
          "-keyalg",
          "EC",
          "-groupname",
          "secp384r1",
          "-dname",
          "CN=" + alias);
    }
    try (var right = Passphrase.of("correct horse".toCharArray())) {
      var first = Pkcs12File.read(p12, Optional.of("first"), right);
      assertEquals("CN=first", first.chain().getFirst().getSubject().toString());
      assertSigns(first.key());
      var several =
          assertThrows(IOException.class, () -> Pkcs12File.read(p12, Optional.empty(), right));
      assertTrue(several.getMessage().contains("several private keys"), several.getMessage());
      var none =
          assertThrows(IOException.class, () -> Pkcs12File.read(p12, Optional.of("third"), right));
      assertTrue(none.getMessage().contains("it has: [first, second]"), none.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "RSA_2048", "RSA_PSS_2048", "ED25519"})
  void opensslAndKeytoolReadWhatWeWrite(KeyType type) throws Exception {
    Path p12 = dir.resolve("ours.p12");
    // keytool reads a passphrase file in the locale's encoding.
    Path passFile = Files.writeString(dir.resolve("ascii"), "correct horse\n");
    try (var pass = Passphrase.of("correct horse".toCharArray());
        var key = SigningKey.generate(type)) {
      Path pem = dir.resolve("key.pem");
      KeyFile.write(pem, key, KeyProtection.plaintext());
      Judge.accepts(
          "openssl",
          "req",
          "-x509",
          "-new",
          "-key",
          pem,
          "-subj",
          "/CN=ours",
          "-days",
          "30",
          "-out",
          dir.resolve("cert.pem"));
      var chain = Certificates.parse(Bytes.copyOf(Files.readAllBytes(dir.resolve("cert.pem"))));
      Pkcs12File.write(p12, new Pkcs12File.Entry("ours", key, chain), pass);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(p12)));
      var read = Pkcs12File.read(p12, Optional.of("ours"), pass);
      assertEquals(key.publicKey(), read.key().publicKey());
      assertEquals(chain, read.chain());
    }
    String keys =
        Judge.accepts(
            "openssl", "pkcs12", "-in", p12, "-passin", "file:" + passFile, "-nodes", "-info");
    assertTrue(keys.contains("PRIVATE KEY") && keys.contains("CN = ours"), keys);
    assertTrue(keys.contains("PBES2, PBKDF2, AES-256-CBC, Iteration 600000"), keys);
    String listed =
        Judge.accepts("keytool", "-list", "-keystore", p12, "-storepass:file", passFile);
    assertTrue(listed.contains("ours") && listed.contains("PrivateKeyEntry"), listed);
  }

  @Test
  void referencesNameFileAndAlias() throws Exception {
    var reference = KeyReference.parse("pkcs12:" + dir.resolve("new.p12") + "?alias=k");
    try (var pass = right();
        var key = Keys.generate(reference, KeyType.EC_P256, pass);
        var again = Keys.open(reference, pass)) {
      assertEquals(key.publicKey(), again.publicKey());
      assertThrows(
          FileAlreadyExistsException.class, () -> Keys.generate(reference, KeyType.EC_P256, pass));
      try (var wrong =
          Passphrase.ask(
              "Passphrase",
              prompt -> {
                assertEquals("Passphrase of " + dir.resolve("new.p12"), prompt);
                return "wrong".toCharArray();
              })) {
        var e = assertThrows(GeneralSecurityException.class, () -> Keys.open(reference, wrong));
        assertTrue(e.getMessage().endsWith("wrong passphrase"), e.getMessage());
      }
    }
  }

  @Test
  void oldEncryptionIsRefusedWithAdvice() throws Exception {
    var unused = selfSigned("one", "-algorithm", "ED25519");
    assertMalformed(
        byOpenssl("one", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"),
        "expected encryption by PBES2");
    assertMalformed(byOpenssl("one", "-macalg", "sha1"), "expected a MAC by SHA-256");
    assertMalformed(byOpenssl("one", "-nomac"), "has no MAC");
  }

  private static void assertMalformed(Path file, String problem) {
    try (var pass = right()) {
      var e =
          assertThrows(FormatException.class, () -> Pkcs12File.read(file, Optional.empty(), pass));
      assertTrue(e.problem().contains(problem), e.problem());
    }
  }

  /** Ten billion iterations would take an hour before the passphrase turns out to be wrong. */
  @Test
  void aHugeIterationCountIsMalformedAndNotTried() throws Exception {
    var unused = selfSigned("one", "-algorithm", "ED25519");
    var pfx = Pfx.getInstance(Files.readAllBytes(byOpenssl("one")));
    var mac = pfx.getMacData();
    var huge =
        new Pfx(pfx.getAuthSafe(), new MacData(mac.getMac(), mac.getSalt(), Integer.MAX_VALUE));
    Path file = Files.write(dir.resolve("huge.p12"), huge.getEncoded("DER"));
    assertMalformed(file, "expected 1 to 10000000 iterations");
  }

  @Test
  void aChangedFileIsRefused() throws Exception {
    var unused = selfSigned("one", "-algorithm", "ED25519");
    var pfx = Pfx.getInstance(Files.readAllBytes(byOpenssl("one")));
    byte[] safe = ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
    safe[safe.length - 1] ^= 1;
    var changed =
        new Pfx(
            new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(safe)),
            pfx.getMacData());
    Path file = Files.write(dir.resolve("changed.p12"), changed.getEncoded("DER"));
    try (var pass = right()) {
      assertThrows(
          GeneralSecurityException.class, () -> Pkcs12File.read(file, Optional.empty(), pass));
    }
  }
}
