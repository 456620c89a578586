// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyType;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Pkcs7SignerTest {
  private static final Path VECTOR =
      Path.of("../attestation-verifier/src/test/resources/dev/trustme/artifact/sign-file");
  private static final Bytes MESSAGE = Bytes.utf8("abc");

  @TempDir Path folder;

  @Test
  void signsTheBytesOfTheKernelsSignFile() throws Exception {
    Path keyFile = Files.copy(VECTOR.resolve("key.pem"), folder.resolve("key.pem"));
    try (var passphrase = Passphrase.of(new char[] {'-'});
        var key =
            new RoleKey(KeyFile.read(keyFile, passphrase), Certificates.parse(read("cert.pem")))) {
      var module = read("module.ko");
      var signature = new Pkcs7Signer(key).detached(module);
      assertEquals(
          read("module.signed.ko"), new ModuleSignature(module, Optional.of(signature)).encode());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "EC_P256", "EC_P384", "EC_P521"})
  void opensslVerifiesADetachedSignature(KeyType type) throws Exception {
    var key = TestKeys.selfSigned(type, "signer");
    var signature = new Pkcs7Signer(key).detached(MESSAGE);
    judge(key, signature, MESSAGE, 0);
    judge(key, signature, Bytes.utf8("abd"), 4);
    assertTrue(DetachedSignature.verify(signature, MESSAGE, key.chain()).accepted());
    assertFalse(DetachedSignature.verify(signature, Bytes.utf8("abd"), key.chain()).accepted());
  }

  private void judge(RoleKey key, Bytes signature, Bytes message, int code) throws Exception {
    Files.writeString(folder.resolve("cert.pem"), Certificates.pem(key.chain()));
    Files.write(folder.resolve("sig"), signature.toArray());
    Files.write(folder.resolve("message"), message.toArray());
    var result =
        Judge.run(
            folder,
            "openssl",
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "sig",
            "-content",
            "message",
            "-certfile",
            "cert.pem",
            "-CAfile",
            "cert.pem",
            "-purpose",
            "any");
    assertEquals(code, result.code(), result.output());
  }

  @Test
  void takesNoEd25519() {
    assertFalse(Pkcs7Signer.takes(TestKeys.selfSigned(KeyType.ED25519, "signer")));
  }

  @Test
  void sameMessageSameBytes() {
    var signer = new Pkcs7Signer(TestKeys.selfSigned(KeyType.EC_P256, "signer"));
    assertEquals(signer.detached(MESSAGE), signer.detached(MESSAGE));
  }

  private static Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(VECTOR.resolve(name)));
  }
}
