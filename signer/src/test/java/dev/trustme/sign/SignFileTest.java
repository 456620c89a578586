// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyFile;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's sign-file as the judge of the bytes, and kmod as a reader of them. */
class SignFileTest {
  private static final Path MODULE =
      Path.of(
          "../attestation-verifier/src/test/resources/dev/trustme/artifact/sign-file/module.ko");

  @TempDir Path folder;

  private RoleKey key(String algorithm, String option) throws Exception {
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
        "-subj",
        "/CN=judged",
        "-days",
        "3650");
    try (var none = Passphrase.of(new char[] {'-'})) {
      return new RoleKey(
          KeyFile.read(folder.resolve("key.pem"), none),
          Certificates.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve("cert.pem")))));
    }
  }

  private Bytes byJudge(Path signFile, String hash, boolean keyId) throws Exception {
    Files.copy(MODULE, folder.resolve("judged.ko"));
    var command = Stream.of(signFile.toString(), keyId ? "-k" : "", hash, "key.pem", "cert.pem");
    Judge.accepts(
        folder,
        Stream.concat(command.filter(w -> !w.isEmpty()), Stream.of("judged.ko"))
            .toArray(String[]::new));
    var signed = Bytes.copyOf(Files.readAllBytes(folder.resolve("judged.ko")));
    Files.delete(folder.resolve("judged.ko"));
    return signed;
  }

  private static Bytes module() throws IOException {
    return Bytes.copyOf(Files.readAllBytes(MODULE));
  }

  private static Bytes ours(RoleKey key, String hash, boolean keyId) throws Exception {
    var signer = new Pkcs7Signer(key).with(HashAlgorithm.byLabel(hash).orElseThrow());
    if (keyId) {
      signer = signer.byKeyId(Certificates.keyIdentifier(key.certificate()).orElseThrow());
    }
    return new ModuleSignature(module(), Optional.of(signer.detached(module()))).encode();
  }

  @ParameterizedTest
  @CsvSource({"sha256,false", "sha256,true", "sha384,false", "sha512,false", "sha512,true"})
  void rsaSignaturesAreTheSameBytes(String hash, boolean keyId) throws Exception {
    var key = key("rsa", "rsa_keygen_bits:2048");
    assertTrue(!Judge.signFiles().isEmpty(), "no sign-file: install linux-kbuild-*");
    for (Path signFile : Judge.signFiles()) {
      var judged = byJudge(signFile, hash, keyId);
      assertEquals(judged, ours(key, hash, keyId), signFile.toString());
      assertTrue(ModuleSignature.parse(judged).verify(key.chain()).accepted());
    }
  }

  @ParameterizedTest
  @CsvSource({"P-256,sha256,false", "P-256,sha256,true", "P-384,sha384,false", "P-521,sha512,true"})
  void ecdsaSignaturesAreTheSameButForTheSignature(String curve, String hash, boolean keyId)
      throws Exception {
    var key = key("ec", "ec_paramgen_curve:" + curve);
    for (Path signFile : Judge.signFiles()) {
      var judged = ModuleSignature.parse(byJudge(signFile, hash, keyId));
      assertTrue(judged.verify(key.chain()).accepted(), signFile.toString());
      var own = ModuleSignature.parse(ours(key, hash, keyId));
      assertEquals(withoutSignature(judged), withoutSignature(own));
    }
  }

  /** SignedData's parts, the signature octets taken out: they are random in the judge. */
  private static String withoutSignature(ModuleSignature module) throws Exception {
    var info = ASN1Sequence.getInstance(module.pkcs7().orElseThrow().toArray());
    var data = ASN1Sequence.getInstance((ASN1TaggedObject) info.getObjectAt(1), true);
    var signers = (ASN1Set) data.getObjectAt(data.size() - 1);
    var signer = (ASN1Sequence) signers.getObjectAt(0);
    var text = new StringBuilder();
    for (int i = 0; i < data.size() - 1; i++) {
      text.append(hex(data.getObjectAt(i).toASN1Primitive())).append('\n');
    }
    for (int i = 0; i < signer.size() - 1; i++) {
      text.append(hex(signer.getObjectAt(i).toASN1Primitive())).append('\n');
    }
    return text.toString();
  }

  private static String hex(ASN1Primitive part) throws IOException {
    return Bytes.copyOf(part.getEncoded()).hex();
  }

  /** Debian's kmod is built without gzip. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GZIP")
  void kmodReadsWhoSigned(ModuleCompression form) throws Exception {
    var key = key("rsa", "rsa_keygen_bits:2048");
    var module = namedModule();
    var pkcs7 = new Pkcs7Signer(key).detached(module);
    var signed = new ModuleSignature(module, Optional.of(pkcs7)).encode();
    String name = "./m.ko" + Map.of("NONE", "", "XZ_LZMA2", ".xz", "ZSTD", ".zst").get(form.name());
    Files.write(folder.resolve(name), form.compress(signed).toArray());
    var told = Judge.accepts(folder, "/usr/sbin/modinfo", name);
    assertTrue(
        told.matches("(?s).*sig_id: +PKCS#7.*signer: +judged.*sig_hashalgo: +sha256.*"), told);
  }

  /** An object with the one section that kmod reads: .modinfo. */
  private static Bytes namedModule() {
    var info = Bytes.utf8("license=GPL\0name=judged\0");
    var names = Bytes.utf8("\0.modinfo\0.shstrtab\0");
    int data = 64 + 3 * 64;
    var file =
        BinaryWriter.littleEndian()
            .bytes(Bytes.fromHex("7f454c46020101000000000000000000"))
            .u16(1)
            .u16(62)
            .u32(1)
            .u64(0)
            .u64(0)
            .u64(64)
            .u32(0)
            .u16(64)
            .u16(0)
            .u16(0)
            .u16(64)
            .u16(3)
            .u16(2)
            .zeros(64);
    section(file, 1, 1, data, info.size());
    section(file, 10, 3, data + info.size(), names.size());
    return file.bytes(info).bytes(names).toBytes();
  }

  private static void section(BinaryWriter file, int name, int type, int offset, int size) {
    file.u32(name).u32(type).u64(0).u64(0).u64(offset).u64(size).u32(0).u32(0).u64(1).u64(0);
  }
}
