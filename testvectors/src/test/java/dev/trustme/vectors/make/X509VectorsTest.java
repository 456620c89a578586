// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever makes the family gets the bytes that are shipped. */
class X509VectorsTest {
  @TempDir private Path folder = Path.of(".");

  @Test
  void theFamilyIsReproducible() throws IOException {
    X509Vectors.make(folder);
    assertEquals(content(Path.of("vectors/x509")), content(folder.resolve("x509")));
  }

  private static Map<String, Bytes> content(Path family) throws IOException {
    Map<String, Bytes> all = new TreeMap<>();
    try (var files = Files.list(family)) {
      for (Path file : files.toList()) {
        all.put(file.getFileName().toString(), Inputs.read(file));
      }
    }
    return all;
  }
}
