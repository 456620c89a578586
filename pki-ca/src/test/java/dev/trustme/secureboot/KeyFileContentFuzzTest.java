// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.testing.HostileBytes;

class KeyFileContentFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        file -> {
          switch (KeyFileContent.parse(file)) {
            case KeyFileContent.Lists lists -> {
              assertEquals(file, lists.database().encode());
              laws(lists.database());
            }
            case KeyFileContent.Efivar efivar ->
                assertEquals(
                    file,
                    Bytes.concat(
                        BinaryWriter.littleEndian().u32(efivar.attributes()).toBytes(),
                        efivar.database().encode()));
            case KeyFileContent.Update update -> {
              assertEquals(file, update.update().encode());
              assertEquals(update.update().data(), update.database().encode());
            }
            case KeyFileContent.Store store -> {
              assertEquals(file, store.store().encode());
              store.databases();
            }
          }
        });
  }

  /** Merging adds nothing twice, taking out what is there leaves nothing, and all reads back. */
  private static void laws(KeyDatabase database) throws FormatException {
    var once = KeyDatabase.EMPTY.merge(database);
    assertEquals(once, once.merge(database));
    assertTrue(once.without(database).isEmpty());
    assertTrue(database.difference(once).isEmpty());
    assertEquals(once, KeyDatabase.parse(once.encode()));
  }
}
