// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.image.TestLayout;
import dev.trustme.issue.NewPki;
import dev.trustme.key.KeyProtection;
import dev.trustme.profile.Profile;
import dev.trustme.uefi.TestPe;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A folder with a PKI and something of every kind to sign, and the commands run in it. */
final class Workshop {
  static final String AT = "2026-11-22T10:14:03Z";
  private static final Path MODULES =
      Path.of("../attestation-verifier/src/test/resources/dev/trustme/artifact/sign-file");

  final Path folder;

  /** How a command ended, and what it said on standard error. */
  record Ran(int code, String said) {}

  Workshop(Path folder) throws Exception {
    this.folder = folder;
    var profile =
        Bytes.utf8(
            Profile.shipped("device")
                .orElseThrow()
                .utf8()
                .replace("key: rsa-3072", "key: rsa-2048")
                .replace(
                    "guest-os:   {issuer: software-signing, key: ec-p256",
                    "guest-os:   {issuer: software-signing, key: rsa-2048"));
    Files.createDirectory(folder.resolve("pki"));
    try (var pki = NewPki.create(Profile.parse(profile), Instant.parse(AT))) {
      pki.write(folder.resolve("pki"), profile, KeyProtection.plaintext());
    }
    write(
        "stub",
        new TestPe()
            .section(".text", Bytes.zeros(700))
            .section(".sdmagic", "#### LoaderInfo: systemd-stub 252.39-1~deb12u2 ####\0")
            .build());
    write("kernel", TestPe.small());
    write("initrd", Bytes.utf8("070701" + "x".repeat(3000)));
    write("os-release", Bytes.utf8("ID=test\nVERSION_ID=1\n"));
    write("zip", Bytes.fromHex("504b0304ffffffffffff"));
    write("empty", Bytes.empty());
    Files.createDirectories(folder.resolve("root/bin"));
    Files.writeString(folder.resolve("root/bin/tool"), "tool");
    Files.createDirectories(folder.resolve("modules/net"));
    Files.copy(MODULES.resolve("module.ko"), folder.resolve("modules/net/m.ko"));
    new TestLayout(folder.resolve("web-oci"))
        .layer(new TestLayout.Tar().file("bin/sh", "x".repeat(20000)))
        .write();
    text(
        "container.yaml",
        "{schema: trustme/container-config/1, name: web, version: 9,"
            + " not-after: 2027-11-22T00:00:00Z, launch: {}}");
    text(
        "release.yaml",
        "{schema: trustme/release-config/1, name: gateway, sequence: 41,"
            + " not-after: 2027-11-22T00:00:00Z,"
            + " boot: {path: direct-uki, uki: boot.efi, vars: vars.fd}, layers: [layer.img.json],"
            + " containers: [web.sealed], modules: [modules-signed]}");
    int vars =
        Launcher.run(
            new PkiMain(),
            "vars",
            "--pki",
            path("pki"),
            "--template",
            "/usr/share/OVMF/OVMF_VARS_4M.fd",
            "-o",
            path("vars.fd"),
            "-q");
    assertEquals(0, vars);
  }

  /** Signs everything, in the order of a release. */
  Workshop sign() throws Exception {
    succeed("modules", "modules", "--role", "boot", "-o", "modules-signed");
    succeed("layer", "root", "-o", "layer.img");
    uki("boot.efi", commandLine());
    succeed("container", "web-oci", "--config", "container.yaml", "-o", "web.sealed");
    succeed("release", "--config", "release.yaml", "-o", "release.json");
    return this;
  }

  String commandLine() throws Exception {
    var json = Files.readString(folder.resolve("layer.img.json"));
    return "quiet " + json.replaceAll("(?s).*\"cmdline\" : \"([^\"]*)\".*", "$1");
  }

  void uki(String output, String commandLine, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("uki", "--stub", "stub", "--kernel", "kernel"));
    command.addAll(List.of("--initrd", "initrd", "--os-release", "os-release"));
    command.addAll(List.of("-o", output));
    command.addAll(List.of(more));
    command.add("--cmdline");
    command.add(commandLine);
    succeed(command.toArray(String[]::new));
  }

  void succeed(String... command) throws Exception {
    var ran = run(command);
    assertEquals(0, ran.code(), Arrays.toString(command) + ran.said());
  }

  /** Words that name something in the folder become its path; the PKI is always given. */
  Ran run(String... command) throws Exception {
    List<String> arguments = new ArrayList<>();
    for (String word : command) {
      boolean file = arguments.size() > 0 && !word.contains(" ") && !word.startsWith("-");
      arguments.add(file && !word.equals("boot") && !word.equals("container") ? path(word) : word);
    }
    arguments.addAll(List.of("--pki", path("pki"), "--at", AT, "-q"));
    var said = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      int code = Launcher.run(new SignMain(), arguments.toArray(String[]::new));
      return new Ran(code, words(said.toString(StandardCharsets.UTF_8)));
    } finally {
      System.setErr(before);
    }
  }

  /** Without what the fuzzing agent says in the same JVM. */
  private static String words(String said) {
    return said.lines()
        .filter(line -> !line.startsWith("INFO: Instrumented"))
        .collect(Collectors.joining("\n"));
  }

  String path(String name) {
    return resolve(name).toString();
  }

  /** A sealed container's IMAGE is its largest blob. */
  private Path resolve(String name) {
    String image = "/IMAGE";
    return name.endsWith(image)
        ? SealedLayouts.image(folder.resolve(name.substring(0, name.length() - image.length())))
        : folder.resolve(name);
  }

  Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(resolve(name)));
  }

  void write(String name, Bytes content) throws Exception {
    Files.write(resolve(name), content.toArray());
  }

  void text(String name, String content) throws Exception {
    Files.writeString(folder.resolve(name), content);
  }

  void flip(String name, int at) throws Exception {
    byte[] content = read(name).toArray();
    content[at] ^= 1;
    write(name, Bytes.copyOf(content));
  }

  /** Everything in the folder, so that nothing can be left behind unseen. */
  List<String> names() throws Exception {
    try (var entries = Files.list(folder)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }
}
