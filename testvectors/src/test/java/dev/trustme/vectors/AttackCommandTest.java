// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P07: the command's exit code is what its report says, and both are what the vector expects. Every
 * vector of family attack is judged as a user would, from files and the state of the verifier.
 */
class AttackCommandTest {
  private static final Path FAMILY = Path.of("vectors/attack");
  private static final Map<String, String> ROOTS =
      Map.of(
          "release-root", "releases.pem",
          "device-root", "devices.pem",
          "enrolment-root", "enrolment.pem",
          "maker-root", "makers.pem");

  /** Certificates that a policy about files names. */
  private static final Map<String, String> FILE_SIGNERS =
      Map.of("file-certificate", "file.pem", "file-root", "file-root.pem");

  private static final List<String> LISTS =
      List.of("crl", "sub-crl", "maker-crl", "enrolment-crl", "file-crl");

  @TempDir private Path folder;

  @Test
  void exitCodeIsTheVerdict() throws Exception {
    int judged = 0;
    for (Vector vector : new VectorRunner(Path.of("vectors")).index("attack").vectors()) {
      if (usual(vector)) {
        judge(vector);
        judged++;
      }
    }
    assertTrue(judged > 180, "judged " + judged);
  }

  /** Roots that a policy names are always there; customers' are those of ContainerAttacks. */
  private static boolean usual(Vector vector) {
    var roles = vector.files().keySet();
    return roles.containsAll(ROOTS.keySet())
        && !roles.contains("customer-root")
        && roles.contains("file-certificate") == roles.contains("file-root");
  }

  private void judge(Vector vector) throws Exception {
    Path place = Files.createDirectory(folder.resolve(vector.id()));
    for (var root : ROOTS.entrySet()) {
      copy(vector, root.getKey(), place.resolve(root.getValue()));
    }
    for (var signer : FILE_SIGNERS.entrySet()) {
      if (vector.files().containsKey(signer.getKey())) {
        copy(vector, signer.getKey(), place.resolve(signer.getValue()));
      }
    }
    copy(vector, "policy", place.resolve("policy.yaml"));
    state(vector, place.resolve("state"));
    var command = new ArrayList<>(List.of("evidence", file(vector, "evidence")));
    command.addAll(List.of("--release", file(vector, "release")));
    command.addAll(List.of("--policy", place.resolve("policy.yaml").toString()));
    command.addAll(List.of("--state", place.resolve("state").toString()));
    command.addAll(List.of("--at", vector.context().getOrDefault("at", "")));
    for (String list : LISTS) {
      if (vector.files().containsKey(list)) {
        command.addAll(List.of("--crl", file(vector, list)));
      }
    }
    Path report = place.resolve("verdict.xml");
    command.addAll(List.of("--junit", report.toString(), "--quiet"));
    int code = Launcher.run(new VerifyMain(), command.toArray(String[]::new));
    int expected =
        switch (vector.expect()) {
          case accept -> 0;
          case reject -> 1;
          case malformed -> 3;
        };
    assertEquals(expected, code, vector.id());
    // A policy or release that is malformed judges nothing, so there is no verdict.
    assertTrue(Files.exists(report) || code == 3, vector.id());
    if (Files.exists(report)) {
      assertEquals(expected, told(Files.readString(report)), vector.id());
    }
  }

  /** The exit code that the report speaks for. */
  private static int told(String report) {
    return report.contains("<error") ? 3 : report.contains("<failure") ? 1 : 0;
  }

  private static String file(Vector vector, String role) {
    return FAMILY.resolve(vector.files().getOrDefault(role, "none")).toString();
  }

  private static void copy(Vector vector, String role, Path target) throws IOException {
    Files.copy(Path.of(file(vector, role)), target);
  }

  private static void state(Vector vector, Path state) throws IOException, FormatException {
    for (String name : List.of("nonces/open", "nonces/used", "devices")) {
      Files.createDirectories(state.resolve(name));
    }
    var context = vector.context();
    Map<String, String> challenge = new TreeMap<>();
    challenge.put("schema", "trustme/challenge/1");
    challenge.put("device", context.getOrDefault("nonce-device", ""));
    challenge.put("nonce", context.getOrDefault("nonce", ""));
    challenge.put("created", context.getOrDefault("nonce-created", ""));
    challenge.put("expires", context.getOrDefault("nonce-expires", ""));
    boolean used = Boolean.parseBoolean(context.get("nonce-used"));
    Path nonces = state.resolve(used ? "nonces/used" : "nonces/open");
    Files.write(nonces.resolve(challenge.get("nonce") + ".json"), Json.write(challenge).toArray());
    if (vector.files().containsKey("state")) {
      Bytes last = Bytes.copyOf(Files.readAllBytes(Path.of(file(vector, "state"))));
      String device = Json.tree(last, "state").get("device").asText();
      Files.write(state.resolve("devices/" + device + ".json"), last.toArray());
    }
    if (vector.files().containsKey("floors")) {
      copy(vector, "floors", state.resolve("revocation-floors.json"));
    }
  }
}
