// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmaNv.Flag;
import dev.trustme.tpm.TpmsNvPublic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tpm2-tools and this package on one TPM: sealed data, NV, names, policies and capabilities. */
class ToolsStorageTest {
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

  @Test
  void sealedDataOpensBothWays() throws Exception {
    byte[] data = "sealed by one, opened by the other".getBytes(UTF_8);
    write("data", Bytes.copyOf(data));
    tpm.run("tpm2_createprimary", "-C", "o", "-G", "ecc", "-c", "root.ctx");
    tpm.flush();
    tpm.run("tpm2_evictcontrol", "-C", "o", "-c", "root.ctx", "0x81000001");
    tpm.flush();
    tpm.run("tpm2_createpolicy", "--policy-pcr", "-l", "sha256:7,11", "-L", "tool.policy");
    tpm.run(
        "tpm2_create",
        "-C",
        "0x81000001",
        "-i",
        "data",
        "-L",
        "tool.policy",
        "-u",
        "t.pub",
        "-r",
        "t.priv");
    tpm.run(
        "tpm2_create", "-C", "0x81000001", "-i", "data", "-p", "pw", "-u", "p.pub", "-r", "p.priv");
    tpm.flush();
    try (var tss = LiveTpm.open(tpm);
        var root = tss.keys().persistent(0x81000001L);
        var password = Secret.of("pw".toCharArray())) {
      var policy =
          Policy.of(
              PolicyStep.PolicyPcr.of(
                  HashAlgorithm.SHA256, tss.read(HashAlgorithm.SHA256, List.of(7, 11))));
      Bytes digest = policy.digest(HashAlgorithm.SHA256).value();
      assertEquals(tpm.read("tool.policy"), digest);
      try (var sealed =
          tss.keys().load(root, KeyBlob.parse(tpm.read("t.pub"), tpm.read("t.priv")))) {
        sealed.authorizeBy(policy, PolicyAnswers.NONE);
        assertArrayEquals(data, tss.sealing().unseal(sealed));
      }
      try (var sealed =
          tss.keys().load(root, KeyBlob.parse(tpm.read("p.pub"), tpm.read("p.priv")))) {
        sealed.authorize(password);
        assertArrayEquals(data, tss.sealing().unseal(sealed));
      }
      var byPcr = tss.sealing().seal(root, data, Secret.none(), digest);
      write("o.pub", byPcr.encodePublic());
      write("o.priv", byPcr.encodePrivate());
      var byValue = tss.sealing().seal(root, data, password, Bytes.empty());
      write("v.pub", byValue.encodePublic());
      write("v.priv", byValue.encodePrivate());
    }
    tpm.run("tpm2_load", "-C", "0x81000001", "-u", "o.pub", "-r", "o.priv", "-c", "o.ctx");
    tpm.run("tpm2_load", "-C", "0x81000001", "-u", "v.pub", "-r", "v.priv", "-c", "v.ctx");
    tpm.flush();
    tpm.run("tpm2_unseal", "-c", "o.ctx", "-p", "pcr:sha256:7,11", "-o", "out1");
    tpm.flush();
    tpm.run("tpm2_unseal", "-c", "v.ctx", "-p", "pw", "-o", "out2");
    assertEquals(Bytes.copyOf(data), tpm.read("out1"));
    assertEquals(Bytes.copyOf(data), tpm.read("out2"));
  }

