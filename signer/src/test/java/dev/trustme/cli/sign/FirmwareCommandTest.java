// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.files.ExtendedAttributes;
import dev.trustme.ima.ImaSignature;
import dev.trustme.sign.Judge;
import dev.trustme.trust.Certificates;
import java.io.ByteArrayInputStream;
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

/** {@code sign firmware} and {@code sign fsverity}; evmctl, GNU tar and fsverity are the judges. */
class FirmwareCommandTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void prepare() throws Exception {
    file = folder.resolve("blob.bin");
    Files.write(file, content(10_000));
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (i * 31 + (i >> 8));
    }
    return content;
  }

  private void key(String algorithm, String option) throws Exception {
    Files.writeString(
        folder.resolve("openssl.cnf"),
        "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=firmware\n[ext]\n"
            + "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            + "subjectKeyIdentifier=hash\nextendedKeyUsage="
            + dev.trustme.trust.Role.FIRMWARE.usage().getId()
            + "\n");
    Judge.accepts(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        algorithm,
        "-pkeyopt",
        option,
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-config",
        "openssl.cnf",
        "-days",
        "3650");
    Judge.accepts(
        folder, "openssl", "x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der");
  }

  private int run(String verb, String... words) {
    List<String> command = new ArrayList<>(List.of(verb));
    command.addAll(List.of("--key", folder.resolve("key.pem").toString()));
    command.addAll(List.of("--cert", folder.resolve("cert.pem").toString(), "-q"));
    command.addAll(List.of(words));
    return Launcher.run(new SignMain(), command.toArray(String[]::new));
  }

  private Bytes read(String name) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, rsa_keygen_bits:2048, sha256",
    "rsa, rsa_keygen_bits:2048, sha512",
    "ec, ec_paramgen_curve:P-256, sha256",
    "ec, ec_paramgen_curve:P-384, sha384",
    "ec, ec_paramgen_curve:P-521, sha512"
  })
  void evmctlVerifiesAndIsVerified(String algorithm, String option, String hash) throws Exception {
    key(algorithm, option);
    assertEquals(0, run("firmware", file.toString(), "--hash", hash));
    Judge.accepts(folder, "evmctl", "ima_verify", "--sigfile", "-k", "cert.der", "blob.bin");
    var ours = read("blob.bin.sig");
    Files.write(file, content(10_001));
    assertNotEquals(
        0,
        Judge.run(folder, "evmctl", "ima_verify", "--sigfile", "-k", "cert.der", "blob.bin")
            .code());
    Files.write(file, content(10_000));
    Judge.accepts(
        folder,
        "evmctl",
        "ima_sign",
        "--sigfile",
        "-a",
        hash,
        "-k",
        "key.pem",
        "--keyid-from-cert",
        "cert.pem",
        "blob.bin");
    var theirs = read("blob.bin.sig");
    var keyring = Certificates.parse(read("cert.pem"));
    assertTrue(
        ImaFileSignature.verify(ImaSignature.parse(theirs), read("blob.bin"), keyring).accepted());
    if (algorithm.equals("rsa")) {
      assertEquals(theirs, ours);
    }
    assertEquals(ours, ImaSignature.parse(ours).encode());
  }

  @Test
  void keyIdWithoutSubjectKeyIdentifierIsEvmctls() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    Judge.accepts(folder, "evmctl", "ima_sign", "--sigfile", "-k", "key.pem", "blob.bin");
    long theirs = ImaSignature.parse(read("blob.bin.sig")).keyId();
    Judge.accepts(
        folder,
        "openssl",
        "req",
        "-x509",
        "-key",
        "key.pem",
        "-out",
        "plain.pem",
        "-subj",
        "/CN=plain",
        "-addext",
        "subjectKeyIdentifier=none",
        "-days",
        "10");
    var plain = Certificates.parse(read("plain.pem")).getFirst();
    if (Certificates.keyIdentifier(plain).isEmpty()) {
      assertEquals(theirs, ImaFileSignature.keyId(plain));
    }
    var hashed = Certificates.parse(read("cert.pem")).getFirst();
    assertEquals(theirs, ImaFileSignature.keyId(hashed));
  }

  @Test
  void tarCarriesTheAttributeAndIsTheSameTwice() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    Path tree = Files.createDirectories(folder.resolve("tree/deep").resolve("x".repeat(110)));
    Files.copy(file, tree.resolve("inner.bin"));
    Files.writeString(folder.resolve("tree/tool"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        folder.resolve("tree/tool"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(folder.resolve("tree/link"), Path.of("tool"));
    String source = folder.resolve("tree").toString();
    assertEquals(0, run("firmware", source, "--tar", folder.resolve("a.tar").toString()));
    assertEquals(0, run("firmware", source, "--tar", folder.resolve("b.tar").toString()));
    assertEquals(read("a.tar"), read("b.tar"));
    Path named = Files.createSymbolicLink(folder.resolve("named"), Path.of("tree"));
    assertEquals(0, run("firmware", named.toString(), "--tar", folder.resolve("c.tar").toString()));
    assertEquals(read("a.tar"), read("c.tar"));
    Files.createDirectory(folder.resolve("out"));
    var listing = Judge.accepts(folder, "tar", "--xattrs", "--xattrs-include=*", "-tvvf", "a.tar");
    assertTrue(listing.contains("security.ima"), listing);
    Judge.accepts(folder, "tar", "-C", "out", "-xf", "a.tar");
    assertEquals("tool", Files.readSymbolicLink(folder.resolve("out/link")).toString());
    assertTrue(Files.isExecutable(folder.resolve("out/tool")));
    assertEquals(read("blob.bin"), read("out/deep/" + "x".repeat(110) + "/inner.bin"));
    // The record in the archive is the signature that evmctl takes for the file.
    var signature = record(read("a.tar"), "SCHILY.xattr.security.ima=");
    Files.write(folder.resolve("blob.bin.sig"), signature.toArray());
    Judge.accepts(folder, "evmctl", "ima_verify", "--sigfile", "-k", "cert.der", "blob.bin");
  }

  /** The value of the first such record: its length stands in front of it. */
  private static Bytes record(Bytes tar, String key) {
    String text = new String(tar.toArray(), java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf(key);
    int start = text.lastIndexOf('\0', at) + 1;
    int length = Integer.parseInt(text.substring(start, text.indexOf(' ', start)));
    return tar.slice(at + key.length(), start + length - 1);
  }

  @Test
  void xattrIsWhatEvmctlVerifiesWhereRootMaySetIt() throws Exception {
    assumeTrue(
        Judge.run(folder, "setfattr", "-n", "security.ima", "-v", "0x00", "blob.bin").code() == 0,
        "security.ima cannot be set here");
    key("rsa", "rsa_keygen_bits:2048");
    assertEquals(0, run("firmware", file.toString(), "--xattr", "--dry-run"));
    assertEquals(
        Bytes.fromHex("00"), ExtendedAttributes.get(file, ExtendedAttributes.IMA).orElseThrow());
    assertEquals(0, run("firmware", file.toString(), "--xattr"));
    Judge.accepts(folder, "evmctl", "ima_verify", "-k", "cert.der", "blob.bin");
    assertEquals(
        3,
        ImaSignature.parse(ExtendedAttributes.get(file, ExtendedAttributes.IMA).orElseThrow())
            .type()
            .value());
  }

  @Test
  void versionThreeIsOverTheVerityDigest() throws Exception {
    key("ec", "ec_paramgen_curve:P-256");
    assertEquals(0, run("firmware", file.toString(), "--verity"));
    var signature = ImaSignature.parse(read("blob.bin.sig"));
    var digest = FsVerity.DEFAULT.measure(new ByteArrayInputStream(content(10_000))).digest();
    var keyring = Certificates.parse(read("cert.pem"));
    assertTrue(ImaFileSignature.verifyVerity(signature, digest, keyring).accepted());
    var other = FsVerity.DEFAULT.measure(new ByteArrayInputStream(content(9_999))).digest();
    assertFalse(ImaFileSignature.verifyVerity(signature, other, keyring).accepted());
    assertFalse(ImaFileSignature.verify(signature, read("blob.bin"), keyring).accepted());
    // By hand: the type, the kernel's number of SHA-256 and the digest, hashed and signed.
    Files.write(
        folder.resolve("id"), Bytes.concat(Bytes.fromHex("0604"), digest.value()).toArray());
    Files.write(folder.resolve("raw"), signature.signature().toArray());
    Judge.accepts(
        folder, "openssl", "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "pub.pem");
    Judge.accepts(
        folder, "openssl", "dgst", "-sha256", "-verify", "pub.pem", "-signature", "raw", "id");
  }

  @ParameterizedTest
  @CsvSource({
    "0, sha256, 4096, ''",
    "1, sha256, 4096, ''",
    "4096, sha256, 4096, ''",
    "4097, sha512, 4096, ''",
    "524288, sha256, 4096, 0011223344556677",
    "524289, sha256, 4096, 0011223344556677",
    "528384, sha256, 1024, ''",
    "300000, sha512, 1024, ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
    "2000000, sha256, 1024, ab"
  })
  void fsverityComputesTheSameDigests(int size, String hash, int block, String salt)
      throws Exception {
    Files.write(file, content(size));
    List<String> command =
        new ArrayList<>(
            List.of("fsverity", "digest", "blob.bin", "--compact", "--hash-alg=" + hash));
    command.add("--block-size=" + block);
    if (!salt.isEmpty()) {
      command.add("--salt=" + salt);
    }
    command.add("--out-descriptor=descriptor");
    var theirs = Judge.accepts(folder, command.toArray(String[]::new)).strip();
    var parameters =
        new FsVerity(HashAlgorithm.byLabel(hash).orElseThrow(), block, Bytes.fromHex(salt));
    var ours = parameters.measure(new ByteArrayInputStream(content(size)));
    assertEquals(theirs, ours.digest().value().hex());
    assertEquals(read("descriptor"), ours.encode());
    assertEquals(ours, dev.trustme.artifact.FsVerityDescriptor.parse(read("descriptor")));
    command.set(3, "--for-builtin-sig");
    command.add("--compact");
    assertEquals(
        Judge.accepts(folder, command.toArray(String[]::new)).strip(),
        ours.formattedDigest().hex());
  }

  @Test
  void fsveritySignaturesAreReadBothWays() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    assertEquals(0, run("fsverity", file.toString()));
    Files.write(
        folder.resolve("formatted"),
        FsVerity.DEFAULT
            .measure(new ByteArrayInputStream(content(10_000)))
            .formattedDigest()
            .toArray());
    Judge.accepts(
        folder,
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "blob.bin.p7s",
        "-content",
        "formatted",
        "-certfile",
        "cert.pem",
        "-CAfile",
        "cert.pem",
        "-purpose",
        "any",
        "-partial_chain");
    Judge.accepts(
        folder, "fsverity", "sign", "blob.bin", "theirs.p7s", "--key=key.pem", "--cert=cert.pem");
    var keyring = Certificates.parse(read("cert.pem"));
    assertTrue(DetachedSignature.verify(read("theirs.p7s"), read("formatted"), keyring).accepted());
  }

  @Test
  void refusesWhatCannotBeMeant() throws Exception {
    key("rsa", "rsa_keygen_bits:2048");
    String input = file.toString();
    assertEquals(2, run("firmware", input, "--hash", "sha1"));
    assertEquals(2, run("firmware", input, "--tar", folder.resolve("t").toString(), "--xattr"));
    assertEquals(2, run("firmware", input, "--salt", "00"));
    assertEquals(2, run("fsverity", input, "--hash", "sha384"));
    assertEquals(2, run("fsverity", input, "--block-size", "1000"));
    assertEquals(4, run("firmware", folder.resolve("missing").toString()));
    Files.createDirectory(folder.resolve("empty"));
    assertEquals(3, run("firmware", folder.resolve("empty").toString()));
    assertFalse(Files.exists(folder.resolve("blob.bin.sig")));
    assertEquals(0, run("firmware", input));
    assertEquals(2, run("firmware", input));
    assertEquals(0, run("firmware", input, "--force"));
  }
}
