// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureAlgorithm;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds and details of readers that have their own tests elsewhere. */
class SmallPartsTest {
  private static final Bytes UUID = Bytes.zeros(16);

  private static VeritySuperblock superblock(long blocks, int salt) {
    return new VeritySuperblock(UUID, HashAlgorithm.SHA256, blocks, Bytes.zeros(salt));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, true",
    "16777216, 256, true",
    "0, 0, false",
    "16777217, 0, false",
    "1, 257, false"
  })
  void aSuperblockIsWithinBounds(long blocks, int salt, boolean fits) throws FormatException {
    if (!fits) {
      assertThrows(IllegalArgumentException.class, () -> superblock(blocks, salt));
      return;
    }
    var made = superblock(blocks, salt);
    assertEquals(made, VeritySuperblock.parse(made.encode().buffer()));
    assertEquals(blocks * 4096, made.dataSize());
  }

  /** data_blocks at 72, salt_size at 80. */
  @ParameterizedTest
  @CsvSource({"72, 0000000000000000", "72, 0100000100000000", "80, 0101", "82, 01", "511, 01"})
  void aSuperblockThatIsNoneIsMalformed(int at, String hex) {
    var bytes = superblock(1, 0).encode();
    var part = Bytes.fromHex(hex);
    var changed =
        Bytes.concat(bytes.slice(0, at), part, bytes.slice(at + part.size(), bytes.size()));
    assertMalformed(changed);
    assertMalformed(Bytes.concat(bytes, Bytes.zeros(1)));
  }

  private static void assertMalformed(Bytes superblock) {
    ByteBuffer buffer = superblock.buffer();
    assertThrows(FormatException.class, () -> VeritySuperblock.parse(buffer));
  }

  @Test
  void aModuleNamesItsSigner() throws FormatException {
    var signer = Certificates.parse(ModuleSignatureTest.resource("cert.pem")).getFirst();
    var signed = ModuleSignature.parse(ModuleSignatureTest.resource("module.signed.ko"));
    assertEquals(true, signed.names(signer));
    assertEquals(false, signed.names(TestSignedData.CERTIFICATE));
    var unsigned = ModuleSignature.parse(ModuleSignatureTest.resource("module.ko"));
    assertEquals(false, unsigned.names(signer));
  }

  @Test
  void aMarkerAloneIsNoModule() {
    var marker = Bytes.utf8("~Module signature appended~\n");
    for (Bytes file : List.of(marker, Bytes.concat(Bytes.zeros(12), marker))) {
      assertThrows(FormatException.class, () -> ModuleSignature.parse(file));
    }
  }

  @Test
  void imaSignsWithSha2AndSomeKeys() {
    var key = TestSigners.info(TestSignedData.RSA);
    var rsa = new SignatureAlgorithm.RsaPkcs1(HashAlgorithm.SHA512);
    assertEquals(Optional.of(rsa), ImaFileSignature.algorithm(key, HashAlgorithm.SHA512));
    var curve = TestSigners.info(TestSigners.ec("secp256r1"));
    for (var hash : List.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384)) {
      assertEquals(
          Optional.of(new SignatureAlgorithm.Ecdsa(hash)), ImaFileSignature.algorithm(curve, hash));
    }
    assertEquals(Optional.empty(), ImaFileSignature.algorithm(key, HashAlgorithm.SHA1));
    assertEquals(Optional.empty(), ImaFileSignature.algorithm(key, HashAlgorithm.SHA3_256));
    var edwards =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), new byte[32]);
    assertEquals(Optional.empty(), ImaFileSignature.algorithm(edwards, HashAlgorithm.SHA256));
  }

  /** Without a subject key identifier: the last four bytes of the key's SHA-1. */
  @Test
  void imaNamesKeysByTheirLastBytes() {
    var bare = TestSignedData.CERTIFICATE;
    var key = bare.getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
    String hex = HashAlgorithm.SHA1.digest(key).hex();
    assertEquals(Long.parseLong(hex.substring(32), 16), ImaFileSignature.keyId(bare));
    var leaf = TestSigners.leaf(TestSigners.ec("secp256r1"), Role.FIRMWARE);
    String identifier = Certificates.keyIdentifier(leaf).orElseThrow().hex();
    assertEquals(
        Long.parseLong(identifier.substring(identifier.length() - 8), 16),
        ImaFileSignature.keyId(leaf));
  }

  @Test
  void aFileIdNamesTypeAndAlgorithm() {
    var digest = Digest.zero(HashAlgorithm.SHA256);
    assertEquals(Bytes.fromHex("0604" + "00".repeat(32)), ImaFileSignature.fileId(digest));
  }

  // Guest configurations.

  private static final String HEAD =
      "name: \"a\" hardware: \"x86\" version: 1 description { en: \"d\" } ";

  private static String guest(String type, String fields) throws FormatException {
    String text =
        HEAD
            + "mounts { image_file: \"root\" mount_point: \"/\" fs_type: \"squashfs\" mount_type: "
            + type
            + " "
            + fields
            + "}";
    var keys = TestSignedData.RSA;
    var chain = List.of(TestSigners.leaf(keys, Role.GUEST_OS));
    var configuration = GuestConfiguration.parse(Bytes.utf8(text));
    var signature = TestSigners.sign(keys, "SHA512withRSA", Bytes.utf8(text));
    var validator = new PathValidator(TestSigners.store(), TestSigners.AT);
    var verdict =
        GuestSignature.verify(
            configuration, signature, chain, validator, PathPolicy.of(Role.GUEST_OS));
    var failed = verdict.failures().stream().map(Check::id).toList();
    assertEquals(
        true, failed.isEmpty() || failed.equals(List.of("guest-image")), failed.toString());
    return verdict.checks().stream()
        .filter(c -> c.id().equals("guest-image"))
        .map(c -> c.result().name())
        .findFirst()
        .orElse("");
  }

  @Test
  void anImageIsSignedWithItsSizeAndHashes() throws FormatException {
    String hash = "image_sha2_256: \"" + "a".repeat(64) + "\" ";
    String size = "image_size: 1 ";
    assertEquals("PASS", guest("SHARED", size + hash));
    assertEquals("WARN", guest("SHARED", size));
    assertEquals("WARN", guest("SHARED", hash));
    assertEquals("FAIL", guest("SHARED", size + hash.replace("aaa\"", "aax\"")));
    assertEquals("FAIL", guest("SHARED", size + hash.replace("aa\"", "a\"")));
    assertEquals("PASS", guest("SHARED", size + hash + "image_sha1: \"" + "b".repeat(40) + "\" "));
    assertEquals("FAIL", guest("SHARED", size + hash + "image_sha1: \"b\" "));
    assertEquals(
        "PASS", guest("SHARED", size + hash + "image_verity_sha256: \"" + "c".repeat(64) + "\" "));
    assertEquals("FAIL", guest("SHARED", size + hash + "image_verity_sha256: \"c\" "));
    assertEquals("", guest("EMPTY", ""));
  }

  @Test
  void gyroidosVerifiesWithRsaAlone() {
    assertEquals(
        Optional.empty(), GuestSignature.algorithm(TestSigners.info(TestSigners.ec("secp256r1"))));
    assertTrue(GuestSignature.algorithm(TestSigners.info(TestSignedData.RSA)).isPresent());
    var narrow =
        new SubjectPublicKeyInfo(
            SignatureAlgorithm.RsaPss.of(HashAlgorithm.SHA256).identifier(), new byte[] {5, 0});
    assertEquals(Optional.empty(), GuestSignature.algorithm(narrow));
  }
}
