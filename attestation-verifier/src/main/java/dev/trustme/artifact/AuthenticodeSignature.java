// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.uefi.PeImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * One signature of a PE image, read, and what of it holds whatever anybody trusts. Windows
 * Authenticode PE Signature Format 1.0; RFC 2315, 9.
 */
public final class AuthenticodeSignature {
  private static final ASN1ObjectIdentifier NESTED =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.4.1");
  private static final ASN1ObjectIdentifier TIMESTAMP =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.3.3.1");

  private final Pkcs7Signature pkcs7;
  private final SpcIndirectData content;
  private final boolean nested;
  private final boolean timestamped;

  private AuthenticodeSignature(Pkcs7Signature pkcs7, SpcIndirectData content)
      throws FormatException {
    this.pkcs7 = pkcs7;
    this.content = content;
    this.nested = pkcs7.unauthenticated(NESTED).isPresent();
    this.timestamped =
        pkcs7.unauthenticated(TIMESTAMP).isPresent()
            || pkcs7.unauthenticated(PKCSObjectIdentifiers.pkcs_9_at_counterSignature).isPresent();
  }

  /** The DER of a ContentInfo, as WIN_CERTIFICATE and detached signature files hold it. */
  public static AuthenticodeSignature parse(Bytes der) throws FormatException {
    var pkcs7 = Pkcs7Signature.parseCountersigned(der);
    if (!pkcs7.contentType().equals(Authenticode.SPC_INDIRECT_DATA)) {
      throw new FormatException(
          "PKCS#7 SignedData", 0, "content %s is no Authenticode".formatted(pkcs7.contentType()));
    }
    return new AuthenticodeSignature(pkcs7, SpcIndirectData.read(pkcs7.content().getContent()));
  }

  /** The image's digest by SHA-256, SHA-384 or SHA-512; empty where it is by another algorithm. */
  public Optional<Digest> imageDigest() {
    return content.trusted();
  }

  /** The stated digest for people, whatever the algorithm. */
  public String stated() {
    return content.toString();
  }

  public Optional<PageHashes> pageHashes() {
    return content.pageHashes();
  }

  /** Whether an unauthenticated attribute carries another signature, which firmware ignores. */
  public boolean nested() {
    return nested;
  }

  /** Whether an unauthenticated attribute carries a time stamp, which firmware ignores. */
  public boolean timestamped() {
    return timestamped;
  }

  public List<X509CertificateHolder> certificates() {
    return pkcs7.certificates();
  }

  /** The certificate that the signature names, if it travels with it. */
  public Optional<X509CertificateHolder> signer() {
    return pkcs7.certificates().stream().filter(pkcs7::namesSigner).findFirst();
  }

  /** Issuer and serial number of the signer, for people. */
  public String signerName() {
    return pkcs7.signerName();
  }

  /** Whether it names this image's digest: that it was made for this image, not that it is good. */
  public boolean fits(PeImage image) throws FormatException {
    var stated = imageDigest();
    return stated.isPresent()
        && image.authenticodeDigest(stated.get().algorithm()).equals(stated.get());
  }

  /** Whether this certificate's key signed this image; nothing is said of trust. */
  public boolean isBy(X509CertificateHolder certificate, PeImage image) throws FormatException {
    return signer().filter(certificate::equals).isPresent()
        && check(image).stream().noneMatch(Check::failed);
  }

  /**
   * digest-algorithm, image-digest, content-type, message-digest, signer-certificate,
   * signature-algorithm and signature-value; warnings nested-signature and signer-key-usage.
   */
  List<Check> check(PeImage image) throws FormatException {
    List<Check> checks = new ArrayList<>();
    var digest = imageDigest();
    var by = pkcs7.digestAlgorithm();
    if (digest.isEmpty() || by.isEmpty() || digest.get().algorithm() != by.get()) {
      checks.add(
          Check.fail(
                  "digest-algorithm",
                  "sha256, sha384 or sha512, for the image and for the signature",
                  "%s, and %s".formatted(stated(), by.map(HashAlgorithm::label).orElse("another")))
              .advise("sign it anew with SHA-256"));
      return checks;
    }
    checks.add(imageDigest(image, digest.get()));
    checks.addAll(attributes(by.get()));
    checks.addAll(signature());
    if (nested) {
      checks.add(
          Check.warn(
              "nested-signature",
              "signatures beside each other in the certificate table",
              "one inside another, which firmware ignores"));
    }
    return checks;
  }

  private static Check imageDigest(PeImage image, Digest stated) throws FormatException {
    var seen = image.authenticodeDigest(stated.algorithm());
    return seen.equals(stated)
        ? Check.pass("image-digest", stated.toString())
        : Check.fail("image-digest", "an image with " + stated, seen.toString())
            .advise("the image was changed after it was signed");
  }

  /** contentType and messageDigest, each once; the digest is over the content without its tag. */
  private List<Check> attributes(HashAlgorithm algorithm) throws FormatException {
    List<Check> checks = new ArrayList<>();
    var type = pkcs7.attribute(CMSAttributes.contentType);
    if (type.isEmpty() || !Authenticode.SPC_INDIRECT_DATA.equals(type.get().toASN1Primitive())) {
      checks.add(
          Check.fail(
              "content-type",
              "the attribute contentType " + Authenticode.SPC_INDIRECT_DATA,
              type.map(Object::toString).orElse("none")));
    }
    String expected =
        algorithm.digest(contents(Pkcs7Signature.encoded(pkcs7.content().getContent()))).hex();
    String seen =
        pkcs7
            .attribute(CMSAttributes.messageDigest)
            .filter(ASN1OctetString.class::isInstance)
            .map(value -> Bytes.copyOf(((ASN1OctetString) value).getOctets()).hex())
            .orElse("none");
    checks.add(
        seen.equals(expected)
            ? Check.pass("message-digest", seen)
            : Check.fail("message-digest", expected, seen));
    return checks;
  }

  /** The contents octets of a DER element: without tag and length. */
  private static Bytes contents(Bytes element) {
    int first = element.at(1);
    return element.slice(first < 0x80 ? 2 : 2 + (first & 0x7f), element.size());
  }

  private List<Check> signature() throws FormatException {
    var signer = signer();
    if (signer.isEmpty()) {
      return List.of(
          Check.fail(
              "signer-certificate",
              "the certificate of %s inside".formatted(signerName()),
              "%d others".formatted(certificates().size())));
    }
    var key = signer.get().getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm();
    if (!key.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return List.of(
          Check.fail("signature-algorithm", "RSA, which firmware verifies everywhere", "" + key));
    }
    List<Check> checks = new ArrayList<>();
    boolean good =
        pkcs7.hasAttributes() && pkcs7.verifiesRsa(signer.get(), pkcs7.signedAttributes());
    checks.add(
        good
            ? Check.pass("signature-value", "by " + signer.get().getSubject())
            : Check.fail(
                "signature-value",
                "a valid signature by " + signer.get().getSubject(),
                "an invalid one"));
    var usage =
        signer.get().getExtensions() == null
            ? null
            : KeyUsage.fromExtensions(signer.get().getExtensions());
    if (usage != null && !usage.hasUsages(KeyUsage.digitalSignature)) {
      checks.add(
          Check.warn(
              "signer-key-usage",
              "a certificate with the key usage digitalSignature",
              signer.get().getSubject() + ", which firmware takes and other verifiers do not"));
    }
    return checks;
  }
}
