// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmaNv.Flag;
import dev.trustme.tpm.TpmsNvPublic;
import dev.trustme.tpm.TpmtPublic;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvTest {
  private static final long INDEX = 0x01800200L;
  private static final long TPM_CC_NV_CHANGE_AUTH = 0x13b;

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

  private static TpmsNvPublic index(NvType type, Bytes policy, int size, Flag... flags) {
    return new TpmsNvPublic(INDEX, HashAlgorithm.SHA256, TpmaNv.of(type, flags), policy, size);
  }

  private static Bytes number(long value) {
    return BinaryWriter.bigEndian().u64(value).toBytes();
  }

  @Test
  void keepsBytesBehindASecret() throws Exception {
    Bytes content = Bytes.concat(Bytes.utf8("kept"), Bytes.zeros(1796));
    try (var secret = Secret.of("nv".toCharArray());
        var wrong = Secret.of("NV".toCharArray())) {
      try (var tss = LiveTpm.open(tpm);
          var nv =
              tss.nv()
                  .define(
                      index(NvType.ORDINARY, Bytes.empty(), 1800, Flag.AUTHREAD, Flag.AUTHWRITE),
                      secret)) {
        nv.write(content);
        assertEquals(content, nv.read());
      }
      tpm.restart();
      try (var tss = LiveTpm.open(tpm);
          var nv = tss.nv().index(INDEX)) {
        nv.authorize(wrong);
        var failure = assertThrows(TssException.class, nv::read);
        assertTrue(failure.is(TpmRc.TPM_RC_AUTH_FAIL), failure.getMessage());
        nv.authorize(secret);
        assertEquals(content, nv.read());
        tss.nv().undefine(INDEX);
        assertTrue(
            assertThrows(TssException.class, () -> tss.nv().index(INDEX)).is(TpmRc.TPM_RC_HANDLE));
      }
    }
  }

  @Test
  void countsUpOnly() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var nv =
            tss.nv()
                .define(
                    index(NvType.COUNTER, Bytes.empty(), 8, Flag.AUTHREAD, Flag.AUTHWRITE),
                    Secret.none())) {
      var unwritten = assertThrows(TssException.class, nv::read);
      assertTrue(unwritten.is(TpmRc.TPM_RC_NV_UNINITIALIZED), unwritten.getMessage());
      nv.increment();
      Bytes first = nv.read();
      nv.increment();
      Bytes second = nv.read();
      assertEquals(first.buffer().getLong() + 1, second.buffer().getLong());
      assertThrows(TssException.class, () -> nv.write(number(0)));
    }
  }

  @Test
  void extendsLikeAPcr() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var nv =
            tss.nv()
                .define(
                    index(NvType.EXTEND, Bytes.empty(), 32, Flag.AUTHREAD, Flag.OWNERWRITE),
                    Secret.none())) {
      nv.extend(Bytes.utf8("event"));
      assertEquals(
          HashAlgorithm.SHA256.digest(Bytes.zeros(32), Bytes.utf8("event")).value(), nv.read());
    }
  }

  /** One index per container: after three wrong PINs this index is locked, the TPM is not. */
  @Test
  void locksOnePinAndNotTheTpm() throws Exception {
    var pin =
        index(
            NvType.PIN_FAIL,
            Bytes.empty(),
            8,
            Flag.AUTHREAD,
            Flag.OWNERWRITE,
            Flag.OWNERREAD,
            Flag.NO_DA);
    try (var tss = LiveTpm.open(tpm);
        var right = Secret.of("1234".toCharArray());
        var wrong = Secret.of("0000".toCharArray());
        var nv = tss.nv().define(pin, right)) {
      // TPMS_NV_PIN_COUNTER_PARAMETERS: no tries so far, three allowed.
      nv.write(BinaryWriter.bigEndian().u32(0).u32(3).toBytes());
      var policy = Policy.of(new PolicyStep.PolicySecret(nv.readPublic(), Bytes.empty()));
      try (var root = LiveTpm.storageRoot(tss)) {
        var blob =
            tss.sealing()
                .seal(
                    root,
                    new byte[] {42},
                    Secret.none(),
                    policy.digest(HashAlgorithm.SHA256).value());
        try (var sealed = tss.keys().load(root, blob)) {
          sealed.authorizeBy(policy, asked -> Optional.of(right));
          assertEquals(42, tss.sealing().unseal(sealed)[0]);
          sealed.authorizeBy(policy, asked -> Optional.of(wrong));
          for (int i = 0; i < 3; i++) {
            var failure = assertThrows(TssException.class, () -> tss.sealing().unseal(sealed));
            assertTrue(failure.is(TpmRc.TPM_RC_BAD_AUTH), failure.getMessage());
          }
          sealed.authorizeBy(policy, asked -> Optional.of(right));
          var locked = assertThrows(TssException.class, () -> tss.sealing().unseal(sealed));
          assertTrue(locked.refusal(), locked.getMessage());
        }
      }
      assertEquals(0, tss.capabilities().properties().lockout().failedTries());
    }
  }

  @Test
  void countsEveryRightPin() throws Exception {
    var pin =
        index(
            NvType.PIN_PASS,
            Bytes.empty(),
            8,
            Flag.AUTHREAD,
            Flag.OWNERWRITE,
            Flag.OWNERREAD,
            Flag.NO_DA);
    try (var tss = LiveTpm.open(tpm);
        var right = Secret.of("1234".toCharArray());
        var nv = tss.nv().define(pin, right)) {
      nv.write(BinaryWriter.bigEndian().u32(0).u32(2).toBytes());
      nv.authorize(right);
      assertNotEquals(Bytes.zeros(8), nv.read());
      assertNotEquals(Bytes.zeros(8), nv.read());
      var used = assertThrows(TssException.class, nv::read);
      assertTrue(used.refusal(), used.getMessage());
    }
  }

  @Test
  void changesItsSecretByPolicy() throws Exception {
    var policy =
        Policy.of(
            new PolicyStep.PolicyAuthValue(),
            new PolicyStep.PolicyCommandCode(TPM_CC_NV_CHANGE_AUTH));
    var area =
        index(
            NvType.ORDINARY,
            policy.digest(HashAlgorithm.SHA256).value(),
            4,
            Flag.AUTHREAD,
            Flag.AUTHWRITE);
    try (var tss = LiveTpm.open(tpm);
        var first = Secret.of("first".toCharArray());
        var second = Secret.of("second".toCharArray())) {
      try (var nv = tss.nv().define(area, first)) {
        nv.write(Bytes.utf8("data"));
        nv.authorizeBy(policy, PolicyAnswers.NONE);
        nv.changeSecret(second);
      }
      try (var nv = tss.nv().index(INDEX)) {
        nv.authorize(second);
        assertEquals(Bytes.utf8("data"), nv.read());
        nv.authorize(first);
        assertThrows(TssException.class, nv::read);
      }
    }
  }

  /**
   * The floor of a fleet: an ordinary index that only a signed release raises. Each release brings
   * a signature over PolicyNV(index < N) AND PolicyCpHash(write N); the first write is signed for
   * an index that was never written.
   */
  @Test
  void floorRisesOnlyAsReleasesSay() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair role = generator.generateKeyPair();
    TpmtPublic key = TpmPublicKey.external(role.getPublic());
    var authorize = PolicyStep.PolicyAuthorize.by(key);
    var area =
        index(
            NvType.ORDINARY,
            Policy.of(authorize).digest(HashAlgorithm.SHA256).value(),
            8,
            Flag.POLICYWRITE,
            Flag.AUTHREAD,
            Flag.OWNERREAD,
            Flag.NO_DA);
    try (var tss = LiveTpm.open(tpm);
        var floor = tss.nv().define(area, Secret.none())) {
      var birth =
          Policy.of(
              new PolicyStep.PolicyNvWritten(false),
              PolicyStep.PolicyCpHash.ofNvWrite(HashAlgorithm.SHA256, area, number(0)));
      floor.authorizeBy(
          Policy.of(authorize.with(SealingTest.approve(role, key, birth))), PolicyAnswers.NONE);
      floor.write(number(0));
      var written = floor.readPublic();
      assertEquals(area.written(), written);

      raise(floor, authorize, role, key, written, 7);
      assertEquals(number(7), content(tss));
      raise(floor, authorize, role, key, written, 9);
      assertEquals(number(9), content(tss));
      // A genuine older release: its comparison does not hold any more.
      assertThrows(TpmRefusedException.class, () -> raise(floor, authorize, role, key, written, 8));
      assertThrows(TpmRefusedException.class, () -> raise(floor, authorize, role, key, written, 9));
      // Its policy does not allow another value, nor birth again.
      var nine = SealingTest.approve(role, key, release(written, 10));
      floor.authorizeBy(Policy.of(authorize.with(nine)), PolicyAnswers.NONE);
      var other = assertThrows(TssException.class, () -> floor.write(number(11)));
      assertTrue(other.refusal(), other.getMessage());
      floor.authorizeBy(
          Policy.of(authorize.with(SealingTest.approve(role, key, birth))), PolicyAnswers.NONE);
      assertThrows(TssException.class, () -> floor.write(number(0)));
      // Somebody else's signature, and no policy at all.
      var foreign = generator.generateKeyPair();
      assertThrows(TssException.class, () -> raise(floor, authorize, foreign, key, written, 12));
      assertEquals(number(9), content(tss));
    }
    try (var tss = LiveTpm.open(tpm);
        var floor = tss.nv().index(INDEX)) {
      var plain = assertThrows(TssException.class, () -> floor.write(number(99)));
      assertTrue(plain.refusal(), plain.getMessage());
      assertEquals(number(9), floor.read());
    }
  }

  private static Policy release(TpmsNvPublic index, long sequence) {
    return Policy.of(
        new PolicyStep.PolicyNv(index, number(sequence), 0, PolicyStep.Comparison.UNSIGNED_LT),
        PolicyStep.PolicyCpHash.ofNvWrite(HashAlgorithm.SHA256, index, number(sequence)));
  }

  private static void raise(
      NvIndex floor,
      PolicyStep.PolicyAuthorize authorize,
      KeyPair role,
      TpmtPublic key,
      TpmsNvPublic index,
      long sequence)
      throws Exception {
    var approval = SealingTest.approve(role, key, release(index, sequence));
    floor.authorizeBy(Policy.of(authorize.with(approval)), PolicyAnswers.NONE);
    floor.write(number(sequence));
  }

  private static Bytes content(TssContext tss) throws Exception {
    try (var floor = tss.nv().index(INDEX)) {
      return floor.read();
    }
  }

  @Test
  void saysThatNvIsFull() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      TssException full =
          assertThrows(
              TssException.class,
              () -> {
                for (int i = 0; i < 1000; i++) {
                  var area =
                      new TpmsNvPublic(
                          INDEX + i,
                          HashAlgorithm.SHA256,
                          TpmaNv.of(NvType.ORDINARY, Flag.AUTHREAD, Flag.AUTHWRITE),
                          Bytes.empty(),
                          2048);
                  tss.nv().define(area, Secret.none()).close();
                }
              });
      assertTrue(full.is(TpmRc.TPM_RC_NV_SPACE), full.getMessage());
      assertTrue(LiveTpm.words(full).contains("full"), full.getMessage());
    }
  }

  @Test
  void saysThatAnIndexIsTaken() throws Exception {
    var area = index(NvType.ORDINARY, Bytes.empty(), 8, Flag.AUTHREAD, Flag.AUTHWRITE);
    try (var tss = LiveTpm.open(tpm)) {
      tss.nv().define(area, Secret.none()).close();
      var taken =
          assertThrows(TssException.class, () -> tss.nv().define(area, Secret.none()).close());
      assertTrue(taken.is(TpmRc.TPM_RC_NV_DEFINED), taken.getMessage());
    }
  }

  @Test
  void asksTheOwnerWhereOneIsSet() throws Exception {
    var area = index(NvType.ORDINARY, Bytes.empty(), 8, Flag.AUTHREAD, Flag.AUTHWRITE);
    try (var owner = Secret.of("owner".toCharArray())) {
      try (var tss = LiveTpm.open(tpm)) {
        tss.hierarchies().changeSecret(Hierarchy.TPM_RH_OWNER, owner);
        assertTrue(tss.capabilities().properties().ownerAuthSet());
        // The context knows the secret now.
        tss.nv().define(area, Secret.none()).close();
        tss.nv().undefine(INDEX);
      }
      try (var tss = LiveTpm.open(tpm)) {
        var refused =
            assertThrows(TssException.class, () -> tss.nv().define(area, Secret.none()).close());
        assertTrue(refused.is(TpmRc.TPM_RC_BAD_AUTH), refused.getMessage());
        tss.authorize(Hierarchy.TPM_RH_OWNER, owner);
        tss.nv().define(area, Secret.none()).close();
        try (var none = Secret.none()) {
          tss.hierarchies().changeSecret(Hierarchy.TPM_RH_OWNER, none);
        }
        tss.nv().undefine(INDEX);
      }
    }
  }
}
