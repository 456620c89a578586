// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Logs of real kernels, against the PCR 10 that their TPM held. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class ImaCorpusTest {
  private static Path corpus() {
    return Path.of(System.getenv("TRUSTME_CORPUS"));
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  private static Map<Integer, Digest> pcrs(Path file) throws IOException {
    Map<Integer, Digest> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.strip().split("\\s*:\\s*(0x)?", -1);
      if (fields.length == 2 && !fields[1].isEmpty()) {
        Bytes value = Bytes.fromHex(fields[1].toLowerCase(Locale.ROOT));
        values.put(Integer.valueOf(fields[0]), new Digest(HashAlgorithm.SHA256, value));
      }
    }
    return values;
  }

  @TestFactory
  Stream<DynamicTest> emulatedBootsReplayToTheQuotedPcr() {
    return Stream.of("crb", "shim").map(name -> DynamicTest.dynamicTest(name, () -> quoted(name)));
  }

  private static void quoted(String name) throws IOException, FormatException {
    Path folder = corpus().resolve("real-boot").resolve(name);
    Bytes log = read(folder.resolve("ima-at-quote.bin"));
    var pcrs = pcrs(folder.resolve("pcrs-at-quote.txt"));
    var start = ImaStart.of(HashAlgorithm.SHA256);
    var replay = ImaLogs.replay(log, ImaFormat.BINARY, start);
    assertEquals(pcrs.get(10), replay.value());
    assertEquals(0, replay.wrongTemplateHashes());
    var entries = ImaLogs.entries(log, ImaFormat.BINARY);
    Digest aggregate = entries.getFirst().digest().flatMap(ImaDigest::digest).orElseThrow();
    assertEquals(Optional.of(BootAggregate.PCR_0_TO_9), BootAggregate.find(aggregate, pcrs));
    var inspection = new ImaInspection();
    entries.forEach(inspection::add);
    assertEquals(List.of(), inspection.kinds());
  }

  /** Four of these samples end in the middle of an entry: at this offset, not before. */
  private static final Map<String, Integer> CUT_AT =
      Map.of(
          "sml-ima-ng-sha1-invalidated.bin", 38,
          "sml-ima-ng-sha1.bin", 558,
          "sml-ima-sha1.bin", 916,
          "sml-ima-sig-sha256.bin", 991);

  @TestFactory
  Stream<DynamicTest> anotherProjectsLogsAreReadAndWrittenAlike() throws IOException {
    try (var files = Files.list(corpus().resolve("ima/tpm2-tss"))) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> same(file)));
    }
  }

  private static void same(Path file) throws IOException {
    Bytes log = read(file);
    var parts = new ArrayList<Bytes>();
    long cutAt = -1;
    try (var reader = ImaLogs.reader(log, ImaFormat.BINARY)) {
      while (reader.next()) {
        ImaEntry entry = reader.entry();
        assertTrue(entry.violation() || entry.templateHashMatches(), "entry " + entry.number());
        parts.add(entry.encode(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (FormatException e) {
      cutAt = e.offset();
    }
    assertEquals(CUT_AT.getOrDefault(file.getFileName().toString(), -1), (int) cutAt);
    var written = Bytes.concat(parts.toArray(Bytes[]::new));
    assertEquals(log.slice(0, written.size()), written);
    assertEquals(cutAt < 0, written.size() == log.size());
  }
}
