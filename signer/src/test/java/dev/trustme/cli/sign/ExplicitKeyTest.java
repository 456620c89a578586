// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.cli.Launcher;
import dev.trustme.sign.Judge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing with {@code --key REF --cert FILE} instead of a PKI folder's role. */
class ExplicitKeyTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void make() throws Exception {
    shop = new Workshop(folder);
  }

  private static int modules(String output, String... more) {
    List<String> command = new ArrayList<>(List.of("modules", shop.path("modules")));
    command.addAll(List.of("-o", shop.path(output), "--at", Workshop.AT, "-q"));
    command.addAll(List.of(more));
    return Launcher.run(new SignMain(), command.toArray(String[]::new));
  }

  private static String key(String role) {
    return "file:" + shop.path("pki/keys/" + role + ".pem");
  }

  private static String chain(String role) {
    return shop.path("pki/chains/" + role + ".pem");
  }

  @Test
  void theKeyItselfSignsTheSameBytes() throws Exception {
    Path log = folder.resolve("pki/log.jsonl");
    long before = Files.size(log);
    assertEquals(0, modules("explicit", "--key", key("module"), "--cert", chain("module")));
    assertEquals(before, Files.size(log));
    shop.succeed("modules", "modules", "-o", "by-role");
    long after = Files.size(log);
    assertTrue(after > before);
    assertEquals(shop.read("by-role/net/m.ko"), shop.read("explicit/net/m.ko"));
    assertEquals(
        0,
        modules(
            "logged",
            "--key",
            key("module"),
            "--cert",
            chain("module"),
            "--pki",
            shop.path("pki")));
    assertTrue(Files.size(log) > after);
  }

  /** In a process of its own: warnings go to its standard error. */
  @Test
  void whatNoLogHasIsSaid() throws Exception {
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), SignMain.class.getName()));
    command.addAll(List.of("modules", "modules", "--at", Workshop.AT));
    command.addAll(List.of("--key", key("module"), "--cert", chain("module"), "-o"));
    command.add("unlogged");
    String words = "warning: no signing log has this: --log FILE names one";
    var said = Judge.accepts(folder, command.toArray(String[]::new));
    assertTrue(said.contains(words), said);
    command.removeLast();
    command.addAll(List.of("logged-elsewhere", "--log", "signing.jsonl"));
    said = Judge.accepts(folder, command.toArray(String[]::new));
    assertFalse(said.contains(words), said);
    assertTrue(Files.readString(folder.resolve("signing.jsonl")).contains("sign-module"));
  }

  @Test
  void theCertificateMustCarryTheRoleAndTheKey() {
    assertEquals(1, modules("no", "--key", key("container"), "--cert", chain("container")));
    assertEquals(3, modules("no", "--key", key("container"), "--cert", chain("module")));
    assertEquals(2, modules("no", "--key", key("module")));
    assertEquals(2, modules("no", "--cert", chain("module")));
    assertEquals(2, modules("no"));
    assertEquals(2, modules("no", "--key", "pkcs13:x", "--cert", chain("module")));
    assertFalse(Files.exists(folder.resolve("no")));
  }
}
