// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.attest.FleetFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.fleet.FleetResult;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a fleet, and runs of the command over it. */
abstract class FleetRuns {
  @TempDir protected Path folder;
  protected FleetFolder fleet;

  @BeforeEach
  void makeFleet() throws Exception {
    fleet = new FleetFolder(folder);
    Files.createDirectory(folder.resolve("e"));
  }

  final String path(String name) {
    return folder.resolve(name).toString();
  }

  final List<String> arguments(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "fleet",
                "-q",
                "--release",
                path("release.json"),
                "--policy",
                path("policy.yaml"),
                "--at",
                FleetFolder.AT));
    args.addAll(List.of(more));
    return args;
  }

  final int run(String... more) {
    return Launcher.run(new VerifyMain(), arguments(more).toArray(String[]::new));
  }

  final int kept(String input, String out, String... more) {
    List<String> args =
        new ArrayList<>(List.of(path(input), "--state", path("state"), "--out", path(out)));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  final Path write(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray());
  }

  final List<FleetResult> results(String out) throws Exception {
    List<FleetResult> results = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(out)).stream().skip(1).toList()) {
      results.add(Json.read(Bytes.utf8(line), FleetResult.class, "result"));
    }
    return results;
  }

  /** By its place in the input: the verdict, and the checks that failed. */
  final Map<Long, String> verdicts(String out) throws Exception {
    return results(out).stream()
        .collect(
            Collectors.toMap(
                FleetResult::number,
                r ->
                    (r.verdict().label()
                            + r.failures().stream()
                                .map(f -> " " + f.id())
                                .collect(Collectors.joining()))
                        .strip(),
                (a, b) -> a + " and " + b,
                TreeMap::new));
  }

  final JsonNode json(String name) throws Exception {
    return Json.tree(Bytes.copyOf(Files.readAllBytes(folder.resolve(name))), name);
  }

  final long nonces(String which) throws IOException {
    Path nonces = folder.resolve("state/nonces").resolve(which);
    if (!Files.isDirectory(nonces)) {
      return 0;
    }
    try (var files = Files.walk(nonces)) {
      return files.filter(Files::isRegularFile).count();
    }
  }
}
