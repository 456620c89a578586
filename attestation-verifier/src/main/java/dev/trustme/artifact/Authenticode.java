// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The decision of UEFI firmware about an image: UEFI 2.10, 32.5.3.3, over the signatures of Windows
 * Authenticode PE Signature Format 1.0. An image starts if dbx lists neither its digest nor a
 * certificate of a signer's path, and db holds a certificate on a valid signer's path, or its
 * digest. Only SHA-256 counts; validity periods do not, as firmware has no clock that it trusts.
 */
public final class Authenticode {
  /** SPC_INDIRECT_DATA_OBJID. */
  public static final ASN1ObjectIdentifier SPC_INDIRECT_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.4");

  private static final String FORBIDDEN = "dbx-certificate";

  private final SignatureDatabase database;
  private final Digest image;
  private final List<Check> checks = new ArrayList<>();

  private Authenticode(SignatureDatabase database, Digest image) {
    this.database = database;
    this.image = image;
  }

  /** Would firmware with these lists start the image, and which entry of db is the authority? */
  public static Verdict<BootAuthority> verify(PeImage pe, SignatureDatabase database)
      throws FormatException {
    var image = pe.authenticodeDigest(HashAlgorithm.SHA256);
    return new Authenticode(database, image).decide(pe);
  }

  private Verdict<BootAuthority> decide(PeImage pe) throws FormatException {
    checks.add(
        SignatureDatabase.hash(database.dbx(), image).isPresent()
            ? Check.fail("dbx-hash", "an image that dbx does not list", image.toString())
            : Check.pass("dbx-hash", image.toString()));
    List<Check> failures = new ArrayList<>();
    Optional<BootAuthority> authority = Optional.empty();
    for (int i = 0; i < pe.certificates().size(); i++) {
      List<Check> own = new ArrayList<>();
      var signature = Pkcs7Signature.parse(pe.certificates().get(i).signedData());
      var found = signature(signature, own);
      var where = "signature %d of %d".formatted(i + 1, pe.certificates().size());
      own.replaceAll(check -> check.at(where));
      // One good signature is enough, but none may be by a certificate that dbx lists.
      boolean counts = found.isPresent() && authority.isEmpty();
      own.stream()
          .filter(check -> counts || check.failed())
          .forEach(
              check -> (counts || check.id().equals(FORBIDDEN) ? checks : failures).add(check));
      authority = authority.or(() -> found);
    }
    authority = authority.or(this::listed);
    if (authority.isEmpty()) {
      checks.addAll(failures);
      if (checks.stream().noneMatch(Check::failed)) {
        checks.add(unsigned());
      }
    }
    var admitted = authority;
    return Verdict.of(checks, admitted::orElseThrow);
  }

  private static Check unsigned() {
    return Check.fail("signature", "a signature, or the image's digest in db", "neither")
        .advise("sign it with 'trustme sign efi'");
  }

  private Optional<BootAuthority> listed() {
    return SignatureDatabase.hash(database.db(), image)
        .map(entry -> new BootAuthority(image, entry, Optional.empty()));
  }

  /** One signature; empty where a check failed. */
  private Optional<BootAuthority> signature(Pkcs7Signature signature, List<Check> own)
      throws FormatException {
    own.add(imageDigest(signature));
    own.add(attributes(signature));
    var signer = signature.certificates().stream().filter(signature::namesSigner).findFirst();
    boolean signed =
        signer.isPresent()
            && signature.hasAttributes()
            && signature.verifies(signer.get(), signature.signedAttributes());
    own.add(
        signed
            ? Check.pass("signature", "by " + signer.orElseThrow().getSubject())
            : Check.fail(
                "signature",
                "a valid signature by the certificate it names",
                signer.isEmpty() ? "no such certificate inside" : "an invalid one"));
    Optional<SignatureData> entry = Optional.empty();
    if (signed) {
      var path = new SignerPath(signer.orElseThrow(), signature.certificates());
      own.add(notForbidden(path));
      entry = authority(path);
      own.add(admitted(entry, signer.orElseThrow()));
    }
    return own.stream().anyMatch(Check::failed)
        ? Optional.empty()
        : entry.map(data -> new BootAuthority(image, data, signer));
  }

