// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtOnceTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 100})
  void doesEachOnce(int count) throws IOException {
    Set<Integer> items = IntStream.range(0, count).boxed().collect(Collectors.toSet());
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    AtOnce.forEach(
        items,
        item -> {
          if (!done.add(item)) {
            throw new IOException("twice");
          }
        });
    assertEquals(items, done);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 50})
  void tellsOfTheFailure(int count) {
    var items = IntStream.range(0, count).boxed().toList();
    var failure =
        assertThrows(
            IOException.class,
            () ->
                AtOnce.forEach(
                    items,
                    item -> {
                      if (item == count - 1) {
                        throw new IOException("the last");
                      }
                    }));
    assertEquals("the last", failure.getMessage());
  }

  @Test
  void aLockIsOfOneHolderUntilItIsClosed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");
    try (var held = FileLocks.take(file, "taken")) {
      var refused = assertThrows(IOException.class, () -> FileLocks.take(file, "taken"));
      assertEquals("taken", refused.getMessage());
      assertEquals(0, held.size());
    }
    FileLocks.take(file, "taken").close();
  }
}
