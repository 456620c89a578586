// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input: one line, the right exit code, and nothing left behind. */
class SignRefusalsTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void signEverything() throws Exception {
    shop = new Workshop(folder).sign();
    var signed = shop.read("modules/net/m.ko");
    Files.createDirectory(folder.resolve("cut"));
    shop.write("cut/m.ko", signed.slice(0, signed.size() / 2));
    shop.write("cut-stub", shop.read("stub").slice(0, 1500));
    Files.createDirectory(folder.resolve("nothing"));
    shop.text("typo.yaml", Files.readString(folder.resolve("release.yaml")).replace("name", "nam"));
    shop.text(
        "late.yaml",
        Files.readString(folder.resolve("container.yaml")).replace("2027-11", "2025-11"));
  }

  @ParameterizedTest
  @CsvSource({
    "4, no such file, missing",
    "3, MZ, zip",
    "3, 'need', empty",
    "4, directory, root",
    "3, '', cut-stub",
    "3, signed already, boot.efi",
    "3, .sdmagic, kernel"
  })
  void ukiRefusesStubs(int code, String words, String stub) throws Exception {
    refuses(code, words, uki("--stub", stub));
  }

  @ParameterizedTest
  @CsvSource({
    "--kernel, 4, missing",
    "--kernel, 3, zip",
    "--kernel, 3, empty",
    "--initrd, 4, missing",
    "--initrd, 3, zip",
    "--initrd, 3, empty",
    "--os-release, 4, missing",
    "--os-release, 3, zip",
    "--os-release, 3, empty"
  })
  void ukiRefusesParts(String option, int code, String file) throws Exception {
    refuses(code, file, uki(option, file));
  }

  private static String[] uki(String option, String file) {
    String[] command = {
      "uki",
      "--stub",
      "stub",
      "--kernel",
      "kernel",
      "--initrd",
      "initrd",
      "--os-release",
      "os-release",
      "--cmdline",
      "quiet splash",
      "-o",
      "out"
    };
    for (int i = 0; i < command.length; i++) {
      if (command[i].equals(option)) {
        command[i + 1] = file;
      }
    }
    return command;
  }

  @ParameterizedTest
  @CsvSource({
    "4, no such file, modules, missing",
    "3, ends, modules, zip",
    "3, cut off, modules, cut",
    "3, no kernel module, modules, nothing",
    "4, no such file, layer, missing",
    "3, expected a folder, layer, zip",
    "3, expected a folder, layer, empty",
    "3, empty folder, layer, nothing",
    "4, no such file, efi, missing",
    "3, MZ, efi, zip",
    "1, signed already, efi, boot.efi"
  })
  void refusesInputs(int code, String words, String command, String input) throws Exception {
    refuses(code, words.equals("ends") ? "name ending" : words, command, input, "-o", "out");
  }

  @ParameterizedTest
  @CsvSource({
    "4, no such file, web-oci, missing",
    "3, '', web-oci, zip",
    "3, '', web-oci, empty",
    "3, '', web-oci, release.yaml",
    "2, past, web-oci, late.yaml",
    "4, no such file, missing, container.yaml",
    "4, no such file, root, container.yaml",
    "3, no folder, zip, container.yaml"
  })
  void containerRefuses(int code, String words, String layout, String config) throws Exception {
    refuses(code, words, "container", layout, "--config", config, "-o", "out");
  }

  @ParameterizedTest
  @CsvSource({"4, missing", "3, zip", "3, empty", "3, typo.yaml", "4, root"})
  void releaseRefusesConfigurations(int code, String config) throws Exception {
    refuses(code, config, "release", "--config", config, "-o", "out");
  }

  @ParameterizedTest
  @CsvSource({
    "boot.efi, 1200, image-digest",
    "layer.img, 5000, layer-image",
    "layer.img.p7s, 240, signature",
    "web.sealed/IMAGE, 5000, image-digest",
    "modules-signed/net/m.ko, 80, signature"
  })
  void releaseRefusesAPartThatWasChanged(String part, int at, String check) throws Exception {
    var good = shop.read(part);
    shop.flip(part, at);
    try {
      refuses(1, check, "release", "--config", "release.yaml", "-o", "out");
    } finally {
      shop.write(part, good);
    }
    assertEquals(good, shop.read(part));
  }

  @Test
  void releaseRefusesALayerThatTheImageDoesNotName() throws Exception {
    shop.uki("other.efi", "quiet splash");
    shop.text(
        "other.yaml",
        Files.readString(folder.resolve("release.yaml")).replace("boot.efi", "other.efi"));
    refuses(1, "layer-command-line", "release", "--config", "other.yaml", "-o", "out");
  }

  @Test
  void releaseRefusesAnImageThatDbDoesNotAdmit() throws Exception {
    shop.text(
        "foreign.yaml",
        Files.readString(folder.resolve("release.yaml")).replace("boot.efi", "kernel"));
    refuses(1, "signature", "release", "--config", "foreign.yaml", "-o", "out");
  }

  @Test
  void aRoleSignsOnlyItsOwn() throws Exception {
    refuses(1, "role", "modules", "modules", "--role", "container", "-o", "out");
  }

  @ParameterizedTest
  @CsvSource({
    "boot.efi, efi, kernel",
    "modules-signed, modules, modules",
    "layer.img, layer, root"
  })
  void leavesWhatExists(String existing, String command, String input) throws Exception {
    var ran = shop.run(command, input, "-o", existing);
    assertEquals(2, ran.code(), ran.said());
    assertTrue(ran.said().contains("--force"), ran.said());
  }

  @Test
  void replacesWithForce() throws Exception {
    shop.succeed("efi", "kernel", "-o", "again.efi");
    Bytes first = shop.read("again.efi");
    shop.succeed("efi", "kernel", "-o", "again.efi", "--force");
    assertEquals(first, shop.read("again.efi"));
  }

  private static void refuses(int code, String words, String... command) throws Exception {
    var before = shop.names();
    var ran = shop.run(command);
    assertEquals(code, ran.code(), ran.said());
    assertTrue(ran.said().startsWith("trustme: "), ran.said());
    assertTrue(ran.said().contains(words), ran.said());
    assertEquals(1, ran.said().lines().count(), ran.said());
    assertEquals(before, shop.names());
  }
}
