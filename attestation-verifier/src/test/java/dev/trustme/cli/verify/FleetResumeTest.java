// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.FleetFolder;
import dev.trustme.fleet.FleetVerdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs that do not come to their end, and go on. */
class FleetResumeTest extends FleetRuns {
  @Test
  void resumesOnlyTheSameRun() throws Exception {
    write("e/1.json", fleet.answer(1, 5000));
    assertEquals(0, kept("e", "out", "--resume"));
    assertEquals(2, kept("e", "out"), "exists");
    assertEquals(0, kept("e", "out", "--resume"));
    assertEquals(1, results("out").size());
    fleet.otherRelease("newer.json", 42);
    assertEquals(4, kept("e", "out", "--resume", "--release", path("newer.json")));
    assertEquals(4, run(path("e"), "--recorded", "--out", path("out"), "--resume"));
    assertEquals(2, kept("e", "out", "--resume", "--force"));
    assertEquals(1, kept("e", "out", "--force"));
    Files.writeString(folder.resolve("out"), "no results\n");
    assertEquals(3, kept("e", "out", "--resume"));
  }

  @Test
  void removesALineThatWasCut() throws Exception {
    for (int i = 0; i < 4; i++) {
      write("e/" + i + ".json", fleet.uninvited(i));
    }
    String out = path("out");
    assertEquals(0, run(path("e"), "--recorded", "--out", out, "--threads", "1"));
    byte[] whole = Files.readAllBytes(folder.resolve("out"));
    int lines = 0;
    for (int cut = whole.length - 1; lines < 4; cut -= 97) {
      byte[] part = Arrays.copyOf(whole, cut);
      lines =
          5 - (int) new String(part, StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
      Files.write(folder.resolve("out"), part);
      assertEquals(0, run(path("e"), "--recorded", "--out", out, "--resume"), "cut at " + cut);
      assertEquals(4, results("out").size());
      assertEquals(4, verdicts("out").size());
    }
  }

  /** SIGKILL wherever the run happens to be, again and again, until one comes to its end. */
  @Test
  void killedRunsJudgeEveryDeviceOnce() throws Exception {
    int devices = 48;
    fleet.subordinate();
    fleet.list("list", 7);
    var lines = new ArrayList<String>();
    for (int i = 0; i < devices; i++) {
      lines.add(fleet.answer(i, 5000).utf8());
    }
    Files.write(folder.resolve("e/all.ndjson"), lines);
    int kills = 0;
    for (int told = 0; !runUntil(told); told = (told + 5) % 12) {
      kills++;
      assertTrue(kills < 60, "no end");
      requireFloorOfWhatIsOnRecord();
    }
    assertTrue(kills >= 3, kills + " kills");
    var verdicts = verdicts("out");
    assertEquals(devices, verdicts.size());
    assertEquals(List.of("accepted"), verdicts.values().stream().distinct().toList());
    assertEquals(devices, results("out").size());
    assertEquals(0, nonces("open") + nonces("claimed"));
    assertEquals(devices, nonces("used"));
    for (int i = 0; i < devices; i++) {
      assertTrue(Files.exists(folder.resolve("state/devices/" + FleetFolder.device(i) + ".json")));
    }
    assertEquals(FleetVerdict.ACCEPTED, results("out").getFirst().verdict());
  }

  /** Evidence that is on record is not looked at again, so what its lists say has to be kept. */
  private void requireFloorOfWhatIsOnRecord() throws Exception {
    if (Files.exists(folder.resolve("out"))
        && Files.readString(folder.resolve("out")).contains("accepted")) {
      var floors = json("state/revocation-floors.json").get("floors");
      assertEquals("7", floors.get(fleet.issuer()).textValue());
    }
  }

  /** A process that is killed once it has told of so many results; whether it ended before. */
  private boolean runUntil(int told) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                VerifyMain.class.getName()));
    command.addAll(arguments(path("e"), "--state", path("state"), "--out", path("out")));
    command.addAll(List.of("--crl", path("list")));
    command.remove("-q");
    command.add("--resume");
    var process = new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
    try (var out = process.inputReader(StandardCharsets.UTF_8)) {
      int seen = 0;
      while (seen < told + 1 && out.readLine() != null) {
        seen++;
      }
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    int code = process.exitValue();
    assertTrue(code == 0 || code == 137, Files.readString(folder.resolve("err")));
    return code == 0;
  }
}
