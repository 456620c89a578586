// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final Bytes HCRTM = Bytes.utf8("HCRTM");

  private static ReplayedLog replay(TestLog log) throws FormatException {
    return Replay.replay(EventLog.parse(log.build()));
  }

  private static void assertRejected(String problem, TestLog log) {
    var rejected = assertThrows(FormatException.class, () -> replay(log)).toString();
    assertTrue(rejected.contains(problem), rejected);
  }

  private static Digest start(int locality) {
    return new Digest(BANK, Bytes.concat(Bytes.zeros(31), Bytes.fromHex("0" + locality)));
  }

  @Test
  void extendsEveryBankAndLeavesUnmeasuredPcrsAtTheirStart() throws FormatException {
    var log = replay(TestLog.agile().separator(7).separator(7));
    assertEquals(Set.of(HashAlgorithm.SHA1, BANK), log.banks());
    assertEquals(Set.of(7), log.measuredPcrs());
    for (HashAlgorithm bank : log.banks()) {
      var separator = bank.digest(Bytes.zeros(4));
      assertEquals(Digest.zero(bank).extend(separator).extend(separator), log.pcr(bank, 7));
      assertEquals(Digest.zero(bank), log.pcr(bank, 16));
      assertEquals(Digest.zero(bank), log.pcr(bank, 23));
      assertEquals("ff".repeat(bank.size()), log.pcr(bank, 17).hex());
      assertEquals("ff".repeat(bank.size()), log.pcr(bank, 22).hex());
    }
  }

  @Test
  void aBankThatOneEventLeavesOutIsNotReplayed() throws FormatException {
    var separator = Bytes.zeros(4);
    var sha1Only = TestLog.event(4, 4, separator, HashAlgorithm.SHA1.digest(separator));
    var log = replay(TestLog.agile().separator(7).raw(sha1Only));
    assertEquals(Set.of(HashAlgorithm.SHA1), log.banks());
    assertThrows(IllegalArgumentException.class, () -> log.pcrs(BANK));
  }

  @Test
  void startupLocalityIsPcr0sStartValue() throws FormatException {
    var separator = BANK.digest(Bytes.zeros(4));
    for (int locality : new int[] {0, 3, 4}) {
      var log = replay(TestLog.agile().startupLocality(locality).separator(0));
      assertEquals(start(locality).extend(separator), log.pcr(BANK, 0));
      assertEquals(locality, log.startupLocality());
    }
  }

  @Test
  void rejectsFalseStartupLocalities() {
    for (int locality : new int[] {1, 2, 5, 255}) {
      assertRejected("startup locality", TestLog.agile().startupLocality(locality).separator(0));
    }
    assertRejected("second or late", TestLog.agile().startupLocality(3).startupLocality(3));
    assertRejected("second or late", TestLog.agile().separator(0).startupLocality(3));
    assertRejected("PCR 1", TestLog.agile().noAction(1, TestLog.localityEvent(3)));
    var tooLong = Bytes.concat(TestLog.localityEvent(3), Bytes.zeros(1));
    assertRejected("18 bytes", TestLog.agile().noAction(0, tooLong));
  }

  @Test
  void hcrtmStartsPcr0AtFour() throws FormatException {
    var type = TcgEventType.EV_EFI_HCRTM_EVENT;
    var measured = BANK.digest(Bytes.utf8("code"));
    var log = replay(TestLog.agile().measured(0, type, HCRTM, Bytes.utf8("code")));
    assertEquals(start(4).extend(measured), log.pcr(BANK, 0));
    var both = TestLog.agile().startupLocality(4).measured(0, type, HCRTM, Bytes.utf8("code"));
    assertEquals(log.pcr(BANK, 0), replay(both).pcr(BANK, 0));
  }

  @Test
  void rejectsAnHcrtmEventElsewhereLateOrContradicted() {
    var type = TcgEventType.EV_EFI_HCRTM_EVENT;
    assertRejected("first of PCR 0", TestLog.agile().measured(1, type, HCRTM));
    assertRejected("first of PCR 0", TestLog.agile().separator(0).measured(0, type, HCRTM));
    assertRejected(
        "first of PCR 0", TestLog.agile().measured(0, type, HCRTM).measured(0, type, HCRTM));
    assertRejected("locality 3", TestLog.agile().startupLocality(3).measured(0, type, HCRTM));
    assertRejected("second or late", TestLog.agile().measured(0, type, HCRTM).startupLocality(3));
  }

  @Test
  void retypingAnEventAsNoActionChangesTheReplay() throws FormatException {
    var action = Bytes.utf8("Calling EFI Application from Boot Option");
    var honest = TestLog.agile().measured(4, TcgEventType.EV_EFI_ACTION, action);
    var hidden = TestLog.agile().measured(4, TcgEventType.EV_NO_ACTION, action);
    assertNotEquals(replay(honest).pcr(BANK, 4), replay(hidden).pcr(BANK, 4));
  }

  @Test
  void retypingAnEventOtherwiseDoesNot() throws FormatException {
    var data = Bytes.utf8("data");
    var one = TestLog.agile().measured(4, TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION, data);
    var other = TestLog.agile().measured(4, TcgEventType.EV_UNUSED, data);
    assertEquals(replay(one).pcr(BANK, 4), replay(other).pcr(BANK, 4));
  }

  @Test
  void aDynamicLaunchStartsItsPcrsAtZero() throws FormatException {
    var log = replay(TestLog.agile().separator(17));
    assertEquals(Digest.zero(BANK).extend(BANK.digest(Bytes.zeros(4))), log.pcr(BANK, 17));
  }

  /** What swtpm held after a hash sequence over "data" before and after TPM2_Startup. */
  @Test
  void hcrtmAndDynamicLaunchLeadToWhatATpmHeld() throws FormatException {
    var data = Bytes.utf8("data");
    var type = TcgEventType.EV_EFI_HCRTM_EVENT;
    var log =
        replay(
            TestLog.agile()
                .measured(0, type, HCRTM, data)
                .measured(17, TcgEventType.EV_ACTION, data));
    assertEquals(
        "ae3c8bd77b5fa5c524e327b420fc679564c5068837e60bf8cc0d63dfcffa001e", log.pcr(BANK, 0).hex());
    assertEquals(
        "449071c5e8465e2f457daf9fcc810345c75ef2eecf5d4decc3e86f16150db20f",
        log.pcr(BANK, 17).hex());
    for (int pcr = 18; pcr <= 22; pcr++) {
      assertEquals(Digest.zero(BANK), log.pcr(BANK, pcr));
    }
  }

  @Test
  void noActionNeverExtendsWhateverItsDigestOrPcr() throws FormatException {
    var digest = BANK.digest(HCRTM);
    var claim = TestLog.event(7, 3, HCRTM, HashAlgorithm.SHA1.digest(HCRTM), digest);
    var component = Bytes.utf8("H-CRTM CompMeas\0");
    var log = replay(TestLog.agile().noAction(0, component).raw(claim).separator(7));
    assertEquals(replay(TestLog.agile().separator(7)).pcrs(BANK), log.pcrs(BANK));
    assertEquals(4, log.log().events().size());
    assertEquals("MISMATCH", log.log().events().get(2).digestCheck(BANK).orElseThrow().label());
    assertEquals(0, log.startupLocality());
  }
}
