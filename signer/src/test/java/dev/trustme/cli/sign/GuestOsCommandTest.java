// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.sign.Judge;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sign guestos}; openssl by GyroidOS' recipe and veritysetup are the judges. */
class GuestOsCommandTest {
  static final String CONFIGURATION =
      """
      # a comment
      name: "sampleos"
      hardware: "x86"
      version: 7
      init_param: "init"
      init_env: "container=x"
      mounts {
        image_file: "root"
        mount_point: "/"
        fs_type: "squashfs"
        mount_type: SHARED_RW
      }
      mounts: {
        image_file: 'tmp' mount_point: "/data/" fs_type: "tmpfs" mount_type: EMPTY def_size: 12
      }
      description { en: "a \\"sample\\"" }
      """;

  @TempDir Path folder;

  @BeforeEach
  void prepare() throws Exception {
    Files.writeString(folder.resolve("in.conf"), CONFIGURATION);
    Files.createDirectory(folder.resolve("out"));
    Files.createDirectory(folder.resolve("images"));
    Files.write(folder.resolve("images/root.img"), new byte[4096 * 300]);
  }

  /** A root, and a leaf of this key type below it. */
  private void key(String algorithm, String option) throws Exception {
    Files.writeString(
        folder.resolve("ext.cnf"),
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            + "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nextendedKeyUsage="
            + Role.GUEST_OS.usage().getId()
            + "\n");
    Judge.accepts(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
        "-subj",
        "/CN=root",
        "-days",
        "3650",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
        "-addext",
        "basicConstraints=critical,CA:TRUE");
    Judge.accepts(
        folder,
        "openssl",
        "req",
        "-newkey",
        algorithm,
        "-pkeyopt",
        option,
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "leaf.csr",
        "-subj",
        "/CN=guest");
    Judge.accepts(
        folder,
        "openssl",
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-set_serial",
        "77",
        "-days",
        "300",
        "-extfile",
        "ext.cnf",
        "-out",
        "leaf.pem");
    Judge.accepts(
        folder, "openssl", "x509", "-in", "leaf.pem", "-pubkey", "-noout", "-out", "pub.pem");
  }

  private int sign(String... more) {
    List<String> command = new ArrayList<>(List.of("guestos", path("in.conf"), "-q"));
    command.addAll(List.of("--key", path("key.pem"), "--cert", path("leaf.pem")));
    command.addAll(List.of("-o", path("out")));
    command.addAll(List.of(more));
    return Launcher.run(new SignMain(), command.toArray(String[]::new));
  }

  private int verify(String file, String... more) {
    List<String> command = new ArrayList<>(List.of("artifact", path(file), "--as", "gyroidos"));
    command.addAll(List.of("--roots", path("root.pem"), "-q"));
    command.addAll(List.of(more));
    return Launcher.run(new VerifyMain(), command.toArray(String[]::new));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Bytes read(String name) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  private int recipe(String padding) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "dgst", "-sha512", "-verify", "pub.pem", "-signature"));
    command.add("out/sampleos-7.sig");
    if (padding.equals("pss")) {
      command.addAll(List.of("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"));
    }
    command.add("out/sampleos-7.conf");
    return Judge.run(folder, command.toArray(String[]::new)).code();
  }

  @ParameterizedTest
  @CsvSource({"rsa-pss, pss", "rsa, pkcs1"})
  void paddingFollowsTheKeysIdentifier(String algorithm, String padding) throws Exception {
    key(algorithm, "rsa_keygen_bits:2048");
    assertEquals(0, sign());
    assertEquals(read("in.conf"), read("out/sampleos-7.conf"));
    assertEquals(0, recipe(padding));
    Judge.accepts(folder, "openssl", "verify", "-CAfile", "root.pem", "out/sampleos-7.cert");
    assertTrue(read("out/sampleos-7.cert").utf8().startsWith("-----BEGIN CERTIFICATE"));
    assertEquals(0, verify("out/sampleos-7.conf"));
    Files.writeString(folder.resolve("out/sampleos-7.conf"), CONFIGURATION + "\n");
    assertEquals(1, recipe(padding));
    assertEquals(1, verify("out/sampleos-7.conf"));
  }

  @Test
  void theOtherPaddingIsRefused() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    assertEquals(0, sign());
    Judge.accepts(
        folder,
        "openssl",
        "dgst",
        "-sha512",
        "-sign",
        "key.pem",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:-1",
        "-out",
        "out/sampleos-7.sig",
        "out/sampleos-7.conf");
    assertEquals(1, verify("out/sampleos-7.conf"));
  }

  @Test
  void ellipticKeysAreRefused() throws Exception {
    key("ec", "ec_paramgen_curve:P-256");
    assertEquals(1, sign());
    assertFalse(Files.exists(folder.resolve("out/sampleos-7.sig")));
  }

  @Test
  void fillsInWhatTheImagesAre() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    assertEquals(0, sign("--images", path("images"), "--verity", "--set-version", "20261123"));
    var mount = GuestConfiguration.parse(read("out/sampleos-20261123.conf")).mounts().getFirst();
    assertEquals(1228800L, mount.imageSize().orElseThrow());
    var sums = Judge.accepts(folder, "sha256sum", "images/root.img");
    assertEquals(sums.substring(0, 64), mount.sha256().orElseThrow());
    var sha1 = Judge.accepts(folder, "sha1sum", "images/root.img");
    assertEquals(sha1.substring(0, 40), mount.sha1().orElseThrow());
    Judge.accepts(
        folder,
        "veritysetup",
        "verify",
        "images/root.img",
        "images/root.hash.img",
        mount.verityRoot().orElseThrow());
    assertEquals(0, verify("out/sampleos-20261123.conf", "--images", path("images")));
    Files.write(folder.resolve("images/root.img"), new byte[4096 * 299]);
    assertEquals(3, verify("out/sampleos-20261123.conf", "--images", path("images")));
    Files.delete(folder.resolve("images/root.hash.img"));
    assertEquals(1, verify("out/sampleos-20261123.conf", "--images", path("images")));
  }

  @Test
  void takesTheTreesOfVeritysetup() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    Judge.accepts(
        folder,
        "veritysetup",
        "format",
        "images/root.img",
        "images/root.hash.img",
        "--root-hash-file",
        "root.hash");
    assertEquals(0, sign("--images", path("images")));
    var mount = GuestConfiguration.parse(read("out/sampleos-7.conf")).mounts().getFirst();
    assertEquals(read("root.hash").utf8().strip(), mount.verityRoot().orElseThrow());
  }

  @Test
  void unalignedImagesGetNoTree() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    Files.write(folder.resolve("images/root.img"), new byte[5000]);
    assertEquals(3, sign("--images", path("images"), "--verity"));
    assertFalse(Files.exists(folder.resolve("images/root.hash.img")));
    assertEquals(0, sign("--images", path("images")));
  }

  @Test
  void aWiderKeyNeedsTheOption() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    assertEquals(0, sign());
    Files.writeString(
        folder.resolve("ext.cnf"),
        """
        basicConstraints=critical,CA:FALSE
        keyUsage=critical,digitalSignature
        subjectKeyIdentifier=hash
        authorityKeyIdentifier=keyid
        """);
    Judge.accepts(
        folder,
        "openssl",
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-set_serial",
        "78",
        "-days",
        "300",
        "-extfile",
        "ext.cnf",
        "-out",
        "out/sampleos-7.cert");
    assertEquals(1, verify("out/sampleos-7.conf"));
    assertEquals(0, verify("out/sampleos-7.conf", "--wider-keys"));
  }
}
