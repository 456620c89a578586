// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmsNvPublic;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingTest {
  private static final byte[] DATA = "the key of the data volume".getBytes(UTF_8);
  private static final Digest EVENT = HashAlgorithm.SHA256.digest(Bytes.utf8("leave"));

  @TempDir private Path folder;
  private SoftwareTpm tpm;

  @BeforeEach
  void startTpm() throws Exception {
    tpm = SoftwareTpm.start(folder);
  }

  @AfterEach
  void stopTpm() throws Exception {
    LiveTpm.assertNothingLeft(tpm);
    tpm.close();
  }

  private static KeyBlob seal(TssContext tss, Secret secret, Policy policy) throws Exception {
    Bytes digest =
        policy.steps().isEmpty() ? Bytes.empty() : policy.digest(HashAlgorithm.SHA256).value();
    try (var root = LiveTpm.storageRoot(tss)) {
      return tss.sealing().seal(root, DATA, secret, digest);
    }
  }

  private static byte[] unseal(TssContext tss, KeyBlob blob, Secret secret, Policy policy)
      throws Exception {
    try (var root = LiveTpm.storageRoot(tss);
        var sealed = tss.keys().load(root, blob)) {
      sealed.authorize(secret);
      if (!policy.steps().isEmpty()) {
        sealed.authorizeBy(policy, PolicyAnswers.NONE);
      }
      return tss.sealing().unseal(sealed);
    }
  }

  private static Policy pcrs(TssContext tss) throws Exception {
    return Policy.of(
        PolicyStep.PolicyPcr.of(
            HashAlgorithm.SHA256, tss.read(HashAlgorithm.SHA256, List.of(7, 11))));
  }

  @Test
  void opensByItsAuthorizationValueAlone() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("open".toCharArray());
        var wrong = Secret.of("Open".toCharArray())) {
      var none = Policy.of();
      var blob = seal(tss, secret, none);
      assertArrayEquals(DATA, unseal(tss, blob, secret, none));
      var failure = assertThrows(TssException.class, () -> unseal(tss, blob, wrong, none));
      assertTrue(failure.is(TpmRc.TPM_RC_AUTH_FAIL), failure.getMessage());
      assertEquals(
          new TssReturnCode.Subject(TssReturnCode.Kind.SESSION, 1),
          failure.code().subject().orElseThrow());
      assertTrue(failure.refusal());
      assertEquals(1, tss.capabilities().properties().lockout().failedTries());
    }
  }

  @Test
  void opensWhileThePcrsHoldTheirValues() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      var policy = pcrs(tss);
      var blob = seal(tss, Secret.none(), policy);
      assertArrayEquals(DATA, unseal(tss, blob, Secret.none(), policy));
      // The value alone does not open what has a policy.
      var without =
          assertThrows(TssException.class, () -> unseal(tss, blob, Secret.none(), Policy.of()));
      assertTrue(without.is(TpmRc.TPM_RC_AUTH_UNAVAILABLE), without.getMessage());
      tss.extend(11, List.of(EVENT));
      var failure =
          assertThrows(TpmRefusedException.class, () -> unseal(tss, blob, Secret.none(), policy));
      assertTrue(LiveTpm.words(failure).contains("sha256:7,11"), failure.getMessage());
      // Nor does a policy that matches the new values: the digest is another.
      var other =
          assertThrows(TssException.class, () -> unseal(tss, blob, Secret.none(), pcrs(tss)));
      assertTrue(other.is(TpmRc.TPM_RC_POLICY_FAIL), other.getMessage());
    }
  }

  @Test
  void opensByPcrsAndValueTogether() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("both".toCharArray());
        var wrong = Secret.of("none".toCharArray())) {
      var policy = pcrs(tss).then(new PolicyStep.PolicyAuthValue());
      var blob = seal(tss, secret, policy);
      assertArrayEquals(DATA, unseal(tss, blob, secret, policy));
      var failure = assertThrows(TssException.class, () -> unseal(tss, blob, wrong, policy));
      assertTrue(failure.is(TpmRc.TPM_RC_AUTH_FAIL), failure.getMessage());
    }
  }

  @Test
  void opensOnlyAtOrBelowAFloorInNv() throws Exception {
    var index =
        new TpmsNvPublic(
            0x01800003L,
            HashAlgorithm.SHA256,
            TpmaNv.of(NvType.ORDINARY, TpmaNv.Flag.AUTHREAD, TpmaNv.Flag.OWNERWRITE),
            Bytes.empty(),
            8);
    try (var tss = LiveTpm.open(tpm);
        var floor = tss.nv().define(index, Secret.none())) {
      floor.write(number(41));
      var release41 =
          Policy.of(
              new PolicyStep.PolicyNv(
                  floor.readPublic(), number(41), 0, PolicyStep.Comparison.UNSIGNED_LE));
      var blob = seal(tss, Secret.none(), release41);
      assertArrayEquals(DATA, unseal(tss, blob, Secret.none(), release41));
      floor.write(number(42));
      var failure =
          assertThrows(
              TpmRefusedException.class, () -> unseal(tss, blob, Secret.none(), release41));
      assertTrue(LiveTpm.words(failure).contains("0x01800003"), failure.getMessage());
    }
  }

  private static Bytes number(long value) {
    return BinaryWriter.bigEndian().u64(value).toBytes();
  }

  @Test
  void opensByWhatAKeyApproves() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair approver = generator.generateKeyPair();
    TpmtPublic key = TpmPublicKey.external(approver.getPublic());
    var step = PolicyStep.PolicyAuthorize.by(key);
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("pin".toCharArray())) {
      var sealedFor = Policy.of(step, new PolicyStep.PolicyAuthValue());
      var blob = seal(tss, secret, sealedFor);
      var now = approve(approver, key, pcrs(tss));
      assertArrayEquals(
          DATA,
          unseal(tss, blob, secret, Policy.of(step.with(now), new PolicyStep.PolicyAuthValue())));
      // Another state of the machine: the old approval fails, a new one opens.
      tss.extend(11, List.of(EVENT));
      assertThrows(
          TpmRefusedException.class,
          () ->
              unseal(
                  tss, blob, secret, Policy.of(step.with(now), new PolicyStep.PolicyAuthValue())));
      var next = approve(approver, key, pcrs(tss));
      assertArrayEquals(
          DATA,
          unseal(tss, blob, secret, Policy.of(step.with(next), new PolicyStep.PolicyAuthValue())));
      var forged = approve(generator.generateKeyPair(), key, pcrs(tss));
      var failure =
          assertThrows(
              TssException.class,
              () ->
                  unseal(
                      tss,
                      blob,
                      secret,
                      Policy.of(step.with(forged), new PolicyStep.PolicyAuthValue())));
      assertTrue(failure.is(TpmRc.TPM_RC_SIGNATURE), failure.getMessage());
      assertThrows(TpmRefusedException.class, () -> unseal(tss, blob, secret, sealedFor));
    }
  }

  static PolicyStep.Approval approve(KeyPair approver, TpmtPublic key, Policy policy)
      throws Exception {
    var signer = Signature.getInstance("NONEwithRSA");
    signer.initSign(approver.getPrivate());
    // DigestInfo of SHA-256: the TPM checks the signature over a digest that it is given.
    signer.update(Bytes.fromHex("3031300d060960864801650304020105000420").toArray());
    signer.update(
        policy.toSign(key.nameAlg(), HashAlgorithm.SHA256, Bytes.empty()).value().toArray());
    return new PolicyStep.Approval(
        policy,
        new TpmtSignature.Rsa(
            TpmAlgId.TPM_ALG_RSASSA, HashAlgorithm.SHA256, Bytes.copyOf(signer.sign())));
  }

  @Test
  void changesTheAuthorizationValue() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var first = Secret.of("first".toCharArray());
        var second = Secret.of("second".toCharArray())) {
      var blob = seal(tss, first, Policy.of());
      KeyBlob changed;
      try (var root = LiveTpm.storageRoot(tss);
          var sealed = tss.keys().load(root, blob)) {
        sealed.authorize(first);
        changed = tss.keys().changeSecret(sealed, root, second);
      }
      assertArrayEquals(DATA, unseal(tss, changed, second, Policy.of()));
      assertThrows(TssException.class, () -> unseal(tss, changed, first, Policy.of()));
    }
  }

  @Test
  void foreignAndChangedBlobsAreRefused() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      var blob = seal(tss, Secret.none(), Policy.of());
      byte[] changed = blob.privateArea().toArray();
      changed[changed.length - 1] ^= 1;
      var bent = new KeyBlob(blob.publicArea(), Bytes.copyOf(changed));
      var failure =
          assertThrows(TssException.class, () -> unseal(tss, bent, Secret.none(), Policy.of()));
      assertTrue(failure.is(TpmRc.TPM_RC_INTEGRITY), failure.getMessage());
      assertTrue(failure.refusal());
    }
  }

  @Test
  void refusesTooMuchBeforeTheTpmSeesIt() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var root = LiveTpm.storageRoot(tss)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> tss.sealing().seal(root, new byte[129], Secret.none(), Bytes.empty()));
      assertThrows(IllegalArgumentException.class, () -> Secret.of("x".repeat(65).toCharArray()));
      var huge = new KeyBlob(Bytes.zeros(4000), Bytes.zeros(9000));
      assertThrows(IllegalArgumentException.class, () -> tss.keys().load(root, huge));
    }
  }
}
