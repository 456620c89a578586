// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmProxy;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TPMs that are busy, shared, restarted, locked or full: a clear error, and no crash. */
class HardTimesTest {
  private static final Bytes NONCE = Bytes.fromHex("01");
  private static final TpmlPcrSelection PCRS =
      new TpmlPcrSelection(List.of(TpmsPcrSelection.of(HashAlgorithm.SHA256, List.of(7))));

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

  @Test
  void waitsForABusyTpmButNotForever() throws Exception {
    try (var bus = TpmProxy.start(tpm);
        var tss = TssContext.open(Tcti.parse(bus.tcti()))) {
      // tpm2-tss itself sends a command five times; more than that is our own patience.
      bus.answerBusy(12);
      assertEquals(16, tss.random(16).size());
      bus.answerBusy(1_000_000);
      int before = bus.commands();
      var failure = assertThrows(TssException.class, () -> tss.random(16));
      assertTrue(failure.is(TpmRc.TPM_RC_RETRY), failure.getMessage());
      assertTrue(bus.commands() - before < 100, "bounded: " + (bus.commands() - before));
      bus.answerBusy(0);
      assertEquals(16, tss.random(16).size());
    }
  }

  @Test
  void twoContextsWorkAtTheSameTime() throws Exception {
    try (var bus = TpmProxy.start(tpm);
        var pool = Executors.newFixedThreadPool(2)) {
      Callable<Integer> work =
          () -> {
            try (var tss = TssContext.open(Tcti.parse(bus.tcti()))) {
              int quotes = 0;
              try (var ak = LiveTpm.attestationKey(tss)) {
                for (int i = 0; i < 40; i++) {
                  tss.extend(16, List.of(HashAlgorithm.SHA256.digest(NONCE)));
                  tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
                  quotes++;
                }
              }
              return quotes;
            }
          };
      // Making a key needs two slots for a moment, and there are three: one after the other.
      List<Future<Integer>> running = new ArrayList<>();
      running.add(pool.submit(work));
      try (var tss = TssContext.open(Tcti.parse(bus.tcti()))) {
        for (int i = 0; i < 40; i++) {
          tss.extend(16, List.of(HashAlgorithm.SHA256.digest(NONCE)));
          assertEquals(32, tss.secretRandom(32).length);
        }
      }
      for (Future<Integer> future : running) {
        assertEquals(40, future.get(60, TimeUnit.SECONDS));
      }
    }
    // Every extend of both counted: 80 in all.
    var expected = Digest.zero(HashAlgorithm.SHA256);
    for (int i = 0; i < 80; i++) {
      expected = expected.extend(HashAlgorithm.SHA256.digest(NONCE));
    }
    try (var tss = LiveTpm.open(tpm)) {
      assertEquals(expected, tss.read(HashAlgorithm.SHA256, List.of(16)).get(16));
      tss.pcrs().reset(16);
      assertEquals(
          Digest.zero(HashAlgorithm.SHA256), tss.read(HashAlgorithm.SHA256, List.of(16)).get(16));
      var locality = assertThrows(TssException.class, () -> tss.pcrs().reset(7));
      assertTrue(locality.is(TpmRc.TPM_RC_LOCALITY), locality.getMessage());
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void saysThatTheTpmWasRestarted() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      var ak = LiveTpm.attestationKey(tss);
      assertEquals(1, tss.secretRandom(1).length);
      tpm.restart();
      var failure =
          assertThrows(
              IOException.class, () -> tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS));
      assertTrue(LiveTpm.words(failure).contains("restarted"), failure.getMessage());
      var session = assertThrows(TssException.class, () -> tss.secretRandom(1));
      assertTrue(session.is(TpmRc.TPM_RC_REFERENCE_S0), session.getMessage());
      assertThrows(TssException.class, ak::close);
      // What needs neither session nor object works: the connection is made anew.
      assertEquals(4, tss.random(4).size());
    }
    try (var tss = LiveTpm.open(tpm);
        var ak = LiveTpm.attestationKey(tss)) {
      tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void saysThatTheTpmIsGone() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      tpm.close();
      var failure = assertThrows(TssException.class, () -> tss.random(4));
      assertEquals(TssReturnCode.Layer.TCTI, failure.code().layer(), failure.getMessage());
      assertTrue(LiveTpm.words(failure).contains("does not answer"), failure.getMessage());
    }
  }

  @Test
  void sessionsAndObjectsThatAreGoneAreNamed() throws Exception {
    try (var bus = TpmProxy.start(tpm);
        var tss = TssContext.open(Tcti.parse(bus.tcti()))) {
      var ak = LiveTpm.attestationKey(tss);
      assertEquals(1, tss.secretRandom(1).length);
      // Somebody without manners flushes everything.
      tpm.run("tpm2_flushcontext", "-T", bus.tcti(), "-t");
      tpm.run("tpm2_flushcontext", "-T", bus.tcti(), "-l");
      var session = assertThrows(TssException.class, () -> tss.secretRandom(1));
      assertTrue(session.is(TpmRc.TPM_RC_REFERENCE_S0), session.getMessage());
      var object =
          assertThrows(
              TssException.class, () -> tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS));
      assertTrue(object.is(TpmRc.TPM_RC_REFERENCE_H0), object.getMessage());
      assertTrue(LiveTpm.words(object).contains("begin anew"), object.getMessage());
    }
  }

  @Test
  void saysThatTheTpmIsLockedAndWhatToDo() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var right = Secret.of("right".toCharArray());
        var wrong = Secret.of("wrong".toCharArray());
        var root = LiveTpm.storageRoot(tss)) {
      tss.hierarchies().setLock(3, 1000, 1000);
      var blob = tss.sealing().seal(root, new byte[] {1}, right, Bytes.empty());
      try (var sealed = tss.keys().load(root, blob)) {
        sealed.authorize(wrong);
        for (int i = 0; i < 3; i++) {
          var failure = assertThrows(TssException.class, () -> tss.sealing().unseal(sealed));
          assertTrue(failure.is(TpmRc.TPM_RC_AUTH_FAIL), failure.getMessage());
        }
        sealed.authorize(right);
        var locked = assertThrows(TssException.class, () -> tss.sealing().unseal(sealed));
        assertTrue(locked.is(TpmRc.TPM_RC_LOCKOUT), locked.getMessage());
        assertTrue(LiveTpm.words(locked).contains("wait for its recovery time"));
        var lockout = tss.capabilities().properties().lockout();
        assertEquals(new TpmProperties.Lockout(true, 3, 3, 1000, 1000), lockout);
        tss.hierarchies().resetLock();
        assertArrayEquals(new byte[] {1}, tss.sealing().unseal(sealed));
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void saysThatNoSlotIsFree() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      List<TpmObject> loaded = new ArrayList<>();
      var failure =
          assertThrows(
              TssException.class,
              () -> {
                while (true) {
                  loaded.add(LiveTpm.storageRoot(tss));
                }
              });
      assertEquals(3, loaded.size());
      assertTrue(failure.is(TpmRc.TPM_RC_OBJECT_MEMORY), failure.getMessage());
      assertTrue(LiveTpm.words(failure).contains("tpmrm0"), failure.getMessage());
      for (TpmObject object : loaded) {
        object.close();
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void aKeyWithASecretWantsIt() throws Exception {
    try (var tss = LiveTpm.open(tpm);
        var secret = Secret.of("ak".toCharArray());
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      var template = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
      try (var ak = tss.keys().load(ek, tss.keys().create(ek, template, secret).blob())) {
        var failure =
            assertThrows(
                TssException.class,
                () -> tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS));
        assertTrue(failure.is(TpmRc.TPM_RC_AUTH_FAIL), failure.getMessage());
        ak.authorize(secret);
        tss.attestation().quote(ak, NONCE, TpmtScheme.NULL, PCRS);
      }
    }
    LiveTpm.assertNothingLeft(tpm);
  }

  @Test
  void nothingLiesAtAnEmptyHandle() throws Exception {
    try (var tss = LiveTpm.open(tpm)) {
      var failure = assertThrows(TssException.class, () -> tss.keys().persistent(0x81010099L));
      assertTrue(failure.is(TpmRc.TPM_RC_HANDLE), failure.getMessage());
      assertTrue(LiveTpm.words(failure).contains("0x81010099"), failure.getMessage());
      assertThrows(IllegalArgumentException.class, () -> tss.keys().persistent(0x80000000L));
      assertThrows(IllegalArgumentException.class, () -> tss.nv().index(0x81000000L));
    }
  }
}
