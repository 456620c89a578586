// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.sign.Judge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code sign layer} and {@code verify artifact --as verity}, judged by the tools of the kernel.
 */
class LayerSignTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void workshop() throws Exception {
    shop = new Workshop(folder);
  }

  private static int verify(String file, String... more) {
    List<String> words = new ArrayList<>(List.of("artifact", shop.path(file), "--as", "verity"));
    words.addAll(List.of("--cert", shop.path("pki/certs/layer.pem"), "-q"));
    words.addAll(List.of(more));
    return Launcher.run(new VerifyMain(), words.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"a, squashfs, sha256", "b, squashfs, sha512", "c, erofs, sha256", "d, erofs, sha512"})
  void theSeparateFilesAreVeritysetups(String name, String format, String hash) throws Exception {
    String raw = name + ".raw";
    shop.succeed(
        "layer",
        "root",
        "--format=" + format,
        "--hash=" + hash,
        "--salt=a5a5",
        "--separate",
        "-o",
        raw);
    String root = shop.read(name + ".roothash").utf8();
    Judge.accepts(folder, "veritysetup", "verify", raw, name + ".verity", root);
    String uuid =
        Judge.accepts(folder, "veritysetup", "dump", name + ".verity")
            .replaceAll("(?s).*UUID:\\s*([0-9a-f-]{36}).*", "$1");
    Judge.accepts(
        folder,
        "veritysetup",
        "format",
        "--hash=" + hash,
        "--salt=a5a5",
        "--uuid=" + uuid,
        raw,
        name + ".reference");
    assertEquals(shop.read(name + ".reference"), shop.read(name + ".verity"));
    Judge.accepts(
        folder,
        "openssl",
        "smime",
        "-verify",
        "-inform",
        "der",
        "-in",
        name + ".roothash.p7s",
        "-content",
        name + ".roothash",
        "-binary",
        "-noverify",
        "-nointern",
        "-certfile",
        "pki/certs/layer.pem");
    if (format.equals("erofs")) {
      Judge.accepts(folder, "fsck.erofs", raw);
    } else {
      Judge.accepts(folder, "unsquashfs", "-s", raw);
    }
    assertEquals(0, verify(raw));
  }

  @Test
  void sameInputsSameErofs() throws Exception {
    shop.succeed("layer", "root", "--format=erofs", "-o", "one.img");
    shop.succeed("layer", "root", "--format=erofs", "-o", "two.img");
    assertEquals(shop.read("one.img"), shop.read("two.img"));
  }

  @Test
  void theKernelWouldNotOpenWhatWasChanged() throws Exception {
    shop.succeed("layer", "root", "--separate", "-o", "e.raw");
    for (String file : List.of("e.raw", "e.verity", "e.roothash.p7s")) {
      int last = shop.read(file).size() - 1;
      shop.flip(file, last);
      assertNotEquals(0, verify("e.raw"), file);
      shop.flip(file, last);
    }
    var root = shop.read("e.roothash");
    shop.write("e.roothash", Bytes.utf8(root.utf8().toUpperCase(java.util.Locale.ROOT)));
    assertEquals(3, verify("e.raw"));
    shop.write("e.roothash", root);
    shop.write("e.raw", Bytes.concat(shop.read("e.raw"), Bytes.zeros(4096)));
    assertEquals(1, verify("e.raw"));
  }

  @Test
  void theAppendedTreeIsJudgedToo() throws Exception {
    shop.succeed("layer", "root", "-o", "f.img");
    var json = Files.readString(folder.resolve("f.img.json"));
    String root = json.replaceAll("(?s).*\"root-hash\" : \"([^\"]*)\".*", "$1");
    long blocks = Long.parseLong(json.replaceAll("(?s).*\"data-blocks\" : (\\d+).*", "$1"));
    String offset = Long.toString(blocks * 4096);
    assertEquals(0, verify("f.img", "--root-hash", root, "--hash-offset", offset));
    assertEquals(1, verify("f.img", "--root-hash", "00".repeat(32), "--hash-offset", offset));
    assertEquals(3, verify("f.img", "--root-hash", root, "--hash-offset", "0"));
    assertEquals(2, verify("f.img", "--root-hash", root));
    assertEquals(2, verify("f.img", "--root-hash", "12", "--hash-offset", offset));
    assertEquals(2, verify("f.img", "--root-hash", root, "--hash-offset", "-1"));
  }

  @Test
  void aReadyImageIsPaddedOnlyWhenTold() throws Exception {
    shop.write("odd", Bytes.concat(Bytes.utf8("hsqs"), Bytes.zeros(5000)));
    var refused = shop.run("layer", "odd", "-o", "odd.img");
    assertEquals(3, refused.code());
    assertTrue(refused.said().contains("5004 bytes are no multiple of 4096"), refused.said());
    shop.succeed("layer", "odd", "--pad", "-o", "odd.img");
  }

  @ParameterizedTest
  @CsvSource({
    "--separate, ends in .raw",
    "--hash=sha512, with --separate only",
    "--salt=XY, lower-case hex",
  })
  void refusesWhatDoesNotFitTogether(String option, String words) throws Exception {
    var refused = shop.run("layer", "root", option, "-o", "never.img");
    assertEquals(2, refused.code());
    assertTrue(refused.said().contains(words), refused.said());
  }
}
