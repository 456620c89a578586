// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Output;
import dev.trustme.issue.NewPki;
import dev.trustme.key.KeyProtection;
import dev.trustme.profile.Profile;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ReleaseVerifier;
import dev.trustme.release.ShippedDigest;
import dev.trustme.trust.TrustStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release by several keys, its floors, and what changes between two. */
class ReleaseSignaturesTest {
  private static final Instant AT = Instant.parse(Workshop.AT);

  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void signEverything() throws Exception {
    shop = new Workshop(folder).sign();
    var profile =
        Bytes.utf8(
            Profile.shipped("device")
                .orElseThrow()
                .utf8()
                .replace("key: rsa-3072", "key: rsa-2048")
                .replace(
                    "release:    {issuer: software-signing, key: ec-p256",
                    "release:    {issuer: software-signing, key: ml-dsa-65"));
    Files.createDirectory(folder.resolve("pq"));
    try (var pki = NewPki.create(Profile.parse(profile), AT)) {
      pki.write(folder.resolve("pq"), profile, KeyProtection.plaintext());
    }
  }

  private static AirGapTest.Ran add(String from, String to, String pki) {
    return AirGapTest.run(
        "release",
        "--add-signature",
        shop.path(from),
        "-o",
        shop.path(to),
        "--pki",
        shop.path(pki),
        "--at",
        Workshop.AT,
        "-q");
  }

  private static boolean accepted(String file, int threshold) throws Exception {
    var roots =
        TrustStore.load(
            List.of(
                folder.resolve("pki/certs/software-root.pem"),
                folder.resolve("pq/certs/software-root.pem")));
    return new ReleaseVerifier(roots, threshold, AT)
        .verifyCurrent(DsseEnvelope.parse(shop.read(file)))
        .accepted();
  }

  @Test
  void aSecondKeyMeetsAThresholdOfTwo() throws Exception {
    var ran = add("release.json", "both.json", "pq");
    assertEquals(0, ran.code(), ran.said());
    assertTrue(accepted("release.json", 1));
    assertFalse(accepted("release.json", 2));
    assertTrue(accepted("both.json", 2));
    assertFalse(accepted("both.json", 3));
    assertEquals(1, add("both.json", "thrice.json", "pq").code());
    assertEquals(1, add("release.json", "twice.json", "pki").code());
    assertFalse(Files.exists(folder.resolve("twice.json")));
  }

  @Test
  void theSecondKeyMayBeAfarAndItsMessageTravels() throws Exception {
    String request = shop.path("pq.request");
    AirGapTest.succeed(
        "request",
        "-o",
        request,
        "--at",
        Workshop.AT,
        "-q",
        "--",
        "release",
        "--add-signature",
        shop.path("release.json"),
        "-o",
        shop.path("away.json"),
        "--cert",
        shop.path("pq/chains/release.pem"));
    var item = SigningRequest.parse(shop.read("pq.request")).items().getFirst();
    assertEquals("ml-dsa-65", item.algorithm());
    assertTrue(item.digest().isEmpty());
    assertEquals("gateway 41", item.name());
    AirGapTest.succeed(
        "answer",
        request,
        "-o",
        shop.path("pq.answer"),
        "--pki",
        shop.path("pq"),
        "--at",
        Workshop.AT,
        "-q",
        "--yes");
    AirGapTest.succeed("attach", request, shop.path("pq.answer"), "--at", Workshop.AT, "-q");
    assertTrue(accepted("away.json", 2));
  }

  @Test
  void aSignatureIsAddedToWhatHoldsOnly() throws Exception {
    String json = shop.read("release.json").utf8();
    int at = json.indexOf("\"payload\" : \"") + 30;
    char other = json.charAt(at) == 'A' ? 'B' : 'A';
    shop.text("altered.json", json.substring(0, at) + other + json.substring(at + 1));
    var ran = add("altered.json", "no.json", "pq");
    assertTrue(ran.code() == 1 || ran.code() == 3, ran.said());
    assertFalse(Files.exists(folder.resolve("no.json")));
    var late =
        AirGapTest.run(
            "release",
            "--add-signature",
            shop.path("release.json"),
            "-o",
            shop.path("no.json"),
            "--pki",
            shop.path("pq"),
            "--at",
            "2028-01-01T00:00:00Z",
            "-q");
    assertEquals(1, late.code());
    assertTrue(late.said().contains("release-validity"), late.said());
    assertEquals(2, AirGapTest.run("release", "-o", shop.path("no.json")).code());
  }

  @Test
  void floorsAreCheckedAndShownByShowAndDiff() throws Exception {
    String config = shop.read("release.yaml").utf8();
    shop.text(
        "next.yaml",
        config.replace(
            "sequence: 41", "sequence: 42, floors: {release: 42, containers: {web: 9}}"));
    shop.succeed("release", "--config", "next.yaml", "-o", "next.json");
    AirGapTest.succeed("release", "show", shop.path("next.json"), "-q");
    AirGapTest.succeed("release", "diff", shop.path("release.json"), shop.path("next.json"), "-q");
    shop.text("above.yaml", config.replace("sequence: 41", "sequence: 42, floors: {release: 43}"));
    var above = shop.run("release", "--config", "above.yaml", "-o", "above.json");
    assertEquals(3, above.code(), above.said());
    shop.text(
        "sbat.yaml", config.replace("sequence: 41", "sequence: 42, floors: {sbat: {sbat: 2}}"));
    var sbat = shop.run("release", "--config", "sbat.yaml", "-o", "sbat.json");
    assertEquals(1, sbat.code(), sbat.said());
    assertTrue(sbat.said().contains("floor-sbat"), sbat.said());
  }

