// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Logs of real machines that nobody edited: their types, data, digests and order are never a
 * finding. Whether Secure Boot was on, and whether the log is whole, is another matter.
 */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class LogCorpusTest {
  private static final List<Integer> PCRS = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14);
  private static final Set<String> OF_THE_MACHINE =
      Set.of("secure-boot", "log-separators", "log-exit-boot-services");

  @TestFactory
  Stream<DynamicTest> findsNothingInHonestLogs() throws IOException, FormatException {
    var corpus = Path.of(System.getenv("TRUSTME_CORPUS"));
    List<String> files =
        new ArrayList<>(
            List.of("real-boot/crb/eventlog-at-quote.bin", "real-boot/shim/eventlog-at-quote.bin"));
    Json.tree(read(corpus.resolve("eventlogs/index.json")), "index")
        .get("logs")
        .forEach(log -> files.add(log.get("file").textValue()));
    return files.stream()
        .map(f -> DynamicTest.dynamicTest(f, () -> findsNothing(corpus.resolve(f))));
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  private static void findsNothing(Path file) throws IOException, FormatException {
    var log = Replay.replay(EventLog.parse(read(file)));
    var bank =
        log.banks().contains(HashAlgorithm.SHA256) ? HashAlgorithm.SHA256 : HashAlgorithm.SHA1;
    var claimed = new TreeMap<Integer, Digest>();
    PCRS.forEach(pcr -> claimed.put(pcr, log.pcr(bank, pcr)));
    var findings =
        LogVerifier.verify(log, TpmsPcrSelection.of(bank, PCRS), claimed).failures().stream()
            .map(Check::id)
            .filter(id -> !OF_THE_MACHINE.contains(id))
            .toList();
    assertEquals(List.of(), findings);
  }
}
