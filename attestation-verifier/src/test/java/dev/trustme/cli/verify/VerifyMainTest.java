// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.CaseFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyMainTest {
  @TempDir private Path folder;
  private CaseFolder files;

  @BeforeEach
  void writeFiles() throws Exception {
    files = new CaseFolder(folder);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private int challenge(String... more) {
    List<String> args =
        new ArrayList<>(List.of("challenge", "--device", CaseFolder.DEVICE, "--at", CaseFolder.AT));
    args.addAll(List.of(more));
    return Launcher.run(new VerifyMain(), args.toArray(String[]::new));
  }

  private int judge(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "evidence",
                path("evidence.json"),
                "--release",
                path("release.json"),
                "--policy",
                path("policy.yaml"),
                "--state",
                path("state")));
    args.addAll(more.length == 0 ? List.of("--at", CaseFolder.AT) : List.of(more));
    return Launcher.run(new VerifyMain(), args.toArray(String[]::new));
  }

  @Test
  void acceptsAnAnswerOnce() throws Exception {
    assertEquals(0, challenge("--state", path("state"), "-o", path("nonce.json")));
    var nonce =
        Json.tree(Bytes.copyOf(Files.readAllBytes(folder.resolve("nonce.json"))), "challenge")
            .get("nonce")
            .asText();
    files.answer(nonce);
    assertEquals(0, judge("--at", CaseFolder.AT, "--all"));
    assertTrue(Files.exists(folder.resolve("state/devices/" + CaseFolder.DEVICE + ".json")));
    assertEquals(1, judge());
  }

  @Test
  void rejectsEvidenceOfAnEarlierMoment() throws Exception {
    files.answerNew(6000);
    assertEquals(0, judge());
    files.answerNew(5999);
    assertEquals(1, judge("--at", CaseFolder.AT, "--json"));
    files.answerNew(6001);
    assertEquals(0, judge());
  }

  @Test
  void rejectionChangesNoDeviceState() throws Exception {
    files.answerNew(6000);
    assertEquals(1, judge("--at", "2026-11-22T13:00:00Z"));
    assertFalse(Files.exists(folder.resolve("state/devices/" + CaseFolder.DEVICE + ".json")));
    assertEquals(1, judge(), "the nonce is used up");
  }

  @Test
  void malformedInputsAreNoVerdict() throws Exception {
    files.answerNew(6000);
    for (String file :
        List.of("policy.yaml", "release.json", "customer-root.pem", "evidence.json")) {
      Bytes good = Bytes.copyOf(Files.readAllBytes(folder.resolve(file)));
      for (Bytes bad : List.of(Bytes.empty(), good.slice(0, good.size() / 2), Bytes.zeros(10))) {
        files.write(file, bad);
        assertEquals(3, judge(), file);
      }
      files.write(file, good);
    }
    assertEquals(0, judge(), "none of them used the nonce up");
    files.answerNew(6001);
    files.cutLog();
    assertEquals(3, judge("--at", CaseFolder.AT, "--json"));
  }

  @Test
  void missingFilesAndFoldersAreInputErrors() throws Exception {
    assertEquals(4, judge());
    files.answerNew(6000);
    Files.delete(folder.resolve("software-root.pem"));
    assertEquals(4, judge());
    assertEquals(4, challenge("--state", path("no/such/folder")));
    assertEquals(4, challenge("--state", path("release.json")));
  }

  @Test
  void noStateMeansNoChallengeWasMade() throws Exception {
    files.answer("00");
    assertEquals(4, judge());
    assertFalse(Files.exists(folder.resolve("state")));
  }

  @Test
  void refusesWrongUse() throws Exception {
    assertEquals(2, challenge());
    assertEquals(2, challenge("--state", path("state"), "--max-age", "soon"));
    assertEquals(
        2, Launcher.run(new VerifyMain(), "challenge", "--device", "x", "--state", path("state")));
    Files.writeString(folder.resolve("nonce.json"), "mine");
    challenge("--state", path("state"), "-o", path("nonce.json"));
    assertEquals("mine", Files.readString(folder.resolve("nonce.json")));
    assertFalse(Files.exists(folder.resolve("state")), "no nonce was made");
    assertEquals(0, challenge("--state", path("state"), "-o", path("nonce.json"), "--force"));
  }
}
