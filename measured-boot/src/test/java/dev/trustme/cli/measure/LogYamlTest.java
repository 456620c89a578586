// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TestEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The YAML of a log against what tpm2_eventlog prints for it, key by key. */
class LogYamlTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir private static Path folder = Path.of("");

  @TestFactory
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  Stream<DynamicTest> saysWhatTpm2EventlogSays() throws IOException {
    Path corpus = Path.of(System.getenv("TRUSTME_CORPUS"));
    List<Path> logs = new ArrayList<>();
    for (String part : List.of("eventlogs", "real-boot")) {
      try (var files = Files.walk(corpus.resolve(part))) {
        files
            .filter(f -> f.toString().endsWith(".bin"))
            .filter(f -> part.equals("eventlogs") || f.toString().contains("eventlog-at-quote"))
            .forEach(logs::add);
      }
    }
    assertFalse(logs.isEmpty());
    return logs.stream()
        .sorted()
        .map(log -> DynamicTest.dynamicTest(corpus.relativize(log).toString(), () -> compare(log)));
  }

  @TestFactory
  Stream<DynamicTest> saysSoOfMadeLogsToo() {
    return TestEvents.logs().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> {
                  Path log = Files.write(folder.resolve("made.bin"), entry.getValue().toArray());
                  compare(log);
                }));
  }

  private static void compare(Path file) throws IOException, InterruptedException, FormatException {
    var log = EventLog.parse(Bytes.copyOf(Files.readAllBytes(file)));
    JsonNode ours = YAML.readTree(LogYaml.of(log));
    var reference = new Tpm2Eventlog(file, folder.resolve("tool.yaml"));
    JsonNode theirs = YAML.readTree(reference.text(log.specId().isEmpty()));
    assertEquals(theirs.get("version"), ours.get("version"));
    assertEquals(theirs.get("events").size(), ours.get("events").size());
    for (int i = 0; i < theirs.get("events").size(); i++) {
      var event = log.events().get(i);
      JsonNode expected = reference.corrected(event, theirs.get("events").get(i));
      assertEquals(expected.toPrettyString(), ours.get("events").get(i).toPrettyString());
    }
    assertEquals(
        reference.correctedPcrs(log, theirs.get("pcrs")).toPrettyString(),
        ours.get("pcrs").toPrettyString());
  }

  @Test
  void hostileTextStaysOneHarmlessScalar() throws IOException, FormatException {
    var text = "a: b\n- c\u001b[31m \u202e \"quoted\" \\ '#";
    var log = EventLog.parse(TestEvents.action("no: map"));
    assertTrue(LogYaml.of(log).contains("Event: \"no: map\""));
    var hostile = Yaml.write(new Yaml.Node().with("key", text));
    assertFalse(hostile.contains("\u001b"));
    assertFalse(hostile.contains("\u202e"));
    assertEquals(text, YAML.readTree(hostile).get("key").textValue());
  }
}
