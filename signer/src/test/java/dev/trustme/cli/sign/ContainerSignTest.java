// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.SealedLayout;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.issue.PkiFolder;
import dev.trustme.sign.Judge;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sign container}: one image in all its forms, and signatures where it is. */
class ContainerSignTest {
  @TempDir Path folder;
  private Workshop shop;

  @BeforeEach
  void workshop() throws Exception {
    shop = new Workshop(folder);
  }

  @Test
  void oneImageInEveryFormIsSealedAlike() throws Exception {
    Judge.accepts(
        folder, "tar", "-C", "web-oci", "-cf", "web.tar", "oci-layout", "index.json", "blobs");
    Judge.accepts(
        folder, "skopeo", "--insecure-policy", "copy", "oci:web-oci", "docker-archive:web.docker");
    shop.succeed("container", "web-oci", "--config", "container.yaml", "-o", "a");
    shop.succeed("container", "web.tar", "--config", "container.yaml", "-o", "b");
    shop.succeed("container", "web.docker", "--config", "container.yaml", "-o", "c");
    shop.succeed("container", "web-oci", "--config", "container.yaml", "-o", "d");
    for (String other : new String[] {"b", "c", "d"}) {
      Judge.accepts(folder, "diff", "-r", "a", other);
    }
  }

  @Test
  void aRootNeedsAPlatform() throws Exception {
    Judge.accepts(folder, "tar", "-C", "root", "-cf", "root.tar", "bin");
    var refused = shop.run("container", "root.tar", "--config", "container.yaml", "-o", "out");
    assertEquals(3, refused.code());
    assertTrue(refused.said().contains("platform: is missing"), refused.said());
    shop.text(
        "root.yaml",
        Files.readString(folder.resolve("container.yaml"))
            .replace("launch: {}", "launch: {args: [/bin/tool]}"));
    shop.succeed(
        "container", "root.tar", "--config", "root.yaml", "--platform=linux/amd64", "-o", "out");
  }

  @Test
  void signsInTheLayoutAndSealsInOneGo() throws Exception {
    shop.succeed(
        "container",
        "web-oci",
        "--config",
        "container.yaml",
        "-o",
        "web.sealed",
        "--in-layout=cosign,bundle,notation",
        "--reference=registry.example/web");
    assertEquals(0, verify("web.sealed"));
    var index = Files.readString(folder.resolve("web-oci/index.json"));
    assertTrue(index.contains(".sig\""), index);
    assertTrue(index.contains("application/vnd.cncf.notary.signature"), index);
    var actions =
        PkiFolder.open(folder.resolve("pki")).log().entries().stream()
            .map(e -> e.action())
            .toList();
    assertTrue(
        actions.containsAll(java.util.List.of("sign-container", "sign-image")), "" + actions);
    shop.succeed("container", "web-oci", "--config", "container.yaml", "-o", "again");
    Judge.accepts(folder, "diff", "-r", "web.sealed", "again");
  }

  @Test
  void aRehearsalChangesNothing() throws Exception {
    var before = shop.read("web-oci/index.json");
    shop.succeed(
        "container",
        "web-oci",
        "--in-layout=bundle",
        "--dry-run",
        "--config",
        "container.yaml",
        "-o",
        "out");
    assertEquals(before, shop.read("web-oci/index.json"));
    assertTrue(Files.notExists(folder.resolve("out")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web-oci | --in-layout=cosign | give --reference",
        "root.tar | --in-layout=bundle | has no manifest",
        "web-oci | --force | give --config"
      })
  void refusesWhatDoesNotFitTogether(String image, String option, String words) throws Exception {
    Judge.accepts(folder, "tar", "-C", "root", "-cf", "root.tar", ".");
    var refused = shop.run("container", image, option);
    assertEquals(2, refused.code());
    assertTrue(refused.said().contains(words), refused.said());
  }

  @Test
  void theDeviceRefusesASealedLayoutThatWasChanged() throws Exception {
    shop.succeed("container", "web-oci", "--config", "container.yaml", "-o", "web.sealed");
    var layout = SealedLayout.open(folder.resolve("web.sealed"));
    String envelope = "web.sealed/blobs/sha256/" + name(layout.envelope());
    shop.flip(envelope, 40);
    assertEquals(3, verify("web.sealed"));
    shop.flip(envelope, 40);
    shop.flip("web.sealed/IMAGE", 4000);
    assertEquals(1, verify("web.sealed"));
    shop.flip("web.sealed/IMAGE", 4000);
    var index = shop.read("web.sealed/index.json");
    shop.write(
        "web.sealed/index.json", Bytes.utf8(index.utf8().replaceFirst("\\[(.*)]", "[$1,$1]")));
    assertEquals(3, verify("web.sealed"));
    shop.write("web.sealed/index.json", index);
    assertEquals(0, verify("web.sealed"));
  }

  private static String name(Bytes blob) {
    return dev.trustme.bytes.HashAlgorithm.SHA256.digest(blob).hex();
  }

  private int verify(String sealed) {
    return Launcher.run(
        new VerifyMain(),
        "artifact",
        shop.path(sealed),
        "--as",
        "device",
        "--roots",
        shop.path("pki/certs/software-root.pem"),
        "--at",
        Workshop.AT,
        "-q");
  }
}
