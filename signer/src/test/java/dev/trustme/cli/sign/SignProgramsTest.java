// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.sign.Judge;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignatureTable;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sign efi} and {@code sign signature}, with sbsigntools and osslsigncode as judges. */
class SignProgramsTest {
  private static final Bytes X64 =
      new TestPe().section(".text", Bytes.zeros(600)).section(".data", "some data").build();
  private static final Bytes ARM64 =
      new TestPe().machine(0xaa64).section(".text", Bytes.zeros(4000)).build();
  private static final Bytes I386 = new TestPe().pe32().section(".text", Bytes.zeros(100)).build();
  private static final List<String> ALL =
      List.of("a.efi", "b.efi", "c.efi", "zboot.efi", "Image.gz");

  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void makeKeys() throws Exception {
    shop = new Workshop(folder);
    Judge.accepts(
        folder,
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout k.pem -out c.pem"
            .split(" ", -1));
  }

  @BeforeEach
  void makePrograms() throws Exception {
    for (String name : shop.names()) {
      if (name.endsWith(".efi") || name.startsWith("out") || name.endsWith(".p7")) {
        dev.trustme.files.Outputs.removeTree(folder.resolve(name));
      }
    }
    shop.write("a.efi", X64);
    shop.write("b.efi", ARM64);
    shop.write("c.efi", I386);
    shop.write("zboot.efi", zboot());
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(ARM64.toArray());
    }
    shop.write("Image.gz", Bytes.copyOf(gzip.toByteArray()));
  }

  private static void succeed(String... command) throws Exception {
    shop.succeed(command);
  }

  private static void refused(int code, String words, String... command) throws Exception {
    var before = shop.names();
    var ran = shop.run(command);
    assertEquals(code, ran.code(), ran.said());
    assertTrue(ran.said().contains(words), ran.said());
    assertEquals(before, shop.names());
  }

  /** A kernel that unpacks itself: zimg, where its payload lies, how it is compressed. */
  private static Bytes zboot() {
    var header =
        BinaryWriter.littleEndian()
            .u16(0)
            .bytes(Bytes.utf8("zimg"))
            .u32(1024)
            .u32(16)
            .zeros(8)
            .bytes(Bytes.utf8("zstd"))
            .toBytes();
    return Bytes.concat(X64.slice(0, 2), header, X64.slice(2 + header.size(), X64.size()));
  }

  /** The verbs without a key. */
  private static int signature(String... command) {
    return Launcher.run(new SignMain(), command);
  }

  private static PeImage image(String name) throws Exception {
    return ProgramFile.read(shop.read(name)).image();
  }

  private static String accepted(String... command) throws Exception {
    return Judge.accepts(folder, command);
  }

  @Test
  void signsManyFilesIntoAFolderAndTheJudgesAccept() throws Exception {
    succeed("efi", "a.efi", "b.efi", "c.efi", "zboot.efi", "Image.gz", "-o", "out");
    try (var entries = Files.list(folder.resolve("out"))) {
      assertEquals(ALL.size(), entries.count());
    }
    accepted("gunzip", "-k", "-S", ".gz", "out/Image.gz");
    for (String name : List.of("a.efi", "b.efi", "c.efi", "zboot.efi", "Image")) {
      accepted("sbverify", "--cert", "pki/certs/boot.pem", "out/" + name);
      String said =
          accepted(
              "osslsigncode",
              "verify",
              "-CAfile",
              "pki/certs/software-root.pem",
              "-in",
              "out/" + name);
      assertTrue(said.contains("Signature verification: ok"), said);
      assertFalse(said.contains("Warning"), said);
    }
    for (String name : ALL) {
      assertEquals(1, image("out/" + name).certificates().size(), name);
    }
  }

  @Test
  void sameInputsSameBytes() throws Exception {
    succeed("efi", "a.efi", "Image.gz", "-o", "out1");
    succeed("efi", "Image.gz", "a.efi", "-o", "out2");
    for (String name : List.of("a.efi", "Image.gz")) {
      assertEquals(shop.read("out1/" + name), shop.read("out2/" + name));
    }
    assertEquals(Bytes.zeros(4), shop.read("out1/Image.gz").slice(4, 8));
  }

  @Test
  void inPlaceKeepsTheModeAndSkipsWhatIsSigned() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("a.efi"), PosixFilePermissions.fromString("rwxr-x--x"));
    boolean root = Files.getAttribute(folder, "unix:uid").equals(0);
    if (root) {
      Files.setAttribute(folder.resolve("a.efi"), "unix:uid", 12345);
      Files.setAttribute(folder.resolve("a.efi"), "unix:gid", 23456);
    }
    var owner = Files.readAttributes(folder.resolve("a.efi"), "unix:uid,gid");
    succeed("efi", "a.efi", "b.efi", "--in-place");
    assertEquals(owner, Files.readAttributes(folder.resolve("a.efi"), "unix:uid,gid"));
    assertEquals(
        "rwxr-x--x",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a.efi"))));
    var signed = shop.read("a.efi");
    assertNotEquals(X64, signed);
    refused(1, "is signed already", "efi", "a.efi", "--in-place");
    succeed("efi", "a.efi", "c.efi", "--in-place", "--skip-signed");
    assertEquals(signed, shop.read("a.efi"));
    assertEquals(1, image("c.efi").certificates().size());
    succeed("efi", "a.efi", "--in-place", "--replace");
    assertEquals(signed, shop.read("a.efi"));
  }

  @Test
  void addsASignatureBesideAnother() throws Exception {
    accepted("sbsign", "--key", "k.pem", "--cert", "c.pem", "--output", "a.efi", "a.efi");
    refused(1, "is signed already", "efi", "a.efi", "--in-place", "--skip-signed");
    succeed("efi", "a.efi", "--add", "-o", "out.efi");
    assertEquals(2, image("out.efi").certificates().size());
    accepted("sbverify", "--cert", "c.pem", "out.efi");
    accepted("sbverify", "--cert", "pki/certs/boot.pem", "out.efi");
    for (String cert : List.of("c.pem", "pki/certs/boot.pem")) {
      assertEquals(
          0,
          Launcher.run(
              new VerifyMain(),
              "artifact",
              shop.path("out.efi"),
              "--as",
              "uefi",
              "--cert",
              shop.path(cert),
              "-q"));
    }
    succeed("efi", "out.efi", "--replace", "-o", "out-one.efi");
    assertEquals(1, image("out-one.efi").certificates().size());
  }

  @Test
  void aRehearsalWritesNothing() throws Exception {
    var log = shop.read("pki/log.jsonl");
    var before = shop.names();
    succeed("efi", "a.efi", "b.efi", "-o", "out", "--dry-run");
    succeed("efi", "a.efi", "--in-place", "--dry-run");
    assertEquals(before, shop.names());
    assertEquals(X64, shop.read("a.efi"));
    assertEquals(log, shop.read("pki/log.jsonl"));
  }

  @Test
  void oneBadFileAndNothingIsWritten() throws Exception {
    refused(3, "zip: MS-DOS header", "efi", "a.efi", "zip", "-o", "out");
    refused(4, "no such file", "efi", "a.efi", "missing", "-o", "out");
    refused(3, "zip: MS-DOS header", "efi", "a.efi", "zip", "--in-place");
    assertEquals(X64, shop.read("a.efi"));
    refused(2, "say where to write", "efi", "a.efi");
    refused(2, "say where to write", "efi", "a.efi", "-o", "out", "--in-place");
    refused(2, "is given twice", "efi", "a.efi", "./a.efi", "--in-place");
    refused(2, "-o -: name a file", "efi", "a.efi", "-o", "-");
    refused(2, "-o -: name a file", "layer", "root", "-o", "-");
    refused(2, "-o -: name a file", "modules", "modules", "-o", "-");
    refused(2, "two files have the name", "efi", "a.efi", "./a.efi", "-o", "out");
    refused(2, "exists already", "efi", "a.efi", "-o", "b.efi");
    refused(2, "is a file", "efi", "a.efi", "b.efi", "-o", "zip", "--force");
    refused(2, "not both", "efi", "a.efi", "--add", "--replace", "--in-place");
  }

  @Test
  void ourDetachedSignaturesAreReadByTheJudges() throws Exception {
    succeed("efi", "a.efi", "-o", "out.efi");
    assertEquals(
        0, signature("signature", "detach", shop.path("out.efi"), "-o", shop.path("a.p7"), "-q"));
    // sbattach pads the file itself; what it was made for is the same.
    Files.copy(folder.resolve("a.efi"), folder.resolve("theirs.efi"));
    accepted("sbattach", "--attach", "a.p7", "theirs.efi");
    accepted("sbverify", "--cert", "pki/certs/boot.pem", "theirs.efi");
    accepted(
        "osslsigncode",
        "attach-signature",
        "-sigin",
        "a.p7",
        "-in",
        "a.efi",
        "-out",
        "ossl.efi",
        "-CAfile",
        "pki/certs/software-root.pem");
    accepted("sbverify", "--cert", "pki/certs/boot.pem", "ossl.efi");
  }

  @Test
  void theJudgesDetachedSignaturesAreInserted() throws Exception {
    accepted(
        "sbsign", "--detached", "--key", "k.pem", "--cert", "c.pem", "--output", "sb.p7", "a.efi");
    accepted(
        "osslsigncode sign -h sha256 -certs c.pem -key k.pem -in a.efi -out o.efi".split(" ", -1));
    accepted("osslsigncode extract-signature -in o.efi -out ossl.p7".split(" ", -1));
    accepted("osslsigncode extract-signature -pem -in o.efi -out ossl-pem.p7".split(" ", -1));
    for (String file : List.of("sb.p7", "ossl.p7", "ossl-pem.p7")) {
      assertEquals(
          0,
          signature(
              "signature",
              "insert",
              shop.path("a.efi"),
              "--signature",
              shop.path(file),
              "-o",
              shop.path("out-" + file + ".efi"),
              "-q"));
      accepted("sbverify", "--cert", "c.pem", "out-" + file + ".efi");
    }
    assertEquals(
        1,
        signature(
            "signature",
            "insert",
            shop.path("b.efi"),
            "--signature",
            shop.path("sb.p7"),
            "-o",
            shop.path("out.efi"),
            "-q"));
    assertEquals(
        1,
        signature(
            "signature",
            "insert",
            shop.path("out-sb.p7.efi"),
            "--signature",
            shop.path("sb.p7"),
            "--in-place",
            "-q"));
    assertEquals(
        3,
        signature(
            "signature",
            "insert",
            shop.path("a.efi"),
            "--signature",
            shop.path("zip"),
            "--in-place",
            "-q"));
    assertEquals(X64, shop.read("a.efi"));
  }

  @Test
  void takesSignaturesOff() throws Exception {
    succeed("efi", "a.efi", "Image.gz", "-o", "out");
    accepted("sbsign", "--key", "k.pem", "--cert", "c.pem", "--output", "out/a.efi", "out/a.efi");
    String two = shop.path("out/a.efi");
    assertEquals(2, image("out/a.efi").certificates().size());
    var second = SignatureTable.of(image("out/a.efi")).get(1);
    assertEquals(1, signature("signature", "remove", two, "--index", "3", "--in-place", "-q"));
    assertEquals(0, signature("signature", "remove", two, "--index", "1", "--in-place", "-q"));
    assertEquals(List.of(second), SignatureTable.of(image("out/a.efi")));
    accepted("sbverify", "--cert", "c.pem", "out/a.efi");
    String wrapped = shop.path("out/Image.gz");
    assertEquals(0, signature("signature", "remove", two, wrapped, "--in-place", "-q"));
    assertTrue(image("out/a.efi").certificates().isEmpty());
    assertEquals(ARM64, Bytes.copyOf(stripped(image("out/Image.gz"))));
    assertEquals(0, signature("signature", "show", two, wrapped, "--json"));
  }

  /** Without the checksum, which TestPe leaves zero. */
  private static java.nio.ByteBuffer stripped(PeImage image) {
    var file = java.nio.ByteBuffer.wrap(Bytes.copyOf(image.file()).toArray());
    return file.putInt(image.header().checkSumOffset(), 0).rewind();
  }
}
