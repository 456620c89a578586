// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.device.Seals;
import dev.trustme.device.Traces;
import dev.trustme.json.Json;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes of their own: what they print, how they exit, what they leave. */
class DeviceMainTest {
  private static final String NAME = "command-test";

  @TempDir private Path folder;
  private SoftwareTpm tpm;
  private Seals seals;
  private String store = "";

  @BeforeEach
  void makeDevice() throws Exception {
    tpm = SoftwareTpm.start(folder);
    seals = Seals.create();
    store = folder.resolve("store").toString();
    Path roots = folder.resolve("roots.pem");
    Files.writeString(roots, Certificates.pem(seals.anchors().anchors()));
    var made = run("init", "--store", store, "--roots", roots.toString());
    assertEquals(0, made.exit(), made.err());
  }

  @AfterEach
  void stopTpm() {
    tpm.close();
  }

  private Path install(String script) throws Exception {
    Path image = Seals.image(folder, "good");
    var manifest = Seals.manifest(image, NAME, 7, Seals.shell(script));
    Path sealed = seals.seal(folder.resolve("web.sealed"), image, manifest);
    var installed = run("install", sealed.toString(), "--store", store, "--at", "" + Seals.NOW);
    assertEquals(0, installed.exit(), installed.err());
    assertTrue(installed.out().startsWith("installed   " + NAME + " 7"), installed.out());
    return sealed;
  }

  private String[] start(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("start", NAME, "--store", store, "--tcti", tpm.tcti(), "--at", "" + Seals.NOW));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  @Test
  void startsAndReportsInWordsAndInJson() throws Exception {
    Path sealed = install("echo hello; exit 3");
    var words = run(start());
    assertEquals(0, words.exit(), words.err());
    assertEquals(
        List.of(
            "started   command-test 7   verified, measured into PCR 13 as record 0",
            "hello",
            "ended     command-test 7   exit code 3"),
        words.out().lines().toList());
    var json = run(start("--json"));
    assertEquals(0, json.exit(), json.err());
    assertEquals("hello\n", json.err());
    var document = Json.tree(Bytes.utf8(json.out()), "output");
    assertEquals(3, document.path("exit-code").asInt());
    assertEquals(1, document.path("record").asInt());
    assertTrue(run("list", "--store", store).out().startsWith(NAME), sealed::toString);
  }

  @Test
  void refusesInWordsAndInJson() throws Exception {
    Path sealed = install("echo hello");
    Path image =
        folder.resolve("store/containers").resolve(NAME).resolve("7").resolve("image.squashfs");
    byte[] content = Files.readAllBytes(image);
    content[content.length / 3] ^= 1;
    Files.write(image, content);
    var before = Traces.now();
    var words = run(start());
    assertEquals(1, words.exit());
    assertTrue(
        words.out().startsWith("refused   command-test 7   image-digest, image-root-hash\n"),
        words.out());
    assertEquals("", words.err());
    var json = run(start("--json"));
    assertEquals(1, json.exit());
    assertEquals("rejected", Json.tree(Bytes.utf8(json.out()), "output").path("verdict").asText());
    assertEquals(before, Traces.settled(before));
    assertEquals(2, run("start", "other", "--store", store).exit());
    Files.delete(sealed.resolve("index.json"));
    assertEquals(4, run("install", sealed.toString(), "--store", store).exit());
    assertEquals(4, run("list", "--store", folder.resolve("nothing").toString()).exit());
  }

  @Test
  void leavesNothingBehindWhenInterrupted() throws Exception {
    install("echo up; sleep 1000");
    var before = Traces.now();
    for (String signal : List.of("INT", "TERM")) {
      var process = builder(start()).start();
      awaitUp(process);
      for (String kind : List.of("cgroup", "loop", "process")) {
        assertTrue(Traces.now().stream().anyMatch(t -> t.startsWith(kind)), kind);
      }
      kill(signal, process);
      assertEquals(signal.equals("INT") ? 130 : 143, process.waitFor());
      assertEquals(before, Traces.settled(before));
    }
  }

  @Test
  void removesWhatAKilledStartLeft() throws Exception {
    install("echo up; sleep 1000");
    var before = Traces.now();
    var killed = builder(start()).start();
    awaitUp(killed);
    kill("KILL", killed);
    assertEquals(137, killed.waitFor());
    var next = builder(start()).start();
    awaitUp(next);
    kill("INT", next);
    assertEquals(130, next.waitFor());
    assertEquals(before, Traces.settled(before));
  }

  private static void awaitUp(Process process) throws IOException {
    var reader = process.inputReader(StandardCharsets.UTF_8);
    for (String line = reader.readLine(); !"up".equals(line); line = reader.readLine()) {
      if (line == null) {
        throw new IOException(
            new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  private static void kill(String signal, Process process) throws Exception {
    int code =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertEquals(0, code);
  }

  private static ProcessBuilder builder(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DeviceMain.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command);
  }

  private Ended run(String... args) throws IOException, InterruptedException {
    Path err = Files.createTempFile(folder, "run", ".err");
    var process = builder(args).redirectError(ProcessBuilder.Redirect.to(err.toFile())).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, Files.readString(err));
  }

  private record Ended(int exit, String out, String err) {}
}
