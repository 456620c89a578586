// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmsNvPublic;
import dev.trustme.tpm.TpmtPublic;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** One description, three uses: the digest offline equals the trial session's. */
class PolicyTest {
  private static final TpmsNvPublic INDEX =
      new TpmsNvPublic(
          0x01800100L,
          HashAlgorithm.SHA256,
          TpmaNv.of(NvType.ORDINARY, TpmaNv.Flag.AUTHREAD, TpmaNv.Flag.AUTHWRITE),
          Bytes.empty(),
          8);

  private static SoftwareTpm tpm;

  @BeforeAll
  static void startTpm(@TempDir Path folder) throws Exception {
    tpm = SoftwareTpm.start(folder);
    try (var tss = LiveTpm.open(tpm);
        var index = tss.nv().define(INDEX, Secret.none())) {
      index.write(Bytes.zeros(8));
    }
  }

  @AfterAll
  static void stopTpm() {
    tpm.close();
  }

  private static PolicyStep.PolicyPcr pcr(HashAlgorithm hash) {
    var values = new TreeMap<Integer, Digest>();
    values.put(7, Digest.zero(HashAlgorithm.SHA256));
    values.put(11, HashAlgorithm.SHA256.digest(Bytes.utf8("predicted")));
    return PolicyStep.PolicyPcr.of(hash, values);
  }

  private static TpmtPublic approver(String algorithm, int size) throws Exception {
    var generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return TpmPublicKey.external(generator.generateKeyPair().getPublic());
  }

  @TestFactory
  Stream<DynamicTest> offlineDigestIsTheTrialSessions() throws Exception {
    var nv =
        new PolicyStep.PolicyNv(
            INDEX.written(), Bytes.fromHex("0000002a"), 4, PolicyStep.Comparison.UNSIGNED_LE);
    var authorize = PolicyStep.PolicyAuthorize.by(approver("EC", 256));
    var referenced =
        new PolicyStep.PolicyAuthorize(
            approver("RSA", 2048), Bytes.utf8("release"), Optional.empty());
    var own = new PolicyStep.PolicyAuthValue();
    var secret = new PolicyStep.PolicySecret(INDEX.written(), Bytes.utf8("pin"));
    return Stream.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512)
        .flatMap(hash ->
            Stream.of(
                    Policy.of(pcr(hash)),
                    Policy.of(nv),
                    Policy.of(authorize),
                    Policy.of(referenced),
                    Policy.of(own),
                    Policy.of(secret),
                    Policy.of(
                        new PolicyStep.PolicySecret(Hierarchy.TPM_RH_ENDORSEMENT, Bytes.empty())),
                    Policy.of(new PolicyStep.PolicyNvWritten(true)),
                    Policy.of(new PolicyStep.PolicyNvWritten(false)),
                    Policy.of(new PolicyStep.PolicyCommandCode(0x137)),
                    Policy.of(
                        PolicyStep.PolicyCpHash.ofNvWrite(hash, INDEX.written(), Bytes.zeros(8))),
                    Policy.of(
                        new PolicyStep.PolicyOr(
                            List.of(
                                Digest.zero(hash).value(), Policy.of(own).digest(hash).value()))),
                    Policy.of(pcr(hash), nv, own),
                    Policy.of(nv, secret, pcr(hash), authorize, own))
                .map(policy ->
                    DynamicTest.dynamicTest(
                        hash + " " + policy.steps(),
                        () -> assertEquals(trial(policy, hash), policy.digest(hash)))));
  }

  private static Digest trial(Policy policy, HashAlgorithm hash) throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      return tss.policies().trial(policy, hash);
    }
  }

  @Test
  void endorsementPoliciesAreTheProfiles() {
    // EK Credential Profile 2.4, annexes B.6.2 and B.6.5.
    assertEquals(
        "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
        EkTemplate.L_1.template().authPolicy().hex());
    assertEquals(
        "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0",
        EkTemplate.H_1.template().authPolicy().hex());
    assertEquals(
        "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4"
            + "cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12",
        EkTemplate.H_3.template().authPolicy().hex());
    assertEquals(
        "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a4"
            + "29c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea",
        EkTemplate.H_4.template().authPolicy().hex());
  }

  @Test
  void policyOrNeedsTwoToEightBranches() {
    assertThrows(
        IllegalArgumentException.class, () -> new PolicyStep.PolicyOr(List.of(Bytes.zeros(32))));
  }
}
