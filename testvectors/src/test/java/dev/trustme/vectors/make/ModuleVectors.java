// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/** Modules that a kernel loads, and each way in which it must not. */
final class ModuleVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String HEADER = "module_signature: ";
  private static final String CMS = "PKCS#7 SignedData: ";

  private final FamilyMaker family;
  private final Identity root = TestPki.root(Shape.ca("Vector Modules", 0), KeyType.RSA_2048);
  private final Identity signer =
      TestPki.issue(root, Shape.leaf("Vector Module", Role.MODULE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Stranger", Role.MODULE), KeyType.RSA_2048);
  private final Bytes object = object();

  ModuleVectors(Path folder) throws IOException {
    family = new FamilyMaker(folder, "module", OURS);
  }

  void make() throws IOException, FormatException {
    family
        .file("keyring.pem", pem(signer))
        .file("nothing.pem", pem(stranger))
        .file("nothing.txt", Bytes.utf8("# nothing is listed\n"));
    var good = good();
    appended(good);
    cms(good);
    keyrings(good);
    new ModuleFormVectors(family, root, signer, stranger, object).make();
    family.write();
  }

  static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  static RoleKey key(Identity identity) {
    return new RoleKey(identity.key(), List.of(identity.certificate()));
  }

  private Bytes file(Bytes pkcs7) {
    return new ModuleSignature(object, Optional.of(pkcs7)).encode();
  }

  private Bytes signed() {
    return file(new Pkcs7Signer(key(signer)).detached(object));
  }

  private CmsShape shape() {
    return new CmsShape(signer, object);
  }

  private Vector good() throws IOException {
    family.file("good.ko", signed());
    return family.accept(
        "good",
        "an ELF object with an appended signature by the certificate on the keyring",
        Map.of(
            "module",
            "good.ko",
            "keyring",
            "keyring.pem",
            "revoked",
            "nothing.pem",
            "blacklist",
            "nothing.txt"),
        Map.of());
  }

  private void refuse(Vector twin, String id, String comment, Bytes module, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "module", module, reason);
  }

  private void appended(Vector good) throws IOException {
    Bytes file = signed();
    int header = file.size() - 28 - 12;
    int length = header - object.size();
    refuse(
        good,
        "id-type",
        "id_type 1 (X.509) instead of 2 (PKCS#7)",
        with(file, header + 2, 1),
        HEADER + "id_type 1, expected 2 (PKCS#7), which is all the kernel takes");
    refuse(
        good,
        "reserved",
        "hash 4, which only an old format uses",
        with(file, header + 1, 4),
        HEADER + "algo, hash, signer_len, key_id_len and pad are not all zero");
    String problem = HEADER + "sig_len %d in a file of " + file.size() + " bytes";
    refuse(
        good,
        "signature-longer-than-file",
        "sig_len 2^24 and more than there is",
        with(file, header + 8, 1),
        problem.formatted(0x01000000 + length));
    refuse(
        good,
        "signature-empty",
        "sig_len 0",
        with(file, header + 8, 0, 0, 0, 0),
        problem.formatted(0));
    refuse(
        good,
        "signature-negative",
        "sig_len 2^32 - 1, which a signed reader takes for -1",
        with(file, header + 8, 0xff, 0xff, 0xff, 0xff),
        problem.formatted(0xffffffffL));
    refuse(
        good,
        "signed-twice",
        "a signed module that was signed again: only the last signature is looked at",
        new ModuleSignature(file, Optional.of(file.slice(object.size(), header))).encode(),
        HEADER + "the module was signed twice");
    refuse(good, "unsigned", "no signature at all", object, "module-unsigned");
    refuse(
        good,
        "other-file",
        "a signed zip archive",
        with(file, 0, 0x50, 0x4b, 3, 4),
        "kernel module: expected ELF magic 7f454c46, found 504b0304");
    refuse(
        good,
        "executable",
        "a signed program: ET_EXEC",
        with(file, 16, 2),
        "ELF header: is no relocatable object, as modules are");
    refuse(
        good,
        "cut-off",
        "section headers beyond the end of the module",
        with(file, 41, 1),
        "ELF header: section headers of 64 bytes at 320, the file ends at 128: it is cut off");
    refuse(
        good,
        "content-byte",
        "one byte of the module changed after it was signed",
        with(file, 70, 1),
        "pkcs7-signature");
  }

  private void cms(Vector good) throws IOException {
    Bytes der = shape().encode();
    refuse(
        good,
        "signature-trailing",
        "a byte after the ContentInfo",
        file(Bytes.concat(der, Bytes.zeros(1))),
        CMS + "1 bytes after the end of the structure");
    refuse(
        good,
        "signature-indefinite",
        "BER: a SEQUENCE of indefinite length",
        file(Bytes.concat(Bytes.fromHex("3080"), der.slice(4, der.size()), Bytes.fromHex("0000"))),
        CMS + "a length that is not DER");
    Bytes deep = Bytes.fromHex("0500");
    for (int i = 0; i < 40; i++) {
      deep = Bytes.concat(Bytes.fromHex("30%02x".formatted(deep.size())), deep);
    }
    refuse(
        good,
        "signature-deep",
        "40 SEQUENCEs in each other",
        file(deep),
        CMS + "nested deeper than 32");
    refuse(
        good,
        "signature-content",
        "the module again inside the signature",
        file(shape().withContent().encode()),
        "pkcs7-content");
    refuse(
        good,
        "signature-attributes",
        "signed attributes, which modules may not have",
        file(shape().withAttributes().encode()),
        "pkcs7-attributes");
    refuse(
        good,
        "signature-content-type",
        "content type signedData instead of data",
        file(shape().contentType(PKCSObjectIdentifiers.signedData).encode()),
        "pkcs7-content-type");
    refuse(
        good,
        "signature-versions",
        "SignedData 1 with SignerInfo 3",
        file(shape().versions(1, 3).encode()),
        CMS + "versions 1 and 3, expected 1 and 1 (signer named by issuer and serial number)");
    refuse(
        good,
        "signature-three-signers",
        "the same SignerInfo three times",
        file(shape().signers(3).encode()),
        CMS + "expected one signer, found 3");
    refuse(
        good,
        "signature-no-signer",
        "no SignerInfo: signed by nobody",
        file(shape().signers(0).encode()),
        CMS + "expected one signer, found 0");
    refuse(
        good,
        "signature-algorithm",
        "sha256WithRSAEncryption, which the kernel does not know there",
        file(
            shape()
                .named(new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption))
                .encode()),
        "pkcs7-algorithm");
    refuse(
        good,
        "signature-digests",
        "digestAlgorithms lists another digest than the signer's",
        file(shape().listing(NISTObjectIdentifiers.id_sha512).encode()),
        CMS + "digestAlgorithms differ from the signer's digestAlgorithm");
    refuse(
        good,
        "signature-sha1",
        "SHA-1 named as the digest",
        file(shape().digest(OIWObjectIdentifiers.idSHA1).encode()),
        "pkcs7-digest");
    refuse(
        good,
        "signature-certificates",
        "33 certificates inside",
        file(shape().with(Collections.nCopies(33, stranger.certificate())).encode()),
        CMS + "more than 32 certificates");
  }

  private void keyrings(Vector good) throws IOException {
    family
        .otherFile(
            good,
            "other-keyring",
            "the keyring holds somebody else's certificate",
            "keyring",
            pem(stranger),
            "signer")
        .otherFile(
            good,
            "revoked",
            "the signer's certificate is on .blacklist",
            "revoked",
            pem(signer),
            "blacklist-certificate")
        .otherFile(
            good,
            "revoked-by-hash",
            "the hash of the signer's TBSCertificate is on .blacklist",
            "blacklist",
            Bytes.utf8("tbs:" + tbs(signer.certificate()) + "\n"),
            "blacklist-tbs")
        .otherFile(
            good,
            "blacklisted-file",
            "the module's own hash is on .blacklist",
            "blacklist",
            Bytes.utf8("bin:" + HashAlgorithm.SHA512.digest(object).value().hex() + "\n"),
            "blacklist-file")
        .otherFile(
            good,
            "blacklist-damaged",
            "a hash of 31 bytes on .blacklist",
            "blacklist",
            Bytes.utf8("bin:" + "00".repeat(31) + "\n"),
            "blacklisted hash: expected 32, 48 or 64 bytes in lower-case hex");
  }

  private static String tbs(X509CertificateHolder certificate) throws IOException {
    var part = certificate.toASN1Structure().getTBSCertificate().getEncoded("DER");
    return HashAlgorithm.SHA256.digest(part).value().hex();
  }

  /** The smallest relocatable x86-64 object: a header and one empty section. */
  private static Bytes object() {
    return BinaryWriter.littleEndian()
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
        .u16(1)
        .u16(0)
        .zeros(64)
        .toBytes();
  }
}
