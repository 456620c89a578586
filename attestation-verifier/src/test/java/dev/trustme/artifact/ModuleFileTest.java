// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of kernel modules: their compression, and the little of ELF that is read. */
class ModuleFileTest {
  private final Bytes module = ModuleSignatureTest.resource("module.ko");

  @ParameterizedTest
  @EnumSource(ModuleCompression.class)
  void decompressesWhatItCompressed(ModuleCompression compression) throws FormatException {
    var file = compression.compress(module);
    assertEquals(module, compression.decompress(file));
    assertEquals(file, compression.compress(module));
    if (compression != ModuleCompression.NONE) {
      assertTrue(file.size() < module.size());
      var more = Bytes.concat(file, Bytes.zeros(4));
      assertThrows(FormatException.class, () -> compression.decompress(more));
      var less = file.slice(0, file.size() - 1);
      assertThrows(FormatException.class, () -> compression.decompress(less));
    }
  }

  /** One MiB is always allowed, beyond that 256 times the file. */
  @Test
  void whatAFileMayBecomeIsBounded() throws FormatException {
    var gzip = ModuleCompression.GZIP;
    var most = Bytes.zeros(1 << 20);
    assertEquals(most, gzip.decompress(gzip.compress(most)));
    var more = gzip.compress(Bytes.zeros((1 << 20) + 1));
    assertTrue(more.size() < 1 << 12);
    assertThrows(FormatException.class, () -> gzip.decompress(more));
  }

  @Test
  void theSuffixTellsHow() {
    assertEquals(Optional.of(ModuleCompression.NONE), ModuleCompression.of("a.ko"));
    assertEquals(Optional.of(ModuleCompression.ZSTD), ModuleCompression.of("a.ko.zst"));
    assertEquals(Optional.empty(), ModuleCompression.of("a.txt"));
  }

  /** e_shoff 40 and 32, e_shentsize, e_shnum; the table fills the file to its end. */
  @ParameterizedTest
  @CsvSource({
    "true, 64, 2, 64, 192, true",
    "true, 64, 2, 64, 191, false",
    "true, 0, 2, 64, 192, false",
    "true, 193, 2, 64, 192, false",
    "true, 192, 1, 0, 192, false",
    "true, 64, 0, 64, 192, false",
    "false, 52, 2, 40, 132, true",
    "false, 52, 2, 40, 131, false"
  })
  void sectionHeadersLieInsideTheFile(
      boolean wide, int table, int count, int size, int length, boolean whole)
      throws FormatException {
    var head = Bytes.fromHex("7f454c46" + (wide ? "02" : "01") + "0101" + "00".repeat(9) + "0100");
    var offset = Bytes.fromHex("%02x".formatted(table) + "00".repeat(wide ? 7 : 3));
    var rest = Bytes.fromHex("00".repeat(10) + "%02x00%02x000000".formatted(size, count));
    var file = Bytes.concat(head, Bytes.zeros(wide ? 22 : 14), offset, rest);
    var padded = Bytes.concat(file, Bytes.zeros(length - file.size()));
    if (whole) {
      ElfObject.requireModule(padded);
      return;
    }
    var thrown = assertThrows(FormatException.class, () -> ElfObject.requireModule(padded));
    assertEquals(wide ? 40 : 32, thrown.offset());
  }

  @ParameterizedTest
  @CsvSource({"7f454c46, 4", "7f454c4602, 4", "7f454c460300, 4", "7f454c460203, 5"})
  void aHeadThatIsCutOffOrUnknownIsMalformed(String hex, long offset) {
    var thrown =
        assertThrows(FormatException.class, () -> ElfObject.requireModule(Bytes.fromHex(hex)));
    assertEquals(offset, thrown.offset());
  }
}