  @Test
  void countersAndIndicesAreShared() throws Exception {
    tpm.run(
        "tpm2_nvdefine",
        "0x1800300",
        "-C",
        "o",
        "-s",
        "8",
        "-a",
        "nt=counter|authread|authwrite",
        "-p",
        "pw");
    tpm.run("tpm2_nvincrement", "0x1800300", "-C", "0x1800300", "-P", "pw");
    var area =
        new TpmsNvPublic(
            0x01800301L,
            HashAlgorithm.SHA256,
            TpmaNv.of(NvType.COUNTER, Flag.AUTHREAD, Flag.AUTHWRITE),
            Bytes.empty(),
            8);
    long toolCounts;
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("pw".toCharArray());
        var theirs = tss.nv().index(0x01800300L);
        var ours = tss.nv().define(area, secret)) {
      theirs.authorize(secret);
      toolCounts = theirs.read().buffer().getLong();
      theirs.increment();
      ours.increment();
    }
    tpm.run("tpm2_nvread", "0x1800300", "-C", "0x1800300", "-P", "pw", "-o", "counter");
    assertEquals(toolCounts + 1, tpm.read("counter").buffer().getLong());
    tpm.run("tpm2_nvincrement", "0x1800301", "-C", "0x1800301", "-P", "pw");
    tpm.run("tpm2_nvread", "0x1800301", "-C", "0x1800301", "-P", "pw", "-o", "counter");
    Bytes counted = tpm.read("counter");
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("pw".toCharArray());
        var ours = tss.nv().index(0x01800301L)) {
      ours.authorize(secret);
      assertEquals(counted, ours.read());
      assertEquals("counter|authwrite|authread|written", ours.readPublic().attributes().toString());
    }
  }

  @Test
  void externalKeysHaveTheToolsNames() throws Exception {
    for (var algorithm : List.of("RSA", "EC")) {
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize("RSA".equals(algorithm) ? 2048 : 384);
      var key = generator.generateKeyPair().getPublic();
      write(
          "key.pem",
          Bytes.utf8(
              "-----BEGIN PUBLIC KEY-----\n"
                  + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                  + "\n-----END PUBLIC KEY-----\n"));
      tpm.run(
          "tpm2_loadexternal",
          "-C",
          "o",
          "-G",
          "RSA".equals(algorithm) ? "rsa" : "ecc",
          "-u",
          "key.pem",
          "-c",
          "key.ctx",
          "-n",
          "key.name");
      tpm.flush();
      assertEquals(tpm.read("key.name"), TpmPublicKey.external(key).name().encode());
    }
  }

  @Test
  void policiesAreTheTools() throws Exception {
    write("operand", BinaryWriter.bigEndian().u64(41).toBytes());
    tpm.run(
        "tpm2_nvdefine", "0x1800302", "-C", "o", "-s", "8", "-a", "authread|authwrite|ownerwrite");
    tpm.run("tpm2_nvwrite", "0x1800302", "-C", "o", "-i", "operand");
    tpm.run("tpm2_startauthsession", "-S", "s.ctx");
    tpm.run(
        "tpm2_policynv",
        "-S",
        "s.ctx",
        "-i",
        "operand",
        "-C",
        "0x1800302",
        "0x1800302",
        "ule",
        "-L",
        "policy");
    tpm.run("tpm2_policyauthvalue", "-S", "s.ctx", "-L", "policy");
    tpm.run("tpm2_policycommandcode", "-S", "s.ctx", "-L", "policy", "TPM2_CC_Unseal");
    tpm.run("tpm2_flushcontext", "s.ctx");
    try (var tss = LiveTpm.open(tpm);
        var index = tss.nv().index(0x01800302L)) {
      var policy =
          Policy.of(
              new PolicyStep.PolicyNv(
                  index.readPublic(), tpm.read("operand"), 0, PolicyStep.Comparison.UNSIGNED_LE),
              new PolicyStep.PolicyAuthValue(),
              new PolicyStep.PolicyCommandCode(0x15e));
      assertEquals(tpm.read("policy"), policy.digest(HashAlgorithm.SHA256).value());
    }
  }

  @Test
  void capabilitiesAreTheTools() throws Exception {
    String fixed = tpm.run("tpm2_getcap", "properties-fixed");
    String variable = tpm.run("tpm2_getcap", "properties-variable");
    try (var tss = LiveTpm.open(tpm)) {
      var properties = tss.capabilities().properties();
      assertTrue(fixed.contains("value: \"" + properties.manufacturer() + "\""), fixed);
      assertTrue(fixed.contains("raw: 0x%x".formatted(properties.firmwareVersion() >>> 32)), fixed);
      assertTrue(
          variable.contains(
              "TPM2_PT_LOCKOUT_INTERVAL: 0x%X".formatted(properties.lockout().recoverySeconds())),
          variable);
      assertTrue(
          variable.contains(
              "TPM2_PT_MAX_AUTH_FAIL: 0x%X".formatted(properties.lockout().maxTries())),
          variable);
    }
  }
}