  @Test
  void aDryRunNeedsNoKeyAndSaysWhatItWouldDo() throws Exception {
    Files.move(folder.resolve("pki/keys"), folder.resolve("pki/hidden"));
    try {
      var json = new AtomicReference<String>("");
      var reading =
          Output.readBy(
              new Output.Reader() {
                @Override
                public void result(JsonNode document, String text) {
                  json.set(document.toString() + text);
                }

                @Override
                public void line(String text) {}
              });
      try {
        shop.succeed("release", "--config", "release.yaml", "-o", "dry.json", "--dry-run");
      } finally {
        reading.close();
      }
      assertTrue(json.get().contains("\"dry-run\":true"), json.get());
      assertTrue(json.get().contains("gateway 41"), json.get());
      assertTrue(json.get().contains("write  " + shop.path("dry.json")), json.get());
      assertFalse(Files.exists(folder.resolve("dry.json")));
    } finally {
      Files.move(folder.resolve("pki/hidden"), folder.resolve("pki/keys"));
    }
  }

  private static void withFiles(String output, String files) throws Exception {
    String config = shop.read("release.yaml").utf8();
    int end = config.lastIndexOf('}');
    shop.text(
        output + ".yaml",
        config.substring(0, end).replace("sequence: 41", "sequence: 42")
            + ", files: ["
            + files
            + "]}");
  }

  private static SortedMap<String, List<ShippedDigest>> files(String file) throws Exception {
    var envelope = DsseEnvelope.parse(shop.read(file));
    return ReleaseManifest.parse(envelope.payload()).files().orElseThrow().byPath();
  }

  private static List<ShippedDigest> listed(
      SortedMap<String, List<ShippedDigest>> files, String path) {
    return files.getOrDefault(path, List.of());
  }

  private static String judged(String... command) throws Exception {
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text;
  }

  /** Hashed by sha256sum too: from a folder, its archive, and the sums themselves. */
  @Test
  void filesOfAFolderAnArchiveAndSumsAreListedAlike() throws Exception {
    Files.createDirectories(folder.resolve("tree/usr/bin"));
    Files.writeString(folder.resolve("tree/usr/bin/a b"), "one");
    Files.writeString(folder.resolve("tree/usr/bin/c"), "two".repeat(100_000));
    Files.createSymbolicLink(folder.resolve("tree/usr/bin/link"), Path.of("c"));
    judged("tar", "-C", "tree", "-cf", "tree.tar", ".");
    String sums = judged("sh", "-c", "cd tree && find . -type f -exec sha256sum {} +");
    shop.text("sums", sums + "verity:sha256:" + "ab".repeat(32) + "  usr/bin/c\n");
    withFiles("listed", "{folder: tree}, {tar: tree.tar, at: /copy}, {sums: sums, at: /sums}");
    shop.succeed("release", "--config", "listed.yaml", "-o", "listed.json");
    var files = files("listed.json");
    assertEquals(6, files.size());
    for (String line : sums.lines().toList()) {
      var digest = ShippedDigest.parse("sha256:" + line.substring(0, 64));
      String name = line.substring(line.indexOf("./") + 1);
      for (String at : List.of("", "/copy", "/sums")) {
        assertEquals(List.of(digest), listed(files, at + name).subList(0, 1), at + name);
      }
    }
    assertEquals(
        "verity:sha256:" + "ab".repeat(32), listed(files, "/sums/usr/bin/c").getLast().toString());
    AirGapTest.succeed("release", "show", shop.path("listed.json"), "-q");
    AirGapTest.succeed(
        "release", "diff", shop.path("release.json"), shop.path("listed.json"), "-q");
  }

  @Test
  void whatCannotBeListedIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("odd"));
    Files.writeString(folder.resolve("odd/line\nend"), "x");
    shop.text("bad-sums", "00  x\n");
    for (var odd :
        List.of(
            "{folder: odd}|no path that a device's log can name: /line?end",
            "{folder: missing}|missing",
            "{tar: os-release}|os-release",
            "{sums: bad-sums}|line 1: expected algorithm:lower-case-hex",
            "{folder: root, tar: x.tar}|expected one of folder, tar and sums",
            "{folder: root, at: relative}|expected an absolute path",
            "{folder: root, hash: sha1}|sha256 or a stronger hash")) {
      String[] parts = odd.split("\\|", 2);
      withFiles("odd", parts[0]);
      var ran = shop.run("release", "--config", "odd.yaml", "-o", "odd.json");
      assertTrue(ran.code() == 3 || ran.code() == 4, ran.said());
      assertTrue(ran.said().contains(parts[1]), ran.said());
      assertFalse(Files.exists(folder.resolve("odd.json")));
    }
  }
}
