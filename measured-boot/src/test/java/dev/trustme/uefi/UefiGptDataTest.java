// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TestEvents;
import org.junit.jupiter.api.Test;

class UefiGptDataTest {
  private static final int COUNT_AT = 92;

  private static Bytes withCount(long count) {
    Bytes table = TestEvents.gpt(2);
    return Bytes.concat(
        table.slice(0, COUNT_AT),
        BinaryWriter.littleEndian().u64(count).toBytes(),
        table.slice(COUNT_AT + 8, table.size()));
  }

  @Test
  void readsAndWritesATable() throws FormatException {
    for (int partitions = 0; partitions < 4; partitions++) {
      Bytes encoded = TestEvents.gpt(partitions);
      var table = UefiGptData.parse(encoded);
      assertEquals(partitions, table.partitions().size());
      assertEquals(encoded, table.encode());
    }
    var table = UefiGptData.parse(TestEvents.gpt(1));
    assertEquals(EfiGuid.SHIM_LOCK, table.header().diskGuid());
    assertEquals("part", table.partitions().getFirst().partitionName());
    assertEquals(34, table.partitions().getFirst().startingLba());
  }

  @Test
  void namesWithoutAnEndOrInWrongUtf16AreShownAsTheyAre() {
    var full = new GptPartition(EfiGuid.CERT_X509, EfiGuid.CERT_X509, 0, 0, 0, utf16("a", 36));
    assertEquals("a".repeat(36), full.partitionName());
    var half = Bytes.concat(Bytes.fromHex("00d8"), utf16("b", 35));
    var broken = new GptPartition(EfiGuid.CERT_X509, EfiGuid.CERT_X509, 0, 0, 0, half);
    assertTrue(broken.partitionName().contains("\ufffd"));
    assertEquals(EfiGuid.CERT_X509.toString(), broken.typeName());
  }

  private static Bytes utf16(String letter, int times) {
    return TestEvents.utf16(letter.repeat(times));
  }

  @Test
  void countsThatDoNotFitAllocateNothing() {
    for (long count : new long[] {0, 1, 3, 1L << 24, Long.MAX_VALUE, -1, 1L << 57}) {
      assertThrows(
          FormatException.class, () -> UefiGptData.parse(withCount(count)), "count " + count);
    }
  }

  @Test
  void aTableCutAnywhereIsMalformed() {
    Bytes encoded = TestEvents.gpt(1);
    for (int size = 0; size < encoded.size(); size++) {
      Bytes cut = encoded.slice(0, size);
      assertThrows(FormatException.class, () -> UefiGptData.parse(cut), "size " + size);
    }
  }
}
