// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.fleet.FleetItem.Content;
import dev.trustme.json.Json;
import dev.trustme.testing.HostileBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** What a fleet reads besides evidence: lines of it, and the results of a run that was killed. */
class FleetFuzzTest {
  private static final int LIMIT = 40;

  /** Every line comes out as it went in, but the blank and the long ones. */
  @FuzzTest
  void lines(byte[] input) {
    HostileBytes.check(input, bytes -> assertEquals(plain(bytes), read(bytes)));
  }

  private static List<Content> read(Bytes input) {
    List<Content> found = new ArrayList<>();
    try {
      var lines = new EvidenceLines(new ByteArrayInputStream(input.toArray()), LIMIT);
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        found.add(line.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static List<Content> plain(Bytes input) {
    List<Content> found = new ArrayList<>();
    int from = 0;
    while (from < input.size()) {
      int end = from;
      while (end < input.size() && input.at(end) != '\n') {
        end++;
      }
      Bytes line = input.slice(from, end);
      if (line.size() > LIMIT) {
        found.add(new Content.TooLarge(HashAlgorithm.SHA256.digest(line)));
      } else if (!isBlank(line)) {
        found.add(new Content.Found(line));
      }
      from = end + 1;
    }
    return found;
  }

  private static boolean isBlank(Bytes line) {
    return IntStream.range(0, line.size()).allMatch(i -> line.at(i) <= ' ');
  }

  /** A result that can be read is written as it was, and counts. */
  @FuzzTest
  void result(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var result = Json.read(bytes, FleetResult.class, "result");
          assertEquals(result, Json.read(Json.write(result), FleetResult.class, "result"));
          var count = new FleetCount();
          count.add(result);
          assertEquals(1, count.summary(0).counts().evidence());
          assertTrue(FleetCsv.row(result).endsWith("\n"));
        });
  }

  /** A record of whatever kind is gone on with, or is left as it is. */
  @FuzzTest
  void journal(byte[] input) throws IOException {
    Path folder = Files.createTempDirectory("fleet");
    Path file = folder.resolve("results");
    try {
      HostileBytes.check(input, bytes -> resume(file, bytes));
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static void resume(Path file, Bytes content) throws FormatException {
    try {
      Files.write(file, content.toArray());
      var header =
          new FleetJournal.Header(
              FleetJournal.Header.SCHEMA, new UUID(0, 0), digest("policy"), List.of(), false);
      try (var journal = FleetJournal.resume(file, header)) {
        List<FleetResult> earlier = new ArrayList<>();
        journal.readEarlier(earlier::add);
        journal.append(earlier);
        List<FleetResult> twice = new ArrayList<>();
        journal.readEarlier(twice::add);
        assertEquals(2 * earlier.size(), twice.size());
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("begun with another policy"), e::toString);
    }
  }

  private static Digest digest(String words) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(words));
  }
}