  private Check imageDigest(Pkcs7Signature signature) throws FormatException {
    var stated = statedDigest(signature);
    String seen =
        stated.getAlgorithmId().getAlgorithm().equals(NISTObjectIdentifiers.id_sha256)
            ? "sha256:" + Bytes.copyOf(stated.getDigest()).hex()
            : "algorithm " + stated.getAlgorithmId().getAlgorithm();
    return seen.equals(image.toString())
        ? Check.pass("image-digest", seen)
        : Check.fail("image-digest", image.toString(), seen)
            .advise("the image was changed after it was signed");
  }

  /** The DigestInfo of SpcIndirectDataContent, which is two SEQUENCEs: what, and its digest. */
  private static DigestInfo statedDigest(Pkcs7Signature signature) throws FormatException {
    if (!signature.contentType().equals(SPC_INDIRECT_DATA)) {
      throw new FormatException(
          "PKCS#7 SignedData",
          0,
          "content %s is no Authenticode".formatted(signature.contentType()));
    }
    try {
      var content = ASN1Sequence.getInstance(signature.content().getContent());
      if (content.size() == 2 && content.getObjectAt(0) instanceof ASN1Sequence) {
        return DigestInfo.getInstance(content.getObjectAt(1));
      }
    } catch (IllegalArgumentException | NullPointerException e) {
      // Said below.
    }
    throw new FormatException("SpcIndirectDataContent", 0, "is not what it should be");
  }

  /** contentType and messageDigest, each once; the digest is over the content without its tag. */
  private static Check attributes(Pkcs7Signature signature) throws FormatException {
    var type = signature.attribute(CMSAttributes.contentType);
    if (type.isEmpty() || !SPC_INDIRECT_DATA.equals(type.get().toASN1Primitive())) {
      return Check.fail("message-digest", "contentType " + SPC_INDIRECT_DATA, type.toString());
    }
    if (!signature.digestAlgorithm().equals(Optional.of(HashAlgorithm.SHA256))) {
      return Check.fail(
          "message-digest",
          "sha256",
          signature.digestAlgorithm().map(Object::toString).orElse("another"));
    }
    String expected =
        HashAlgorithm.SHA256
            .digest(contents(Pkcs7Signature.encoded(signature.content().getContent())))
            .hex();
    String seen =
        signature
            .attribute(CMSAttributes.messageDigest)
            .filter(ASN1OctetString.class::isInstance)
            .map(value -> Bytes.copyOf(((ASN1OctetString) value).getOctets()).hex())
            .orElse("none");
    return seen.equals(expected)
        ? Check.pass("message-digest", seen)
        : Check.fail("message-digest", expected, seen);
  }

  /** The contents octets of a DER element: without tag and length. */
  private static Bytes contents(Bytes element) {
    int first = element.at(1);
    return element.slice(first < 0x80 ? 2 : 2 + (first & 0x7f), element.size());
  }

  private Check notForbidden(SignerPath path) {
    for (var entry : SignatureDatabase.certificates(database.dbx())) {
      if (path.leadsTo(entry.certificate())) {
        return Check.fail(
            FORBIDDEN,
            "a path that dbx does not list",
            entry.certificate().getSubject().toString());
      }
    }
    for (var certificate : path.certificates()) {
      if (SignatureDatabase.namesHash(database.dbx(), certificate)) {
        return Check.fail(
            FORBIDDEN, "a path that dbx does not list", certificate.getSubject().toString());
      }
    }
    return Check.pass(FORBIDDEN, "not listed");
  }

  private Optional<SignatureData> authority(SignerPath path) {
    return SignatureDatabase.certificates(database.db()).stream()
        .filter(entry -> path.leadsTo(entry.certificate()))
        .map(SignatureDatabase.CertificateEntry::data)
        .findFirst();
  }

  private Check admitted(Optional<SignatureData> entry, X509CertificateHolder signer) {
    return entry.isPresent()
        ? Check.pass("db-authority", "owner " + entry.get().signatureOwner())
        : Check.fail(
                "db-authority",
                "db holds " + signer.getSubject() + " or its issuer",
                "%d certificates, none of them that"
                    .formatted(SignatureDatabase.certificates(database.db()).size()))
            .advise("sign it with a key whose certificate is in db");
  }
}
