// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.sign.Judge;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code sign signature} over kernel modules, with the kernel's sign-file as the judge. */
class SignModuleFilesTest {
  @TempDir static Path folder;
  private static Workshop shop;
  private static Bytes module;
  private static List<String> made;

  @BeforeAll
  static void makeKeys() throws Exception {
    shop = new Workshop(folder);
    module = shop.read("modules/net/m.ko");
    made = shop.names();
  }

  @BeforeEach
  void makeModules() throws Exception {
    for (String name : shop.names()) {
      if (!made.contains(name)) {
        Outputs.removeTree(folder.resolve(name));
      }
    }
    shop.write("m.ko", module);
    shop.write("other.ko", module);
    shop.flip("other.ko", module.size() - 1);
  }

  /** How a command ended, and what it said on standard error. */
  private Workshop.Ran signature(String... words) {
    List<String> command = new ArrayList<>(List.of("signature"));
    command.addAll(Arrays.stream(words).map(this::inFolder).toList());
    command.add("-q");
    var said = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      int code = Launcher.run(new SignMain(), command.toArray(String[]::new));
      return new Workshop.Ran(code, said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  /** Words with a dot, and those of the PKI, are files. */
  private String inFolder(String word) {
    return word.contains(".") ? folder.resolve(word).toString() : word;
  }

  private void succeed(String... words) {
    var ran = signature(words);
    assertEquals(0, ran.code(), ran.said());
  }

  private void refused(int code, String why, String... words) {
    var ran = signature(words);
    assertEquals(code, ran.code(), ran.said());
    assertTrue(ran.said().contains(why), ran.said());
  }

  /** What sign-file makes with the role's key, in a file of its own. */
  private void judgesSignature(Path signFile) throws Exception {
    Judge.accepts(
        folder,
        signFile.toString(),
        "-d",
        "sha256",
        "pki/keys/module.pem",
        "pki/certs/module.pem",
        "m.ko");
  }

  private Bytes plain(String name) throws Exception {
    return ModuleCompression.of(name).orElseThrow().decompress(shop.read(name));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTakenOutIsSignFilesAndGoesInAgain(ModuleCompression form) throws Exception {
    String suffix =
        switch (form) {
          case NONE -> ".ko";
          case GZIP -> ".ko.gz";
          case XZ_LZMA2 -> ".ko.xz";
          case ZSTD -> ".ko.zst";
        };
    String bare = "bare" + suffix;
    shop.write(bare, form.compress(module));
    shop.succeed("modules", bare, "-o", "signed");
    String signed = "signed/" + bare;
    assertFalse(Judge.signFiles().isEmpty(), "no sign-file: install linux-kbuild-*");
    for (Path signFile : Judge.signFiles()) {
      judgesSignature(signFile);
      succeed("detach", signed, "-o", "out.p7s", "--force");
      assertEquals(shop.read("m.ko.p7s"), shop.read("out.p7s"), signFile.toString());
    }
    succeed("remove", signed, "-o", "again" + suffix);
    assertEquals(module, plain("again" + suffix));
    succeed(
        "insert",
        bare,
        "--signature",
        "m.ko.p7s",
        "--cert",
        "pki/certs/module.pem",
        "-o",
        "whole" + suffix);
    assertEquals(shop.read(signed), shop.read("whole" + suffix));
  }

  @Test
  void signFileAppendsWhatWasTakenOut() throws Exception {
    shop.succeed("modules", "m.ko", "-o", "signed");
    succeed("detach", "signed/m.ko", "-o", "out.p7s");
    for (Path signFile : Judge.signFiles()) {
      Judge.accepts(
          folder,
          signFile.toString(),
          "-s",
          "out.p7s",
          "sha256",
          "pki/certs/module.pem",
          "m.ko",
          "judged.ko");
      assertEquals(shop.read("signed/m.ko"), shop.read("judged.ko"), signFile.toString());
    }
  }

  @Test
  void refusesWhatTheKernelWouldNotLoad() throws Exception {
    judgesSignature(Judge.signFiles().getFirst());
    String[] insert = {"insert", "m.ko", "--signature", "m.ko.p7s", "-o", "x.ko"};
    refused(2, "carries no certificate: give --cert FILE of serial", insert);
    refused(1, "expected serial", with(insert, "--cert", "pki/certs/boot.pem"));
    insert[1] = "other.ko";
    refused(
        1,
        "was not made for this module: pkcs7-signature",
        with(insert, "--cert", "pki/certs/module.pem"));
    insert[1] = "m.ko";
    refused(
        2, "the kernel reads one", with(insert, "--signature", "m.ko.p7s", "--cert", "cert.pem"));
    refused(4, "no such file", with(insert, "--cert", "missing.pem"));
    shop.succeed("modules", "m.ko", "--in-place");
    refused(1, "is signed already", with(insert, "--cert", "pki/certs/module.pem"));
    refused(1, "there is no signature 2", "remove", "m.ko", "--index", "2", "--in-place");
    shop.write("p.efi", shop.read("kernel"));
    refused(
        2,
        "--cert: a program's signature",
        "insert",
        "p.efi",
        "--signature",
        "m.ko.p7s",
        "--cert",
        "pki/certs/module.pem",
        "-o",
        "q.efi");
    assertFalse(Files.exists(folder.resolve("x.ko")));
  }

  private static String[] with(String[] command, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void aFileWithoutASignatureStaysAsItIs() throws Exception {
    // Its checksum is zero: a table that is written anew would set it.
    shop.write("p.efi", shop.read("kernel"));
    shop.write("m.ko.gz", ModuleCompression.GZIP.compress(module));
    var compressed = shop.read("m.ko.gz");
    succeed("remove", "p.efi", "m.ko", "m.ko.gz", "--in-place");
    assertEquals(shop.read("kernel"), shop.read("p.efi"));
    assertEquals(module, shop.read("m.ko"));
    assertEquals(compressed, shop.read("m.ko.gz"));
  }

  @Test
  void aRehearsalWritesNothing() throws Exception {
    judgesSignature(Judge.signFiles().getFirst());
    shop.succeed("modules", "m.ko", "-o", "signed");
    var signed = shop.read("signed/m.ko");
    var before = shop.names();
    succeed("remove", "signed/m.ko", "--in-place", "--dry-run");
    succeed("remove", "signed/m.ko", "-o", "x.ko", "--dry-run");
    succeed("detach", "signed/m.ko", "-o", "x.p7s", "--dry-run");
    succeed(
        "insert",
        "m.ko",
        "--signature",
        "m.ko.p7s",
        "--cert",
        "pki/certs/module.pem",
        "-o",
        "x.ko",
        "--dry-run");
    assertEquals(before, shop.names());
    assertEquals(signed, shop.read("signed/m.ko"));
  }

  @Test
  void showSaysWhoseSignatureAModuleCarries() throws Exception {
    shop.succeed("modules", "m.ko", "--in-place");
    var carried = show("m.ko").at("/files/0/signatures/0");
    assertTrue(carried.get("signer").asText().startsWith("serial "), carried.toString());
    assertEquals("sha256", carried.get("digest").asText());
    assertTrue(carried.at("/good").isMissingNode() || carried.get("good").isNull());
    var embedded =
        Judge.accepts(
            folder,
            "openssl",
            "cms",
            "-sign",
            "-binary",
            "-noattr",
            "-md",
            "sha256",
            "-signer",
            "pki/certs/module.pem",
            "-inkey",
            "pki/keys/module.pem",
            "-in",
            "other.ko",
            "-outform",
            "DER",
            "-out",
            "cms.p7s");
    assertTrue(embedded.isEmpty() || !embedded.contains("rror"), embedded);
    for (var named : List.of("other.ko", "modules/net/m.ko")) {
      var signed =
          new ModuleSignature(shop.read(named), Optional.of(shop.read("cms.p7s"))).encode();
      shop.write("e.ko", signed);
      var shown = show("e.ko").at("/files/0/signatures/0");
      assertEquals(named.equals("other.ko"), shown.get("good").asBoolean(), shown.toString());
      assertEquals(1, shown.get("certificates").asInt());
    }
    assertEquals(0, show("modules/net/m.ko").at("/files/0/signatures").size());
  }

  private JsonNode show(String name) {
    var seen = new ArrayList<JsonNode>();
    var reading =
        Output.readBy(
            new Output.Reader() {
              @Override
              public void result(JsonNode document, String text) {
                assertTrue(text.contains("kernel module"), text);
                seen.add(document);
              }

              @Override
              public void line(String text) {}
            });
    try (reading) {
      succeed("show", name);
    }
    return seen.getFirst();
  }
}
