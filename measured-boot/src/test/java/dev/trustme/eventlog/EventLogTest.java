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
import org.junit.jupiter.api.Test;

class EventLogTest {
  private static final Digest SHA1 = Digest.zero(HashAlgorithm.SHA1);
  private static final Digest SHA256 = Digest.zero(HashAlgorithm.SHA256);
  private static final Bytes ACTION = Bytes.utf8("Exit Boot Services Invocation");
  private static final Bytes GOOD = TestLog.agile().separator(7).build();

  /** Where the first event after the Spec ID event begins. */
  private static final int SECOND = 32 + 37;

  private static void assertRejected(String problem, Bytes log) {
    var rejected = assertThrows(FormatException.class, () -> EventLog.parse(log)).toString();
    assertTrue(rejected.contains(problem), rejected);
  }

  private static Bytes withSpecId(Bytes specId) {
    return TestLog.empty().raw(TestLog.sha1Event(0, 3, Bytes.zeros(20), specId)).build();
  }

  private static Bytes patched(Bytes log, int offset, long value) {
    var number = BinaryWriter.littleEndian().u32(value).toBytes();
    return Bytes.concat(log.slice(0, offset), number, log.slice(offset + 4, log.size()));
  }

  @Test
  void readsAndWritesBothFormats() throws FormatException {
    var agile = EventLog.parse(GOOD);
    assertEquals(2, agile.specId().orElseThrow().digestSizes().size());
    assertEquals(SECOND, agile.events().get(1).offset());
    assertEquals(GOOD, agile.encode());
    var legacy =
        TestLog.empty()
            .raw(TestLog.sha1Event(5, 0x80000007L, Bytes.fromHex("11".repeat(20)), ACTION))
            .raw(TestLog.sha1Event(5, 4, Bytes.fromHex("22".repeat(20)), Bytes.zeros(4)))
            .build();
    var log = EventLog.parse(legacy);
    assertTrue(log.specId().isEmpty());
    assertEquals(TcgEventType.EV_EFI_ACTION, log.events().getFirst().untrustedType());
    assertEquals(legacy, log.encode());
  }

  @Test
  void keepsUnknownTypesAndUnknownAlgorithms() throws FormatException {
    var sm3 = BinaryWriter.littleEndian().u32(3).u32(0xdeadbeefL).u32(2).u16(0x12).zeros(32);
    sm3.u16(0x0b).bytes(SHA256.value()).u32(0);
    var bytes = Bytes.concat(withSpecId(TestLog.specId(0x0b, 32, 0x12, 32)), sm3.toBytes());
    var log = EventLog.parse(bytes);
    assertEquals("0xdeadbeef", log.events().get(1).untrustedType().name());
    assertTrue(log.events().get(1).digests().getFirst().digest().isEmpty());
    assertEquals(bytes, log.encode());
  }

  @Test
  void rejectsPcrsThatDoNotExist() {
    for (long pcr : new long[] {24, 32, 0xff, 0x80000000L, 0xffffffffL}) {
      assertRejected("pcrIndex %d".formatted(pcr), patched(GOOD, SECOND, pcr));
      assertRejected("pcrIndex", TestLog.sha1Event(pcr, 4, SHA1.value(), Bytes.zeros(4)));
    }
  }

  @Test
  void rejectsEventSizesBeyondTheLog() {
    int size = GOOD.size() - 8;
    assertRejected("need 4294967295 bytes", patched(GOOD, size, 0xffffffffL));
    assertRejected("need 5 bytes", patched(GOOD, size, 5));
    assertRejected("need 2147483648 bytes", patched(GOOD, size, 0x80000000L));
    assertRejected("need 4294967295 bytes", patched(GOOD, 28, 0xffffffffL));
  }

  @Test
  void rejectsEveryTruncation() {
    for (int size = 0; size < GOOD.size(); size++) {
      if (size != SECOND) {
        Bytes cut = GOOD.slice(0, size);
        assertThrows(FormatException.class, () -> EventLog.parse(cut), "cut to " + size);
      }
    }
  }

  @Test
  void rejectsDigestsThatTheSpecIdEventDoesNotName() {
    var log = TestLog.agile().build();
    var sha384 = Digest.zero(HashAlgorithm.SHA384);
    assertRejected("0x000c", with(log, TestLog.event(0, 4, ACTION, SHA1, sha384)));
    assertRejected("0x0004 twice", with(log, TestLog.event(0, 4, ACTION, SHA1, SHA1)));
    assertRejected("0 digests", with(log, TestLog.event(0, 4, ACTION)));
    assertRejected("3 digests", with(log, TestLog.event(0, 4, ACTION, SHA1, SHA256, SHA1)));
    assertRejected("4294967295 digests", patched(GOOD, SECOND + 8, 0xffffffffL));
  }

  private static Bytes with(Bytes log, Bytes event) {
    return Bytes.concat(log, event);
  }

