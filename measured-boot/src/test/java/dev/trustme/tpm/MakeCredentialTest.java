// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Judged by swtpm: what is wrapped here, TPM2_ActivateCredential opens, and nothing else. */
class MakeCredentialTest {
  private static final Bytes SECRET = Bytes.utf8("a secret of at most 32 bytes");

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ecc"})
  void softwareTpmActivatesWhatIsWrapped(String algorithm, @TempDir Path folder) throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      keys(tpm, algorithm);
      var ek = TpmtPublic.parseTpm2b(tpm.read("ek.pub"));
      var ak = TpmtPublic.parseTpm2b(tpm.read("ak.pub"));
      assertEquals(tpm.read("ak.name"), ak.name().encode());
      assertEquals(tpm.read("ek.pub"), ek.encodeTpm2b());
      var maker = new MakeCredential(ek, new SecureRandom());

      var result = activate(tpm, maker.wrap(ak.name(), SECRET));
      assertEquals(0, result.exit(), result.output());
      assertEquals(SECRET, tpm.read("secret"));

      Files.delete(tpm.file("secret"));
      var other = new TpmName(HashAlgorithm.SHA256.digest(Bytes.utf8("another key")));
      assertNotEquals(0, activate(tpm, maker.wrap(other, SECRET)).exit());
    }
  }

  @Test
  void readsWhatTheToolWrites(@TempDir Path folder) throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      keys(tpm, "rsa");
      Files.write(tpm.file("plain"), SECRET.toArray());
      var name = TpmtPublic.parseTpm2b(tpm.read("ak.pub")).name().encode().hex();
      tpm.run("tpm2_makecredential", "-u", "ek.pub", "-s", "plain", "-n", name, "-o", "tool.blob");
      var blob = CredentialBlob.parse(tpm.read("tool.blob"));
      assertEquals(tpm.read("tool.blob"), blob.encode());
      var result = activate(tpm, blob);
      assertEquals(0, result.exit(), result.output());
    }
  }

  @Test
  void refusesKeyThatIsNotOnItsCurve() throws Exception {
    var symmetric = new TpmtSymDefObject(TpmAlgId.TPM_ALG_AES, 128, TpmAlgId.TPM_ALG_CFB);
    var one = Bytes.concat(Bytes.zeros(31), Bytes.fromHex("01"));
    var ek =
        new TpmtPublic(
            HashAlgorithm.SHA256,
            new TpmaObject(0x000300b2),
            Bytes.empty(),
            new TpmtPublic.Ecc(
                symmetric,
                TpmtScheme.NULL,
                TpmEccCurve.TPM_ECC_NIST_P256,
                TpmtScheme.NULL,
                one,
                one));
    var name = new TpmName(HashAlgorithm.SHA256.digest(Bytes.empty()));
    var maker = new MakeCredential(ek, new SecureRandom());
    assertThrows(GeneralSecurityException.class, () -> maker.wrap(name, SECRET));
  }

  @Test
  void refusesKeyThatProtectsNothing() {
    var key =
        new TpmtPublic.Rsa(
            TpmtSymDefObject.NULL, TpmtScheme.NULL, 2048, 0, Bytes.fromHex("ff".repeat(256)));
    var signing =
        new TpmtPublic(HashAlgorithm.SHA256, new TpmaObject(0x00050072), Bytes.empty(), key);
    var thrown =
        assertThrows(
            GeneralSecurityException.class, () -> new MakeCredential(signing, new SecureRandom()));
    assertTrue(thrown.toString().contains("TPM_ALG_NULL"));
  }

  private static void keys(SoftwareTpm tpm, String algorithm) throws Exception {
    tpm.run("tpm2_createek", "-c", "ek.ctx", "-G", algorithm, "-u", "ek.pub", "-f", "tss");
    tpm.flush();
    tpm.run(
        "tpm2_createak",
        "-C",
        "ek.ctx",
        "-c",
        "ak.ctx",
        "-G",
        "ecc",
        "-g",
        "sha256",
        "-s",
        "ecdsa",
        "-u",
        "ak.pub",
        "-f",
        "tss",
        "-n",
        "ak.name");
    tpm.flush();
  }

  private static SoftwareTpm.Result activate(SoftwareTpm tpm, CredentialBlob blob)
      throws Exception {
    Files.write(tpm.file("blob"), blob.encode().toArray());
    tpm.run("tpm2_startauthsession", "--policy-session", "-S", "session.ctx");
    tpm.run("tpm2_policysecret", "-S", "session.ctx", "-c", "e");
    var result =
        tpm.attempt(
            "tpm2_activatecredential",
            "-c",
            "ak.ctx",
            "-C",
            "ek.ctx",
            "-i",
            "blob",
            "-o",
            "secret",
            "-P",
            "session:session.ctx");
    tpm.run("tpm2_flushcontext", "session.ctx");
    tpm.flush();
    return result;
  }
}
