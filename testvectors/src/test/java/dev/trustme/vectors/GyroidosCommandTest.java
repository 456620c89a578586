// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'verify gyroidos' with and without a folder that keeps what was accepted. */
class GyroidosCommandTest {
  private static final Path FAMILY = Path.of("vectors/gyroidos");

  @TempDir private Path state;

  private int judge(String vector, String... more) throws Exception {
    var judged =
        new VectorRunner(Path.of("vectors"))
            .index("gyroidos").vectors().stream()
                .filter(v -> v.id().equals(vector))
                .findFirst()
                .orElseThrow();
    List<String> command = new ArrayList<>(List.of("gyroidos", file(judged, "response")));
    command.addAll(List.of("--policy", file(judged, "policy")));
    command.addAll(List.of("--nonce", judged.context().getOrDefault("nonce", "")));
    command.addAll(List.of("--at", judged.context().getOrDefault("at", ""), "--quiet"));
    command.addAll(List.of(more));
    return Launcher.run(new VerifyMain(), command.toArray(String[]::new));
  }

  private static String file(Vector vector, String role) {
    return FAMILY.resolve(vector.files().getOrDefault(role, "none")).toString();
  }

  private List<Path> kept() throws IOException {
    Path devices = state.resolve("devices");
    if (!Files.exists(devices)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(devices)) {
      return files.toList();
    }
  }

  @Test
  void anAnswerIsAcceptedOnceWhereStateIsKept() throws Exception {
    assertEquals(0, judge("good"));
    assertEquals(0, judge("good"));
    assertEquals(0, judge("good", "--state", state.toString()));
    assertEquals(1, judge("good", "--state", state.toString()));
    assertEquals(1, kept().size());
    var last = Json.tree(Bytes.copyOf(Files.readAllBytes(kept().getFirst())), "state");
    assertEquals(7000, last.get("clock").asLong());
    String device = last.get("device").asText();
    assertEquals(device + ".json", String.valueOf(kept().getFirst().getFileName()));
    assertTrue(device.matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]+"));
  }

  /** The same policy without tolerance of replay: counters that are judged are what it asks for. */
  @Test
  void aKeptStateIsWhatThePolicyAsksFor() throws Exception {
    assertEquals(1, judge("good-replay-shown"));
    assertEquals(0, judge("good-replay-shown", "--state", state.toString()));
  }

  @Test
  void whatIsRejectedIsNotKept() throws Exception {
    assertEquals(1, judge("values-swapped", "--state", state.toString()));
    assertEquals(List.of(), kept());
    assertEquals(4, judge("good", "--state", state.resolve("none").toString()));
    assertFalse(Files.exists(state.resolve("none")));
  }
}
