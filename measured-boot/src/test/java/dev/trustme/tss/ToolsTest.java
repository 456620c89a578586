// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.CredentialBlob;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.MakeCredential;
import dev.trustme.tpm.SavedContext;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tpm2-tools and this package on one TPM: keys, quotes, credentials, both ways. */
class ToolsTest {
  private static final String SESSION = "session:s.ctx";
  private static final Bytes NONCE = Bytes.fromHex("c0ffee00c0ffee00");
  private static final TpmlPcrSelection PCRS =
      new TpmlPcrSelection(List.of(TpmsPcrSelection.of(HashAlgorithm.SHA256, List.of(0, 7))));

  @TempDir private Path folder;
  private SoftwareTpm tpm;

  @BeforeEach
  void startTpm() throws Exception {
    tpm = SoftwareTpm.start(folder);
  }

  @AfterEach
  void stopTpm() {
    tpm.close();
  }

  private void write(String name, Bytes content) throws Exception {
    Files.write(tpm.file(name), content.toArray());
  }

  private void endorsementSession() throws Exception {
    tpm.run("tpm2_startauthsession", "--policy-session", "-S", "s.ctx");
    tpm.run("tpm2_policysecret", "-S", "s.ctx", "-c", "e");
  }

  @Test
  void toolsUseOurAttestationKeyAndCheckOurQuote() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      var template = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
      var blob = tss.keys().create(ek, template, Secret.none()).blob();
      write("ak.pub", blob.encodePublic());
      write("ak.priv", blob.encodePrivate());
      try (var ak = tss.keys().load(ek, blob)) {
        write("ak.pem", TpmPublicKey.pem(ak.key()));
        var quote = tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
        write("q.msg", quote.attest());
        write("q.sig", quote.signature().encode());
        tss.keys().persist(ak, 0x81010010L);
      }
    }
    for (String key : List.of("ak.pem", "ak.pub")) {
      tpm.run(
          "tpm2_checkquote",
          "-u",
          key,
          "-m",
          "q.msg",
          "-s",
          "q.sig",
          "-q",
          NONCE.hex(),
          "-g",
          "sha256");
    }
    // The persisted key, and the blobs under the tool's own endorsement key.
    tpm.run(
        "tpm2_quote",
        "-c",
        "0x81010010",
        "-l",
        "sha256:0,7",
        "-q",
        NONCE.hex(),
        "-m",
        "t.msg",
        "-s",
        "t.sig");
    tpm.run("tpm2_checkquote", "-u", "ak.pem", "-m", "t.msg", "-s", "t.sig", "-q", NONCE.hex());
    tpm.run("tpm2_createek", "-G", "ecc", "-c", "ek.ctx");
    tpm.flush();
    endorsementSession();
    tpm.run(
        "tpm2_load",
        "-C",
        "ek.ctx",
        "-u",
        "ak.pub",
        "-r",
        "ak.priv",
        "-c",
        "ak.ctx",
        "-P",
        SESSION);
    tpm.run("tpm2_flushcontext", "s.ctx");
    tpm.flush();
    tpm.run(
        "tpm2_quote",
        "-c",
        "ak.ctx",
        "-l",
        "sha256:0,7",
        "-q",
        NONCE.hex(),
        "-m",
        "t.msg",
        "-s",
        "t.sig");
    tpm.run("tpm2_checkquote", "-u", "ak.pem", "-m", "t.msg", "-s", "t.sig", "-q", NONCE.hex());
  }

  @Test
  void weUseTheToolsAttestationKey() throws Exception {
    tpm.run("tpm2_createek", "-G", "rsa", "-c", "ek.ctx", "-u", "ek.pub");
    tpm.run("tpm2_flushcontext", "-t");
    tpm.run(
        "tpm2_createak",
        "-C",
        "ek.ctx",
        "-G",
        "rsa",
        "-g",
        "sha256",
        "-s",
        "rsassa",
        "-c",
        "ak.ctx",
        "-u",
        "ak.pub",
        "-r",
        "ak.priv",
        "-n",
        "ak.name");
    tpm.flush();
    tpm.run("tpm2_evictcontrol", "-C", "o", "-c", "ak.ctx", "0x81010011");
    tpm.flush();
    try (var tss = LiveTpm.open(tpm)) {
      // As blobs, as a saved context, and as a persistent key: the same key each time.
      try (var ek = tss.endorsementKeys().create(EkTemplate.L_1)) {
        assertEquals(tpm.read("ek.pub"), ek.key().encodeTpm2b());
        var blob = KeyBlob.parse(tpm.read("ak.pub"), tpm.read("ak.priv"));
        try (var ak = tss.keys().load(ek, blob)) {
          quoteAndCheck(tss, ak);
        }
      }
      try (var ak = tss.keys().load(SavedContext.parse(tpm.read("ak.ctx")))) {
        quoteAndCheck(tss, ak);
      }
      try (var ak = tss.keys().persistent(0x81010011L)) {
        quoteAndCheck(tss, ak);
      }
      tss.keys().evict(0x81010011L);
    }
    assertEquals("", tpm.run("tpm2_getcap", "handles-persistent").strip());
    LiveTpm.assertNothingLeft(tpm);
  }

  private void quoteAndCheck(TssContext tss, TpmObject ak) throws Exception {
    assertEquals(tpm.read("ak.name"), ak.readPublic().name().encode());
    var quote = tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
    write("q.msg", quote.attest());
    write("q.sig", quote.signature().encode());
    write("ak.pem", TpmPublicKey.pem(ak.key()));
    tpm.run(
        "tpm2_checkquote",
        "-u",
        "ak.pem",
        "-m",
        "q.msg",
        "-s",
        "q.sig",
        "-q",
        NONCE.hex(),
        "-g",
        "sha256");
  }

  @Test
  void credentialsOpenBothWays() throws Exception {
    Bytes secret = Bytes.utf8("a secret of 32 bytes, or nearly");
    write("secret", secret);
    try (var tss = LiveTpm.open(tpm);
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      var template = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
      var blob = tss.keys().create(ek, template, Secret.none()).blob();
      write("ak.pub", blob.encodePublic());
      write("ak.priv", blob.encodePrivate());
      write("ek.pub", ek.key().encodeTpm2b());
      try (var ak = tss.keys().load(ek, blob)) {
        var name = ak.readPublic().name();
        tpm.run(
            "tpm2_makecredential",
            "-T",
            "none",
            "-u",
            "ek.pub",
            "-s",
            "secret",
            "-n",
            name.encode().hex(),
            "-o",
            "cred.tool");
        assertArrayEquals(
            secret.toArray(),
            tss.endorsementKeys().activate(ak, ek, CredentialBlob.parse(tpm.read("cred.tool"))));
        write(
            "cred.ours",
            new MakeCredential(ek.key(), new SecureRandom()).wrap(name, secret).encode());
      }
    }
    tpm.run("tpm2_createek", "-G", "ecc", "-c", "ek.ctx");
    tpm.flush();
    endorsementSession();
    tpm.run(
        "tpm2_load",
        "-C",
        "ek.ctx",
        "-u",
        "ak.pub",
        "-r",
        "ak.priv",
        "-c",
        "ak.ctx",
        "-P",
        SESSION);
    tpm.run("tpm2_flushcontext", "s.ctx");
    tpm.flush();
    endorsementSession();
    tpm.run(
        "tpm2_activatecredential",
        "-c",
        "ak.ctx",
        "-C",
        "ek.ctx",
        "-i",
        "cred.ours",
        "-o",
        "opened",
        "-P",
        SESSION);
    assertEquals(secret, tpm.read("opened"));
  }
}
