// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.json.Json;
import dev.trustme.sign.Judge;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.uefi.PeImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sign pcr-policy} and the image that carries what it signed; judge: systemd-measure. */
class SignPcrPolicyTest {
  private static final List<String> PARTS =
      List.of(
          "--stub",
          "stub",
          "--kernel",
          "kernel",
          "--initrd",
          "initrd",
          "--os-release",
          "os-release",
          "--cmdline",
          "quiet splash");
  private static final String KEY = "pki/certs/pcr-policy.pem";

  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void makeKeys() throws Exception {
    shop = new Workshop(folder);
    run(0, "pcr-policy", "-o", "pcrsig.json", "--bank=sha1", "--bank=sha256");
    run(0, "uki", "-o", "signed.efi", "--pcrpkey", KEY, "--pcrsig", "pcrsig.json");
  }

  private static String run(int code, String verb, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(verb));
    command.addAll(PARTS);
    command.addAll(List.of(options));
    var ran = shop.run(command.toArray(String[]::new));
    assertEquals(code, ran.code(), ran.said());
    return ran.said();
  }

  private static Bytes section(String file, String name) throws Exception {
    var image = PeImage.parse(shop.read(file));
    return Bytes.copyOf(image.content(image.section(name).orElseThrow()));
  }

  @Test
  void systemdMeasureSignsTheSame() throws Exception {
    for (String name : List.of("linux", "osrel", "cmdline", "initrd", "pcrpkey")) {
      shop.write("s-" + name, section("signed.efi", "." + name));
    }
    List<String> command = new ArrayList<>(List.of("/lib/systemd/systemd-measure", "sign"));
    for (String name : List.of("linux", "osrel", "cmdline", "initrd", "pcrpkey")) {
      command.add("--%s=s-%s".formatted(name, name));
    }
    command.addAll(List.of("--bank=sha1", "--bank=sha256", "--public-key=s-pcrpkey"));
    command.add("--private-key=pki/keys/pcr-policy.pem");
    String said;
    try (var tpm = SoftwareTpm.start(folder.resolve("tpm"))) {
      command.add("--tpm2-device=" + tpm.tcti());
      said = Judge.accepts(folder, command.toArray(String[]::new));
    }
    var theirs = Json.tree(Bytes.utf8(said), "systemd-measure");
    var ours = Json.tree(shop.read("pcrsig.json"), "pcrsig");
    assertEquals(4, ours.get("sha256").size());
    assertEquals(theirs.get("sha256"), ours.get("sha256"));
    // In other banks it signs with the bank's hash, which systemd's unsealing, SHA-256 always,
    // would not verify; the policies are the same.
    for (int i = 0; i < 4; i++) {
      assertEquals(theirs.get("sha1").get(i).get("pol"), ours.get("sha1").get(i).get("pol"));
      assertEquals(theirs.get("sha1").get(i).get("pkfp"), ours.get("sha1").get(i).get("pkfp"));
    }
  }

  @Test
  void theImageCarriesWhatWasSigned() throws Exception {
    assertEquals(shop.read("pcrsig.json"), section("signed.efi", ".pcrsig"));
    var pem = Judge.accepts(folder, "openssl", "x509", "-in", KEY, "-noout", "-pubkey");
    assertEquals(pem, section("signed.efi", ".pcrpkey").utf8());
    Judge.accepts(folder, "sbverify", "--cert", "pki/certs/boot.pem", "signed.efi");
  }

  @Test
  void refusesPoliciesOfAnotherImageOrKey() throws Exception {
    shop.write("initrd-2", Bytes.utf8("070701" + "y".repeat(30)));
    String said =
        run(
            3,
            "uki",
            "--initrd",
            "initrd-2",
            "-o",
            "x.efi",
            "--pcrpkey",
            KEY,
            "--pcrsig",
            "pcrsig.json");
    assertTrue(said.contains("is not of this image"), said);
    String text = shop.read("pcrsig.json").utf8();
    int at = text.indexOf("\"sig\":\"") + 20;
    char other = text.charAt(at) == 'A' ? 'B' : 'A';
    shop.write("forged.json", Bytes.utf8(text.substring(0, at) + other + text.substring(at + 1)));
    said = run(3, "uki", "-o", "x.efi", "--pcrpkey", KEY, "--pcrsig", "forged.json");
    assertTrue(said.contains("is not signed by the key"), said);
    said =
        run(3, "uki", "-o", "x.efi", "--pcrpkey", "pki/certs/boot.pem", "--pcrsig", "pcrsig.json");
    assertTrue(said.contains("is not of this image"), said);
    said = run(2, "uki", "-o", "x.efi", "--pcrsig", "pcrsig.json");
    assertTrue(said.contains("--pcrpkey"), said);
    assertTrue(Files.notExists(folder.resolve("x.efi")));
  }

  @Test
  void refusesKeysAndSectionsThatNobodyWouldRead() throws Exception {
    String said = run(3, "uki", "-o", "x.efi", "--pcrpkey", "pki/certs/container.pem");
    assertTrue(said.contains("is not RSA"), said);
    said = run(1, "pcr-policy", "-o", "x.json", "--role", "boot");
    assertTrue(said.contains("does not carry the role pcr-policy"), said);
    said = run(3, "uki", "-o", "x.efi", "--uname=6.12.1-x86");
    assertTrue(said.contains("systemd-stub 252.39-1~deb12u2 does not know it"), said);
    shop.write("ucode", Bytes.utf8("070701microcode"));
    said = run(3, "uki", "-o", "x.efi", "--ucode", "ucode");
    assertTrue(said.contains("a stub of 256 or later does"), said);
  }
}
