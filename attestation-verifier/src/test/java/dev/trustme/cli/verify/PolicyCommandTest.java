// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.CaseFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandTest {
  @TempDir private Path folder;
  private CaseFolder files;

  @BeforeEach
  void writeFiles() throws Exception {
    files = new CaseFolder(folder);
    files.answer("00112233");
  }

  private int policy(String... args) {
    List<String> all = new ArrayList<>(List.of("policy"));
    all.addAll(List.of(args));
    return Launcher.run(new VerifyMain(), all.toArray(String[]::new));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void readsThePolicyAndWhatItNames() throws Exception {
    assertEquals(0, policy("check", path("policy.yaml")));
    assertEquals(0, policy("explain", path("policy.yaml"), "--json"));
    files.write("customer-root.pem", Bytes.utf8("nothing"));
    assertEquals(3, policy("check", path("policy.yaml")));
    Files.delete(folder.resolve("customer-root.pem"));
    assertEquals(4, policy("check", path("policy.yaml")));
    files.write("policy.yaml", Bytes.utf8("schema: trustme/policy/1\n"));
    assertEquals(3, policy("check", path("policy.yaml")));
  }

  @Test
  void judgesRecordedEvidenceAsOftenAsAsked() {
    for (int i = 0; i < 2; i++) {
      assertEquals(0, test());
    }
    assertTrue(Files.notExists(folder.resolve("state")));
  }

  @Test
  void saysWhatAPolicyWouldHaveRejected() throws Exception {
    Path policy = folder.resolve("policy.yaml");
    files.write(
        "policy.yaml",
        Bytes.utf8(Files.readString(policy).replace("min-sequence: 41", "min-sequence: 42")));
    assertEquals(1, test());
    files.cutLog();
    assertEquals(3, test());
  }

  private int test() {
    return policy(
        "test",
        path("policy.yaml"),
        path("evidence.json"),
        "--release",
        path("release.json"),
        "--at",
        CaseFolder.AT);
  }
}
