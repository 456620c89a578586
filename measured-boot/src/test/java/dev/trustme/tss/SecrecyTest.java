// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.MakeCredential;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmProxy;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmaNv.Flag;
import dev.trustme.tpm.TpmsNvPublic;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody records every byte between this package and the TPM: no secret is among them. */
class SecrecyTest {
  private static final byte[] DATA = "the disk key, 32 bytes of it....".getBytes(UTF_8);
  private static final String PIN = "PIN-of-the-object";
  private static final String NEW_PIN = "another-PIN-later";

  @TempDir private Path folder;
  private SoftwareTpm tpm;
  private TpmProxy bus;

  @BeforeEach
  void startTpm() throws Exception {
    tpm = SoftwareTpm.start(folder);
    bus = TpmProxy.start(tpm);
  }

  @AfterEach
  void stopTpm() throws Exception {
    bus.close();
    LiveTpm.assertNothingLeft(tpm);
    tpm.close();
  }

  private TssContext open() throws Exception {
    return TssContext.open(Tcti.parse(bus.tcti()));
  }

  private void assertUnseen(byte[]... secrets) {
    assertTrue(bus.commands() > 0);
    for (byte[] secret : secrets) {
      assertFalse(bus.saw(secret), new String(secret, UTF_8));
    }
  }

  @Test
  void theRecorderSeesWhatIsNotEncrypted() throws Exception {
    // The control: an index that everybody may write, and public random bytes.
    var area =
        new TpmsNvPublic(
            0x01800400L,
            HashAlgorithm.SHA256,
            TpmaNv.of(NvType.ORDINARY, Flag.AUTHREAD, Flag.AUTHWRITE),
            Bytes.empty(),
            DATA.length);
    try (var tss = open();
        var nv = tss.nv().define(area, Secret.none())) {
      nv.write(Bytes.copyOf(DATA));
      assertTrue(bus.saw(DATA));
      assertTrue(bus.saw(tss.random(32).toArray()));
    }
  }

  @Test
  void sealedDataAndValuesDoNotTravelInTheClear() throws Exception {
    try (var tss = open();
        var pin = Secret.of(PIN.toCharArray());
        var next = Secret.of(NEW_PIN.toCharArray());
        var root = LiveTpm.storageRoot(tss)) {
      var blob = tss.sealing().seal(root, DATA, pin, Bytes.empty());
      try (var sealed = tss.keys().load(root, blob)) {
        sealed.authorize(pin);
        assertArrayEquals(DATA, tss.sealing().unseal(sealed));
        var changed = tss.keys().changeSecret(sealed, root, next);
        try (var again = tss.keys().load(root, changed)) {
          again.authorize(next);
          assertArrayEquals(DATA, tss.sealing().unseal(again));
        }
      }
    }
    assertUnseen(DATA, PIN.getBytes(UTF_8), NEW_PIN.getBytes(UTF_8));
  }

  @Test
  void policiesKeepTheSecretToo() throws Exception {
    try (var tss = open();
        var pin = Secret.of(PIN.toCharArray());
        var root = LiveTpm.storageRoot(tss)) {
      var policy = Policy.of(new PolicyStep.PolicyAuthValue());
      var blob = tss.sealing().seal(root, DATA, pin, policy.digest(HashAlgorithm.SHA256).value());
      try (var sealed = tss.keys().load(root, blob)) {
        sealed.authorize(pin);
        sealed.authorizeBy(policy, PolicyAnswers.NONE);
        assertArrayEquals(DATA, tss.sealing().unseal(sealed));
      }
    }
    assertUnseen(DATA, PIN.getBytes(UTF_8));
  }

  @Test
  void credentialsComeBackEncrypted() throws Exception {
    try (var tss = open();
        var pin = Secret.of(PIN.toCharArray());
        var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      for (Secret secret : new Secret[] {Secret.none(), pin}) {
        var template = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
        try (var ak = tss.keys().load(ek, tss.keys().create(ek, template, secret).blob())) {
          ak.authorize(secret);
          var blob =
              new MakeCredential(ek.key(), new SecureRandom())
                  .wrap(ak.readPublic().name(), Bytes.copyOf(DATA));
          assertArrayEquals(DATA, tss.endorsementKeys().activate(ak, ek, blob));
        }
      }
    }
    assertUnseen(DATA, PIN.getBytes(UTF_8));
  }

  @Test
  void hierarchiesAndIndicesKeepTheirValues() throws Exception {
    var area =
        new TpmsNvPublic(
            0x01800401L,
            HashAlgorithm.SHA256,
            TpmaNv.of(NvType.ORDINARY, Flag.AUTHREAD, Flag.AUTHWRITE),
            Bytes.empty(),
            DATA.length);
    byte[] random;
    try (var tss = open();
        var owner = Secret.of("owner-value-1".toCharArray());
        var endorsement = Secret.of("endorsement-value-1".toCharArray());
        var pin = Secret.of(PIN.toCharArray())) {
      tss.hierarchies().changeSecret(Hierarchy.TPM_RH_OWNER, owner);
      tss.hierarchies().changeSecret(Hierarchy.TPM_RH_ENDORSEMENT, endorsement);
      try (var nv = tss.nv().define(area, pin)) {
        nv.write(Bytes.copyOf(DATA));
        assertEquals(Bytes.copyOf(DATA), nv.read());
      }
      random = tss.secretRandom(48);
      tss.nv().undefine(0x01800401L);
    }
    // A fresh context: its session is salted to a key that needs the endorsement value first.
    try (var tss = open();
        var endorsement = Secret.of("endorsement-value-1".toCharArray());
        var owner = Secret.of("owner-value-1".toCharArray())) {
      assertThrows(TssException.class, () -> tss.secretRandom(8));
      tss.authorize(Hierarchy.TPM_RH_ENDORSEMENT, endorsement);
      tss.authorize(Hierarchy.TPM_RH_OWNER, owner);
      assertEquals(8, tss.secretRandom(8).length);
      try (var ek = tss.endorsementKeys().create(EkTemplate.L_1)) {
        assertEquals(256, tss.random(256).size());
        var template = KeyTemplates.attestation(KeyAlgorithm.P256, LiveTpm.ECDSA);
        tss.keys().load(ek, tss.keys().create(ek, template, Secret.none()).blob()).close();
      }
      tss.hierarchies().changeSecret(Hierarchy.TPM_RH_OWNER, Secret.none());
      tss.hierarchies().changeSecret(Hierarchy.TPM_RH_ENDORSEMENT, Secret.none());
    }
    assertUnseen(
        DATA,
        random,
        PIN.getBytes(UTF_8),
        "owner-value-1".getBytes(UTF_8),
        "endorsement-value-1".getBytes(UTF_8));
  }
}
