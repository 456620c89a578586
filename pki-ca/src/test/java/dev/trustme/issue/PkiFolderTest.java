// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PkiFolderTest {
  /** An unsigned EFI program of Debian's package efitools. */
  private static final Path HELLO = Path.of("/usr/lib/efitools/x86_64-linux-gnu/HelloWorld.efi");

  @TempDir private static Path dir;
  private static Path folder = Path.of("");

  @BeforeAll
  static void create() throws Exception {
    folder = dir.resolve("pki");
    try (var pass = Passphrase.of("right".toCharArray())) {
      TestPki.create(folder, KeyProtection.encrypted(pass));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"BOOT", "MODULE", "LAYER", "CONTAINER", "RELEASE", "ENROLMENT"})
  void opensslAndWeAcceptTheChainOfEveryRole(Role role) throws Exception {
    String root = role == Role.ENROLMENT ? "customer-root" : "software-root";
    Path anchor = folder.resolve("certs/" + root + ".pem");
    Path chain = folder.resolve("chains/" + role.label() + ".pem");
    opensslVerify(anchor, chain, "any");
    var validator = new PathValidator(TrustStore.load(List.of(anchor)), TestPki.AT);
    var verdict = validator.validate(PkiFolder.open(folder).chain(role), role);
    assertTrue(verdict.accepted(), () -> verdict.checks().toString());
    var other = role == Role.RELEASE ? Role.LAYER : Role.RELEASE;
    var refused = validator.validate(PkiFolder.open(folder).chain(role), other);
    assertEquals("signer-role", refused.failures().getFirst().id());
  }

  private static void opensslVerify(Path anchor, Path chain, String purpose) throws Exception {
    Judge.accepts(
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-attime",
        TestPki.AT.getEpochSecond(),
        "-CAfile",
        anchor,
        "-untrusted",
        chain,
        chain);
  }

  @Test
  void bootIsAlsoAModuleKeyButNotTheOtherWayRound() throws Exception {
    var pki = PkiFolder.open(folder);
    assertTrue(Role.MODULE.in(pki.chain(Role.BOOT).getFirst()));
    assertTrue(!Role.BOOT.in(pki.chain(Role.MODULE).getFirst()));
  }

  @Test
  void theKeySignsForItsCertificate() throws Exception {
    var pki = PkiFolder.open(folder);
    try (var pass = Passphrase.of("right".toCharArray());
        var key = pki.key(Role.CONTAINER, pass)) {
      assertEquals(pki.chain(Role.CONTAINER).getFirst().getSubjectPublicKeyInfo(), key.publicKey());
    }
  }

  @Test
  void aWrongPassphraseIsRefused() throws Exception {
    var pki = PkiFolder.open(folder);
    try (var pass = Passphrase.of("wrong".toCharArray())) {
      var e = assertThrows(GeneralSecurityException.class, () -> pki.key(Role.BOOT, pass));
      assertEquals(folder.resolve("keys/boot.pem") + ": wrong passphrase", e.getMessage());
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused(@TempDir Path temporary) throws Exception {
    Path copy = temporary.resolve("pki");
    var pki = TestPki.create(copy);
    Files.copy(copy.resolve("keys/layer.pem"), copy.resolve("keys/moved.pem"));
    Files.delete(copy.resolve("keys/container.pem"));
    Files.move(copy.resolve("keys/moved.pem"), copy.resolve("keys/container.pem"));
    try (var pass = Passphrase.of(new char[0])) {
      pki.key(Role.LAYER, pass).close();
      var e = assertThrows(FormatException.class, () -> pki.key(Role.CONTAINER, pass));
      assertTrue(e.problem().contains("is not the key of"), e.problem());
    }
  }

  @Test
  void aRoleWithoutKeyIsNamed() throws Exception {
    var pki = PkiFolder.open(folder);
    var e = assertThrows(FormatException.class, () -> pki.chain(Role.ATTESTATION_KEY));
    assertTrue(e.problem().contains("has no role 'attestation-key'; it has: boot"), e.problem());
  }

  @Test
  void noFileOfTheIndexLeavesTheFolder() {
    String item = "{\"certificate\":\"../certs/x.pem\",\"key\":\"keys/x.pem\"}";
    String json =
        ("{\"schema\":\"trustme/pki/1\",\"created\":\"2026-11-22T10:14:03Z\",\"authorities\":{\"x\":"
                + item
                + "},\"roles\":{},\"secure-boot\":{\"owner\":\"%s\",\"pk\":{},\"kek\":{}}}")
            .formatted(new java.util.UUID(0, 0));
    var e = assertThrows(FormatException.class, () -> PkiIndex.parse(Bytes.utf8(json)));
    assertTrue(e.problem().contains("expected folder/name.pem"), e.problem());
  }

  @Test
  void otherFoldersAreNoPki(@TempDir Path empty) {
    assertThrows(IOException.class, () -> PkiFolder.open(empty));
    assertThrows(IOException.class, () -> PkiFolder.open(empty.resolve("none")));
  }

  @Test
  void onlyTheOwnerReadsKeys() throws Exception {
    try (Stream<Path> keys = Files.list(folder.resolve("keys"))) {
      for (Path key : keys.toList()) {
        assertEquals(
            java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"),
            Files.getPosixFilePermissions(key));
        assertTrue(Files.readString(key).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
      }
    }
  }

  @Test
  void sbverifyTakesTheBootCertificate() throws Exception {
    Path key = dir.resolve("boot.key");
    Path pass = Files.writeString(dir.resolve("pass"), "right");
    Judge.accepts(
        "openssl",
        "pkey",
        "-in",
        folder.resolve("keys/boot.pem"),
        "-passin",
        "file:" + pass,
        "-out",
        key);
    Path certificate = folder.resolve("certs/boot.pem");
    Path signed = dir.resolve("signed.efi");
    Judge.accepts("sbsign", "--key", key, "--cert", certificate, "--output", signed, HELLO);
    Judge.accepts("sbverify", "--cert", certificate, signed);
    Judge.refuses("sbverify", "--cert", folder.resolve("certs/module.pem"), signed);
  }
}
