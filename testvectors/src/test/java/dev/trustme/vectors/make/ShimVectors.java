// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.SignatureTable;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/** What shim starts besides: MokList and SBAT. */
final class ShimVectors {
  private static final String FIRST =
      "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n";
  private static final String SBAT = FIRST + "grub,3,Vendor,grub2,2.06,https://example.com/grub\n";

  private final FamilyMaker family;
  private final EfiGuid owner;
  private final Map<String, String> files;

  ShimVectors(FamilyMaker family, EfiGuid owner, Map<String, String> files) {
    this.family = family;
    this.owner = owner;
    this.files = files;
  }

  private Bytes list(Identity identity) {
    return SignatureList.x509(owner, Certificates.der(identity.certificate())).encode();
  }

  private static Bytes program(String sbat) {
    return new TestPe().section(".text", Bytes.zeros(600)).section(".sbat", sbat).build();
  }

  private static Bytes signed(Bytes program, Identity by) throws IOException, FormatException {
    return SignatureTable.write(
        PeImage.parse(program), List.of(new SpcBuilder(program, by).build()));
  }

  void make(Identity firmware, Identity mok) throws IOException, FormatException {
    var image = signed(program(SBAT), mok);
    family
        .file("shim-good.efi", image)
        .file("mok.esl", list(mok))
        .file("level.csv", Bytes.utf8("sbat,1,2024010900\nshim,4\ngrub,3\n"));
    var all = new TreeMap<>(files);
    all.remove("pem");
    all.put("image", "shim-good.efi");
    all.put("mok-list", "mok.esl");
    all.put("mok-list-x", "empty.esl");
    all.put("sbat-level", "level.csv");
    var good =
        family.accept(
            "shim-good",
            "an image for shim, signed by the certificate in MokList, not below the SBAT level",
            all,
            Map.of("as", "shim"));
    sbat(good, mok);
    lists(good, image, firmware, mok);
  }

  private void sbat(Vector good, Identity mok) throws IOException, FormatException {
    family
        .otherFile(
            good,
            "sbat-missing",
            "no section .sbat",
            "image",
            signed(TestPe.small(), mok),
            "sbat-section")
        .otherFile(
            good,
            "sbat-below-level",
            "the level asks for generation 4 of grub",
            "sbat-level",
            Bytes.utf8("sbat,1,2025010900\nshim,4\ngrub,4\n"),
            "sbat-level")
        .otherFile(
            good,
            "sbat-not-ascii",
            "a vendor's name in UTF-8",
            "image",
            signed(program(SBAT.replace("Vendor", "Händler")), mok),
            "section .sbat: byte 0xc3")
        .otherFile(
            good,
            "sbat-generation",
            "a generation that is no number",
            "image",
            signed(program(SBAT.replace("grub,3", "grub,x")), mok),
            "section .sbat: expected component,generation,vendor,package,version,url")
        .otherFile(
            good,
            "sbat-too-large",
            "a section of 64 KiB and more",
            "image",
            signed(program(SBAT + "x".repeat(65536)), mok),
            "section .sbat: has %d bytes".formatted(SBAT.length() + 65536))
        .otherFile(
            good,
            "level-without-date",
            "a level that does not begin with its date",
            "sbat-level",
            Bytes.utf8("sbat,1\nshim,4\n"),
            "SBAT level: does not begin with sbat,VERSION,YYYYMMDDNN");
  }

  private void lists(Vector good, Bytes image, Identity firmware, Identity mok)
      throws IOException, FormatException {
    var modules = modules();
    var digest = PeImage.parse(image).authenticodeDigest(HashAlgorithm.SHA256);
    family
        .otherFile(
            good,
            "mok-other",
            "MokList holds another certificate",
            "mok-list",
            list(firmware),
            "shim-authority")
        .otherFile(
            good,
            "mok-refused",
            "MokListX lists the signer",
            "mok-list-x",
            list(mok),
            "moklistx-certificate")
        .otherFile(
            good,
            "mok-refused-hash",
            "MokListX lists the image's digest",
            "mok-list-x",
            SignatureList.sha256(owner, digest).encode(),
            "refused-hash");
    family.file("mok-modules.esl", Bytes.concat(list(mok), list(modules)));
    var files = new TreeMap<>(good.files());
    files.put("mok-list", "mok-modules.esl");
    var both =
        family.accept(
            "shim-two-moks",
            "MokList holds a certificate for modules too",
            files,
            Map.of("as", "shim"));
    family.otherFile(
        both,
        "module-signer",
        "signed by the certificate for modules, which shim starts nothing with",
        "image",
        signed(program(SBAT), modules),
        "module-signing-only");
  }

  /** A certificate that may sign modules and nothing else. */
  private static Identity modules() throws IOException {
    var plain = TestPki.root(Shape.leaf("Vector Modules", Role.MODULE), KeyType.RSA_2048);
    var name = new X500Name("CN=Vector Modules");
    var builder =
        new X509v3CertificateBuilder(
            name,
            BigInteger.TWO,
            Date.from(TestPki.START),
            plain.certificate().getNotAfter(),
            name,
            plain.key().publicKey());
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.4.1.2312.16.1.2"))));
    return new Identity(plain.key(), builder.build(plain.key().contentSigner()));
  }
}