  @Test
  void rejectsSpecIdEventsThatContradictThemselves() {
    assertRejected("numberOfAlgorithms 0", withSpecId(TestLog.specId()));
    assertRejected("0x000b with digests of 20", withSpecId(TestLog.specId(0x0b, 20)));
    assertRejected("0x0012 with digests of 0", withSpecId(TestLog.specId(0x12, 0)));
    assertRejected("0x000b twice", withSpecId(TestLog.specId(0x0b, 32, 0x0b, 32)));
    var many = patched(TestLog.specId(0x0b, 32), 24, 0xffffffffL);
    assertRejected("numberOfAlgorithms 4294967295", withSpecId(many));
    var unknown = new int[34];
    for (int i = 0; i < unknown.length; i += 2) {
      unknown[i] = 0x7000 + i;
      unknown[i + 1] = 1;
    }
    assertRejected("numberOfAlgorithms 17", withSpecId(TestLog.specId(unknown)));
    assertRejected(
        "1 bytes after",
        withSpecId(Bytes.concat(TestLog.specId(11, 32), SHA1.value().slice(0, 1))));
  }

  @Test
  void rejectsASpecIdEventThatIsNotFirstOrClaimsToBeMeasured() {
    var specId = TestLog.specId(4, 20, 11, 32);
    assertRejected("not first", TestLog.agile().noAction(0, specId).build());
    assertRejected(
        "claims to be measured",
        TestLog.sha1Event(0, 3, Bytes.fromHex("01" + "00".repeat(19)), specId));
    assertRejected("claims to be measured", TestLog.sha1Event(1, 3, SHA1.value(), specId));
  }

  @Test
  void toleratesPaddingAndNothingBehindIt() throws FormatException {
    for (int fill : new int[] {0x00, 0xff}) {
      var padding = new byte[100];
      java.util.Arrays.fill(padding, (byte) fill);
      var padded = Bytes.concat(GOOD, Bytes.copyOf(padding));
      assertEquals(100, EventLog.parse(padded).padding().size());
      assertEquals(2, EventLog.parse(padded).events().size());
      assertEquals(padded, EventLog.parse(padded).encode());
      var more = Bytes.concat(padded, GOOD.slice(SECOND, GOOD.size()));
      assertRejected("of padding %02x".formatted(fill), more);
    }
    assertRejected("pcrIndex", Bytes.concat(GOOD, Bytes.fromHex("01".repeat(11))));
  }

  @Test
  void vendorInfoBehindTheEventIsNamedAsAQuirk() throws FormatException {
    var specId = TestLog.specId(4, 20, 11, 32);
    var counted = Bytes.concat(specId.slice(0, specId.size() - 1), Bytes.fromHex("02"));
    var beyond = Bytes.concat(withSpecId(counted), Bytes.fromHex("abcd"));
    var log = EventLog.parse(beyond);
    assertEquals("[spec-id-vendor-info-beyond-event]", log.quirks().toString());
    assertEquals(beyond, log.encode());
    assertRejected("need 2 bytes", beyond.slice(0, beyond.size() - 1));
    var inside = withSpecId(Bytes.concat(counted, Bytes.fromHex("abcd")));
    assertTrue(EventLog.parse(inside).quirks().isEmpty());
    assertEquals(inside, EventLog.parse(inside).encode());
  }

  @Test
  void aLogOfPaddingAloneIsEmpty() {
    for (String fill : new String[] {"00", "ff"}) {
      assertRejected("the log is empty", Bytes.fromHex(fill.repeat(4096)));
    }
  }

  /** 32 bytes of 00 are a well-formed entry of the SHA-1 layout, but none that anybody writes. */
  @Test
  void sha1EventsBehindPaddingAreRefused() throws FormatException {
    var event = TestLog.sha1Event(5, 4, SHA1.value(), Bytes.zeros(4));
    var padded = Bytes.concat(event, Bytes.zeros(64));
    assertEquals(1, EventLog.parse(padded).events().size());
    // The padding ends where the next event's first byte that is not zero stands.
    assertRejected("TCG_PCR_EVENT at offset 100 (0x64): data after 64 bytes", with(padded, event));
  }

  private static Bytes sha1Header(String signature, int vendorInfoSize, Bytes vendorInfo) {
    return BinaryWriter.littleEndian()
        .bytes(Bytes.utf8(signature + "\0"))
        .zeros(8)
        .u8(vendorInfoSize)
        .bytes(vendorInfo)
        .toBytes();
  }

  @Test
  void readsTheHeadsOfSha1Logs() throws FormatException {
    var event = TestLog.sha1Event(5, 4, SHA1.value(), Bytes.zeros(4));
    for (String signature : new String[] {"Spec ID Event00", "Spec ID Event02"}) {
      var head = sha1Header(signature, 2, Bytes.fromHex("abcd"));
      var log = with(TestLog.sha1Event(0, 3, Bytes.zeros(20), head), event);
      assertTrue(EventLog.parse(log).specId().isEmpty());
      assertEquals(2, EventLog.parse(log).events().size());
      assertEquals(log, EventLog.parse(log).encode());
      assertRejected("not first", with(log, TestLog.sha1Event(0, 3, Bytes.zeros(20), head)));
      assertRejected(
          "claims to be measured", TestLog.sha1Event(0, 3, Bytes.fromHex("01".repeat(20)), head));
      assertRejected(
          "need 3 bytes",
          TestLog.sha1Event(0, 3, Bytes.zeros(20), sha1Header(signature, 3, Bytes.zeros(2))));
      assertRejected(
          "1 bytes after",
          TestLog.sha1Event(0, 3, Bytes.zeros(20), sha1Header(signature, 0, Bytes.zeros(1))));
    }
    var future = sha1Header("Spec ID Event04", 0, Bytes.empty());
    assertRejected("neither 00, 02 nor 03", TestLog.sha1Event(0, 3, Bytes.zeros(20), future));
  }
}
