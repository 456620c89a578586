// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.SignatureTable;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** What firmware starts, and what it must not: images, signatures and lists, one thing wrong. */
final class AuthenticodeVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String PKCS7 = "PKCS#7 SignedData: ";
  private static final Map<String, String> FILES =
      Map.of("image", "good.efi", "db", "db.esl", "dbx", "empty.esl", "pem", "db.pem");

  private final FamilyMaker family;
  private final EfiGuid owner = EfiGuid.parse("7c673ee7-c41c-431a-89ad-11590e357214");
  private final Identity signer =
      TestPki.root(Shape.leaf("Vector Boot", Role.BOOT, Role.MODULE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Stranger", Role.BOOT), KeyType.RSA_2048);
  private final Bytes program = TestPe.small();
  private final Bytes image;

  AuthenticodeVectors(Path root) throws IOException, FormatException {
    family = new FamilyMaker(root, "authenticode", OURS);
    image = signed(spc -> spc);
  }

  private Bytes signed(UnaryOperator<SpcBuilder> change) throws IOException, FormatException {
    return signed(program, signer, change);
  }

  private static Bytes signed(Bytes program, Identity by, UnaryOperator<SpcBuilder> change)
      throws IOException, FormatException {
    var signature = change.apply(new SpcBuilder(program, by)).build();
    return SignatureTable.write(PeImage.parse(program), List.of(signature));
  }

  private Bytes database(Identity identity) {
    return SignatureList.x509(owner, Certificates.der(identity.certificate())).encode();
  }

  void make() throws IOException, FormatException {
    family
        .file("good.efi", image)
        .file("db.esl", database(signer))
        .file("empty.esl", Bytes.empty())
        .file("db.pem", Bytes.utf8(Certificates.pem(List.of(signer.certificate()))));
    var good =
        family.accept(
            "good",
            "an image signed by the certificate in db (db.pem is the same for other tools)",
            FILES,
            Map.of());
    lists(good);
    otherForms();
    new PeVectors(family, good, image).make();
    new PePairVectors(family, signer).make(FILES);
    table(good);
    signatures(good);
    algorithms(good);
    new ShimVectors(family, owner, FILES).make(signer, stranger);
    family.write();
  }

  private void lists(Vector good) throws IOException, FormatException {
    var digest = PeImage.parse(image).authenticodeDigest(HashAlgorithm.SHA256);
    var tbs = signer.certificate().toASN1Structure().getTBSCertificate().getEncoded("DER");
    var entry =
        new SignatureData(
            owner,
            Bytes.concat(
                HashAlgorithm.SHA256.digest(tbs).value(),
                Bytes.fromHex("ea070101000000000000000000000000")));
    var revoked =
        new SignatureList(EfiGuid.CERT_X509_SHA256, Bytes.empty(), entry.size(), List.of(entry));
    family
        .otherFile(
            good,
            "other-db",
            "db holds somebody else's certificate",
            "db",
            database(stranger),
            "db-authority")
        .otherFile(
            good,
            "dbx-by-hash",
            "dbx lists the image's digest",
            "dbx",
            SignatureList.sha256(owner, digest).encode(),
            "dbx-hash")
        .otherFile(
            good,
            "dbx-by-certificate",
            "dbx lists the signer",
            "dbx",
            database(signer),
            "dbx-certificate")
        .otherFile(
            good,
            "dbx-by-certificate-hash",
            "dbx lists the digest of the signer's certificate, with a time of revocation",
            "dbx",
            revoked.encode(),
            "dbx-certificate-hash");
  }

  private void otherForms() throws IOException, FormatException {
    family.file(
        "hash-db.esl",
        SignatureList.sha256(owner, PeImage.parse(program).authenticodeDigest(HashAlgorithm.SHA256))
            .encode());
    accept("unpadded", "dwLength without the padding, as sbsign writes it", unpadded());
    accept("sha384", "image and signature by SHA-384", signed(s -> s.digest(HashAlgorithm.SHA384)));
    accept(
        "page-hashes",
        "page hashes inside, which firmware does not use",
        signed(s -> s.pages(pages(0, 0x400))));
    var theirs = new SpcBuilder(program, stranger).build();
    var ours = new SpcBuilder(program, signer).build();
    accept(
        "second-of-two",
        "two signatures, the second by the certificate in db",
        SignatureTable.write(PeImage.parse(program), List.of(theirs, ours)));
    family.file("unsigned.efi", program);
    var listed =
        family.accept(
            "hash-in-db",
            "no signature, but db lists the digest",
            Map.of("image", "unsigned.efi", "db", "hash-db.esl", "dbx", "empty.esl"),
            Map.of());
    family.otherFile(
        listed, "not-signed", "no signature, and another db", "db", database(signer), "unsigned");
  }

  private void accept(String id, String comment, Bytes content) throws IOException {
    family.file(id + ".efi", content);
    var files = new java.util.TreeMap<>(FILES);
    files.put("image", id + ".efi");
    family.accept(id, comment, files, Map.of());
  }

  private Bytes unpadded() throws IOException, FormatException {
    return TestPe.withTable(program, TestPe.entry(new SpcBuilder(program, signer).build()));
  }

  private static Bytes pages(int... offsets) {
    var table = BinaryWriter.littleEndian();
    for (int offset : offsets) {
      table.u32(offset).zeros(32);
    }
    return table.toBytes();
  }

  private void bad(Vector twin, String id, String comment, Bytes content, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "image", content, reason);
  }

  /** The certificate table, which no digest covers. */
  private void table(Vector good) throws IOException, FormatException {
    var parsed = PeImage.parse(image);
    int table = Math.toIntExact(parsed.certificateTable().offset());
    int size = Math.toIntExact(parsed.certificateTable().size());
    int entry = TestPe.CERTIFICATE_ENTRY;
    int der = parsed.certificates().getFirst().signedData().size();
    bad(
        good,
        "bytes-after-table",
        "eight bytes after the certificate table",
        Bytes.concat(image, Bytes.zeros(8)),
        "certificate table: 8 bytes follow it in the file");
    bad(
        good,
        "table-beyond-file",
        "eight bytes more than the file has",
        TestPe.with(image, entry + 4, size + 8),
        "certificate table: %d bytes at offset %d reach beyond the file of %d bytes"
            .formatted(size + 8, table, image.size()));
    bad(
        good,
        "table-unaligned",
        "the table begins four bytes later",
        TestPe.with(TestPe.with(image, entry, table + 4), entry + 4, size - 4),
        "certificate table: offset %d is no multiple of 8".formatted(table + 4));
    bad(
        good,
        "table-in-headers",
        "the table begins inside the headers",
        TestPe.with(TestPe.with(image, entry, 0x200), entry + 4, image.size() - 0x200),
        "certificate table: offset 512 lies inside the headers of 1024 bytes");
    bad(
        good,
        "table-without-size",
        "an offset, but no size",
        TestPe.with(image, entry + 4, 0),
        "certificate table: offset %d without a size".formatted(table));
    bad(
        good,
        "table-in-section",
        "the table begins inside the last section",
        TestPe.with(TestPe.with(image, entry, table - 8), entry + 4, size + 8),
        "section header: .text ends at %d, the content of the file at %d"
            .formatted(table, table - 8));
    bad(
        good,
        "padding-not-zero",
        "a byte of the padding after the signature is set",
        with(image, image.size() - 1, 1),
        "WIN_CERTIFICATE: padding that is not zero");
    var longer = BinaryWriter.littleEndian().u32(8 + der + 16).u16(0x200).u16(2);
    longer.bytes(parsed.certificates().getFirst().signedData()).zeros(16).align(8);
    bad(
        good,
        "bytes-after-signature",
        "sixteen bytes after the DER within dwLength",
        TestPe.withTable(program, longer.toBytes()),
        "WIN_CERTIFICATE: 16 bytes after the signature's DER");
    bad(
        good,
        "entry-too-short",
        "dwLength counts less than its own header",
        TestPe.with(image, table, 7),
        "WIN_CERTIFICATE: dwLength 7");
    bad(
        good,
        "entry-beyond-table",
        "dwLength counts more than the table has",
        TestPe.with(image, table, size + 8),
        "WIN_CERTIFICATE: need %d bytes, %d remain".formatted(size, size - 8));
    bad(
        good,
        "entry-type",
        "wCertificateType 0x0ef1 instead of 2",
        with(image, table + 6, 0xf1, 0x0e),
        "WIN_CERTIFICATE: expected wRevision 0x0200 and wCertificateType 0x0002, found 0x0200 and"
            + " 0x0ef1");
    List<Bytes> many = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      many.add(Bytes.fromHex("3003020101"));
    }
    bad(
        good,
        "too-many-signatures",
        "65 entries",
        SignatureTable.write(PeImage.parse(program), many),
        "certificate table: more than 64 signatures");
  }

  private void signatures(Vector good) throws IOException, FormatException {
    var parsed = PeImage.parse(image).certificates().getFirst();
    int last = Math.toIntExact(parsed.offset()) + 8 + parsed.signedData().size() - 1;
    bad(
        good,
        "code-byte",
        "one byte of code changed after signing",
        with(image, TestPe.HEADERS + 8, 0x90),
        "image-digest");
    bad(
        good,
        "signature-byte",
        "the last byte of the signature changed",
        with(image, last, image.at(last) ^ 1),
        "signature-value");
    bad(
        good,
        "no-certificate",
        "the signer's certificate does not travel with the signature",
        signed(s -> s.without(signer.certificate()).with(stranger.certificate(), 1)),
        "signer-certificate");
    bad(
        good,
        "three-signers",
        "three SignerInfos in one SignedData",
        signed(s -> s.signerInfos(3)),
        PKCS7 + "expected one signer, found 3");
    bad(
        good,
        "signer-version",
        "SignerInfo version 3 with issuer and serial number",
        signed(s -> s.signerVersion(3)),
        PKCS7 + "versions 1 and 3, expected 1 and 1 (signer named by issuer and serial number)");
    bad(
        good,
        "many-certificates",
        "33 certificates besides the signer's",
        signed(s -> s.with(stranger.certificate(), 33)),
        PKCS7 + "more than 32 certificates");
    bad(
        good,
        "content-data",
        "content type data, not SpcIndirectData",
        signed(s -> s.contentType(PKCSObjectIdentifiers.data)),
        PKCS7 + "content 1.2.840.113549.1.7.1 is no Authenticode");
    bad(
        good,
        "content-type-attribute",
        "the attribute contentType says data",
        signed(s -> s.signedType(PKCSObjectIdentifiers.data)),
        "content-type");
    bad(
        good,
        "attribute-twice",
        "the attribute contentType twice",
        signed(SpcBuilder::contentTypeTwice),
        PKCS7 + "attribute 1.2.840.113549.1.9.3 has more than one value");
    bad(
        good,
        "attributes-unsorted",
        "authenticatedAttributes not in DER order",
        signed(SpcBuilder::unsorted),
        PKCS7 + "authenticatedAttributes are not in DER order");
    var der = parsed.signedData();
    bad(
        good,
        "indefinite-length",
        "the ContentInfo with indefinite length",
        TestPe.withTable(
            program,
            TestPe.entry(
                Bytes.concat(Bytes.fromHex("3080"), der.slice(4, der.size()), Bytes.zeros(2)))),
        "ContentInfo: a length that is not DER");
  }

  private void algorithms(Vector good) throws IOException, FormatException {
    bad(
        good,
        "sha1",
        "image and signature by SHA-1",
        signed(s -> s.digest(HashAlgorithm.SHA1)),
        "digest-algorithm");
    bad(
        good,
        "digest-too-long",
        "a digest of 64 bytes for SHA-256",
        signed(s -> s.digestSize(64)),
        "SpcIndirectDataContent: a digest of 64 bytes for sha256");
    bad(
        good,
        "digest-algorithms",
        "digestAlgorithms names another than the signer",
        signed(s -> s.announced(HashAlgorithm.SHA384)),
        PKCS7 + "digestAlgorithms differ from the signer's digestAlgorithm");
    var ec = TestPki.root(Shape.leaf("Vector EC", Role.BOOT));
    bad(
        good,
        "elliptic-curve",
        "a key that most firmware does not verify with",
        signed(program, ec, s -> s),
        "signature-algorithm");
    bad(
        good,
        "page-hash-size",
        "page hashes that are no multiple of their size",
        signed(s -> s.pages(Bytes.zeros(37))),
        "Authenticode page hashes: 37 bytes, which are no multiple of 36");
    bad(
        good,
        "page-hash-order",
        "page hashes out of order",
        signed(s -> s.pages(pages(0x400, 0))),
        "Authenticode page hashes: offset 0 is out of order");
  }
}
