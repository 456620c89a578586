// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Logs of confidential guests: the layout of a TPM's, other registers and rules. */
class CcEventLogTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA384;
  private static final Bytes SEPARATOR = Bytes.zeros(4);

  private static Bytes head() {
    return TestLog.sha1Event(0, 3, Bytes.zeros(20), TestLog.specId(0x0c, 48));
  }

  private static Bytes event(int register, TcgEventType type, Bytes data) {
    var digest = type == TcgEventType.EV_NO_ACTION ? Digest.zero(BANK) : BANK.digest(data);
    return TestLog.event(register, type.value(), data, digest);
  }

  private static Bytes log(Bytes... events) {
    return Bytes.concat(head(), Bytes.concat(events));
  }

  private static ReplayedCcLog replay(Bytes log) throws FormatException {
    return CcReplay.replay(CcEventLog.parse(log));
  }

  private static void assertRejected(String problem, Bytes log) {
    var rejected = assertThrows(FormatException.class, () -> replay(log)).toString();
    assertTrue(rejected.contains(problem), rejected);
  }

  @Test
  void extendsItsRegistersFromZero() throws FormatException {
    var bytes =
        log(
            event(1, TcgEventType.EV_SEPARATOR, SEPARATOR),
            event(4, TcgEventType.EV_IPL, Bytes.utf8("container")));
    var replayed = replay(bytes);
    assertEquals(bytes, replayed.log().encode());
    assertEquals(Set.of(BANK), replayed.banks());
    assertEquals(Set.of(CcRegister.RTMR0, CcRegister.RTMR3), replayed.measuredRegisters());
    assertEquals(
        Digest.zero(BANK).extend(BANK.digest(SEPARATOR)),
        replayed.register(BANK, CcRegister.RTMR0));
    assertEquals(Digest.zero(BANK), replayed.register(BANK, CcRegister.RTMR1));
    assertThrows(IllegalArgumentException.class, () -> replayed.register(BANK, CcRegister.MRTD));
  }

  @Test
  void knowsNoLocalityNoHcrtmAndNoMeasurementIntoMrtd() {
    var locality = TestLog.localityEvent(3);
    assertRejected("Startup Locality", log(event(0, TcgEventType.EV_NO_ACTION, locality)));
    assertRejected("H-CRTM", log(event(1, TcgEventType.EV_EFI_HCRTM_EVENT, Bytes.utf8("HCRTM"))));
    assertRejected("into MRTD", log(event(0, TcgEventType.EV_SEPARATOR, SEPARATOR)));
  }

  @Test
  void rejectsRegistersThatDoNotExistAndLogsWithoutAHead() {
    for (long register : new long[] {5, 23, 0xffffffffL}) {
      assertRejected(
          "mrIndex %d".formatted(register),
          log(TestLog.event(register, 4, SEPARATOR, BANK.digest(SEPARATOR))));
    }
    var sha1 = HashAlgorithm.SHA1.digest(SEPARATOR).value();
    assertRejected("without a Spec ID event", TestLog.sha1Event(1, 4, sha1, SEPARATOR));
  }

  @Test
  void theTablesMemoryMayFollowButNothingBehindIt() throws FormatException {
    var event = event(1, TcgEventType.EV_SEPARATOR, SEPARATOR);
    for (String fill : new String[] {"ff", "00"}) {
      var table = Bytes.concat(log(event), Bytes.fromHex(fill.repeat(4096)));
      assertEquals(4096, CcEventLog.parse(table).entries().padding().size());
      assertEquals(table, CcEventLog.parse(table).encode());
      var appended = Bytes.concat(table, event(1, TcgEventType.EV_SEPARATOR, SEPARATOR));
      assertRejected("of padding " + fill, appended);
    }
  }

  @Test
  void namesTheRegisterOfEachPcr() {
    assertEquals(Optional.of(CcRegister.MRTD), CcRegister.ofPcr(0));
    assertEquals(Optional.of(CcRegister.RTMR0), CcRegister.ofPcr(1));
    assertEquals(Optional.of(CcRegister.RTMR0), CcRegister.ofPcr(7));
    for (int pcr = 2; pcr <= 6; pcr++) {
      assertEquals(Optional.of(CcRegister.RTMR1), CcRegister.ofPcr(pcr));
    }
    for (int pcr = 8; pcr <= 15; pcr++) {
      assertEquals(Optional.of(CcRegister.RTMR2), CcRegister.ofPcr(pcr));
    }
    assertEquals(Optional.empty(), CcRegister.ofPcr(16));
    assertEquals(Optional.empty(), CcRegister.ofPcr(-1));
  }

  @Test
  void keepsBanksThatOtherConfidentialMachinesUse() throws FormatException {
    var head = TestLog.sha1Event(0, 3, Bytes.zeros(20), TestLog.specId(0x0b, 32, 0x0d, 64));
    var both =
        TestLog.event(
            2,
            4,
            SEPARATOR,
            HashAlgorithm.SHA256.digest(SEPARATOR),
            HashAlgorithm.SHA512.digest(SEPARATOR));
    var replayed = replay(BinaryWriter.littleEndian().bytes(head).bytes(both).toBytes());
    assertEquals(Set.of(HashAlgorithm.SHA256, HashAlgorithm.SHA512), replayed.banks());
  }
}
