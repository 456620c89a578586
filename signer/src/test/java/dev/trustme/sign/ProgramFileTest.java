// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.TestPe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ProgramFileTest {
  private static Bytes gzip(Bytes content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content.toArray());
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static void refused(String problem, Bytes file) {
    var refused = assertThrows(FormatException.class, () -> ProgramFile.read(file));
    assertTrue(refused.toString().contains(problem), refused.toString());
  }

  @Test
  void unwrapsAndWrapsWithoutTimeAndName() throws Exception {
    var program = ProgramFile.read(gzip(TestPe.small()));
    assertTrue(program.wrapped());
    assertEquals(TestPe.small(), Bytes.copyOf(program.image().file()));
    var again = program.encode(TestPe.small());
    assertEquals(Bytes.fromHex("1f8b080000000000"), again.slice(0, 8));
    assertEquals(TestPe.small(), Bytes.copyOf(ProgramFile.read(again).image().file()));
  }

  @Test
  void refusesBombsAndWhatFollows() throws Exception {
    var wrapped = gzip(TestPe.small());
    refused("bytes after the compressed program", Bytes.concat(wrapped, Bytes.utf8("x")));
    refused("bytes after the compressed program", Bytes.concat(wrapped, wrapped));
    refused("is damaged", wrapped.slice(0, wrapped.size() - 9));
    refused("holds more than", gzip(Bytes.zeros(30 << 20)));
    refused("does not begin with MZ", gzip(Bytes.utf8("text")));
  }
}
