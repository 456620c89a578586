// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.sign.Judge;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that were signed in their layout, a folder and an archive, and who would run them. */
class VerifyImageTest {
  private static final String[] SIGN = {
    "--in-layout=cosign,bundle,notation", "--reference=registry.example/web"
  };

  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void signBoth() throws Exception {
    shop = new Workshop(folder);
    Judge.accepts(folder, "skopeo", "--insecure-policy", "copy", "oci:web-oci", "oci:plain");
    archive("web.tar", "--format=pax", "oci-layout", "index.json", "blobs");
    Files.copy(folder.resolve("web.tar"), folder.resolve("twin.tar"));
    archive("dotted.tar", "--format=gnu", ".");
    shop.succeed("container", "web-oci", SIGN[0], SIGN[1]);
    shop.succeed("container", "web.tar", SIGN[0], SIGN[1]);
    shop.succeed("container", "twin.tar", SIGN[0], SIGN[1]);
    shop.succeed("container", "dotted.tar", SIGN[0], SIGN[1]);
    Judge.accepts(
        folder, "openssl", "x509", "-in", "pki/certs/container.pem", "-pubkey", "-out", "spki.pem");
    Files.writeString(
        folder.resolve("cosign.pub"),
        Files.readString(folder.resolve("spki.pem"))
            .replaceFirst("(?s)(END PUBLIC KEY-----\n).*", "$1"));
  }

  private static void archive(String name, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("tar", "-C", "web-oci", "-cf", name));
    command.addAll(List.of(words));
    Judge.accepts(folder, command.toArray(String[]::new));
  }

  private record Ran(int code, String said) {}

  private static Ran verify(String image, String... options) {
    List<String> command = new ArrayList<>(List.of("artifact", shop.path(image)));
    for (String option : options) {
      command.add(Files.exists(folder.resolve(option)) ? shop.path(option) : option);
    }
    command.addAll(List.of("-q", "--at", Workshop.AT));
    var out = new ByteArrayOutputStream();
    var errors = System.err;
    try (var capture = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setErr(capture);
      int code = Launcher.run(new VerifyMain(), command.toArray(String[]::new));
      return new Ran(code, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(errors);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"web-oci", "web.tar", "dotted.tar"})
  void everyFormIsFoundWhereverTheImageLies(String image) {
    String name = "--reference=registry.example/web";
    assertEquals(0, verify(image, "--as=cosign", "--key", "pki/certs/container.pem", name).code());
    assertEquals(0, verify(image, "--as=cosign", "--key", "cosign.pub", name).code());
    assertEquals(0, verify(image, "--as=sigstore", "--key", "cosign.pub").code());
    assertEquals(
        0, verify(image, "--as=notation", "--roots", "pki/certs/software-root.pem").code());
  }

  @Test
  void anArchiveIsSignedLikeItsFolder() throws Exception {
    Files.createDirectories(folder.resolve("unpacked"));
    Judge.accepts(folder, "tar", "-xf", "web.tar", "-C", "unpacked");
    Judge.accepts(folder, "diff", "-r", "web-oci", "unpacked");
    assertEquals(shop.read("web.tar"), shop.read("twin.tar"));
    assertEquals(0, Files.size(folder.resolve("web.tar")) % 10240);
    var index = Files.readString(folder.resolve("web-oci/index.json"));
    String tag = index.replaceAll("(?s).*(sha256-[0-9a-f]{64}\\.sig).*", "$1");
    var seen = Judge.accepts(folder, "skopeo", "inspect", "--raw", "oci-archive:web.tar:" + tag);
    assertTrue(seen.contains(CosignSignature.ANNOTATION), seen);
    var before = shop.read("web.tar");
    shop.succeed("container", "web.tar", SIGN[0], SIGN[1]);
    assertEquals(before, shop.read("web.tar"));
  }

  /** For which reason is what the vectors of family image say. */
  @ParameterizedTest
  @CsvSource({
    "plain, --as=cosign, --key=SIGNER, --reference=registry.example/web",
    "web-oci, --as=cosign, --key=SIGNER, --reference=registry.example/shop",
    "web-oci, --as=cosign, --key=OTHER, --reference=registry.example/web",
    "web-oci, --as=sigstore, --key=OTHER, --verbose",
    "web.tar, --as=sigstore, --key=OTHER, --verbose",
    "plain, --as=notation, --roots=ROOT, --verbose",
    "web-oci, --as=notation, --roots=ELSE, --verbose"
  })
  void anotherKeyNameOrImageIsRefused(String image, String as, String trust, String option) {
    assertEquals(1, verify(image, as, files(trust), option).code());
  }

  private static String files(String option) {
    return option
        .replace("SIGNER", shop.path("pki/certs/container.pem"))
        .replace("OTHER", shop.path("pki/certs/boot.pem"))
        .replace("ROOT", shop.path("pki/certs/software-root.pem"))
        .replace("ELSE", shop.path("pki/certs/customer-root.pem"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | web-oci    | --as=cosign   | --key=SIGNER        | give --reference",
        "2 | web-oci    | --as=sigstore | --verbose                 | give --key",
        "2 | web-oci    | --as=notation | --verbose                 | give --roots",
        "3 | zip        | --as=sigstore | --key=SIGNER        | zip",
        "4 | root       | --as=sigstore | --key=SIGNER        | no such file",
        "3 | web-oci    | --as=sigstore | --key=VARS          | vars.fd",
        "4 | missing    | --as=sigstore | --key=SIGNER        | missing"
      })
  void saysWhatIsMissing(int code, String image, String as, String trust, String words) {
    var ran = verify(image, as, files(trust).replace("VARS", shop.path("vars.fd")));
    assertEquals(code, ran.code(), ran.said());
    assertTrue(ran.said().contains(words), ran.said());
  }

  @Test
  void aChangedLayerIsNoImage() throws Exception {
    var layout = Files.readString(folder.resolve("web-oci/index.json"));
    Path copy = folder.resolve("changed");
    Judge.accepts(folder, "cp", "-r", "web-oci", "changed");
    try (var blobs = Files.list(copy.resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        if (!Files.readString(blob, StandardCharsets.ISO_8859_1).startsWith("{")) {
          shop.flip(folder.relativize(blob).toString(), 20);
        }
      }
    }
    assertTrue(layout.contains("sha256-"), layout);
    var ran = verify("changed", "--as=sigstore", "--key", "cosign.pub");
    assertEquals(3, ran.code(), ran.said());
    assertTrue(ran.said().contains("expected its name"), ran.said());
  }

  @Test
  void whatHasNoManifestIsNotSigned() throws Exception {
    Judge.accepts(
        folder, "skopeo", "--insecure-policy", "copy", "oci:plain", "docker-archive:web.docker");
    Bytes before = shop.read("web.docker");
    var refused = shop.run("container", "web.docker", SIGN[0], SIGN[1]);
    assertEquals(2, refused.code());
    assertTrue(refused.said().contains("has no manifest"), refused.said());
    assertEquals(before, shop.read("web.docker"));
  }
}
