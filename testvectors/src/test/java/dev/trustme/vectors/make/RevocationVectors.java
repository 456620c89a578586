// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.SeededPki.issue;
import static dev.trustme.vectors.make.SeededPki.root;
import static dev.trustme.vectors.make.X509Vectors.pem;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.jspecify.annotations.Nullable;

/** CRLs and OCSP responses about one signer that the anchor itself certified. */
final class RevocationVectors {
  private static final Instant AT = Instant.parse(X509Vectors.AT);
  private static final Instant MADE = AT.minus(Duration.ofDays(1));
  private static final Instant UNTIL = AT.plus(Duration.ofDays(1));
  private static final Identity ANCHOR = X509Vectors.ANCHOR;
  private static final Identity SIGNER = issue(ANCHOR, X509Vectors.LEAF);
  private static final BigInteger SERIAL = SIGNER.certificate().getSerialNumber();
  private static final Plan RESPONDER =
      Plan.leaf("Vector Responder", 9, Role.OCSP)
          .with(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
  private static final Identity DELEGATE = issue(ANCHOR, RESPONDER);

  private final FamilyMaker family;

  RevocationVectors(FamilyMaker family) {
    this.family = family;
  }

  void make() throws IOException {
    family.file("revocation.chain.pem", pem(SIGNER));
    var good =
        positive(
            "crl",
            "a current list of the issuer that does not name the signer",
            Map.of("crl", crl(ANCHOR, MADE, UNTIL, 7, b -> b)),
            Map.of("floor", "7"));
    lists(good);
    times(good);
    deltas();
    responses();
  }

  private Vector positive(
      String id, String comment, Map<String, Bytes> more, Map<String, String> context)
      throws IOException {
    var files = new TreeMap<String, String>();
    files.put("chain", "revocation.chain.pem");
    files.put("roots", "roots.pem");
    for (var entry : more.entrySet()) {
      String name = id + "." + entry.getKey() + ".der";
      files.put(entry.getKey(), name);
      family.file(name, entry.getValue());
    }
    var told = new TreeMap<>(context);
    told.put("role", "container");
    told.put("at", X509Vectors.AT);
    told.put("revocation", "required");
    return family.accept(id, comment, files, told);
  }

  private void lists(Vector good) throws IOException {
    var other = root(Plan.authority("Vector Other", 1));
    var impostor = new Identity(SeededKey.p256("impostor"), ANCHOR.certificate());
    var noLists =
        root(
            Plan.authority("Vector Root", 1)
                .with(Extension.keyUsage, true, Plan.usage(KeyUsage.keyCertSign)));
    family
        .otherFile(
            good,
            "crl-revoked",
            "the list names the signer",
            "crl",
            crl(ANCHOR, MADE, UNTIL, 7, b -> revoke(b)),
            "certificate-revoked")
        .otherFile(
            good,
            "crl-without-number",
            "a list without a number",
            "crl",
            crl(ANCHOR, MADE, UNTIL, -1, b -> b),
            "revocation-list")
        .otherFile(
            good,
            "crl-of-another-key",
            "another key signed in the issuer's name",
            "crl",
            crl(impostor, MADE, UNTIL, 7, b -> b),
            "revocation-list-signature")
        .otherFile(
            good,
            "crl-of-another-issuer",
            "a list of another issuer, and one is required",
            "crl",
            crl(other, MADE, UNTIL, 7, b -> b),
            "revocation-known")
        .otherFile(
            good,
            "crl-signer-may-not",
            "the issuer's key usage does not allow lists",
            "roots",
            pem(noLists),
            "revocation-list-signer")
        .otherFile(
            good,
            "crl-text",
            "a text instead of a list",
            "crl",
            Bytes.utf8("no list\n"),
            "CertificateList: is neither DER nor one PEM block of type X509 CRL");
  }

  private void times(Vector good) throws IOException {
    family
        .otherFile(
            good,
            "crl-old",
            "a list whose time is over, and a current one is required",
            "crl",
            crl(ANCHOR, MADE, MADE.plusSeconds(1), 7, b -> b),
            "revocation-stale")
        .otherFile(
            good,
            "crl-early",
            "a list of tomorrow",
            "crl",
            crl(ANCHOR, AT.plusSeconds(1), UNTIL, 7, b -> b),
            "revocation-early")
        .otherContext(
            good,
            "crl-number-regress",
            "a list with a lower number than one seen before",
            "floor",
            "8",
            "revocation-number");
  }

  private void deltas() throws IOException {
    var good =
        positive(
            "delta",
            "a list that holds the signer, and a delta that takes it back",
            Map.of(
                "crl",
                crl(
                    ANCHOR,
                    MADE,
                    UNTIL,
                    7,
                    b -> b.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.certificateHold)),
                "delta",
                delta(7)),
            Map.of());
    family.otherFile(
        good,
        "delta-with-a-gap",
        "a delta that changes a later list",
        "delta",
        delta(8),
        "revocation-delta");
  }

  private static Bytes delta(int base) {
    return crl(
        ANCHOR,
        MADE,
        UNTIL,
        9,
        b ->
            with(b, SeededPki.extension(Extension.deltaCRLIndicator, true, new ASN1Integer(base)))
                .addCRLEntry(SERIAL, Date.from(MADE), CRLReason.removeFromCRL));
  }

  private void responses() throws IOException {
    var good =
        positive(
            "ocsp",
            "a current response of the issuer's responder",
            Map.of("ocsp", ocsp(DELEGATE, CertificateStatus.GOOD, MADE, null)),
            Map.of());
    var noNoCheck = issue(ANCHOR, RESPONDER.without(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck));
    var impostor = new Identity(SeededKey.p256("impostor"), DELEGATE.certificate());
    var critical =
        new Extensions(
            SeededPki.extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, true, DERNull.INSTANCE));
    other(
        good,
        "ocsp-revoked",
        "the responder says revoked",
        ocsp(DELEGATE, new RevokedStatus(Date.from(MADE), CRLReason.keyCompromise), MADE, null));
    other(
        good,
        "ocsp-status",
        "the responder does not know the signer",
        ocsp(DELEGATE, new UnknownStatus(), MADE, null));
    other(
        good,
        "ocsp-time",
        "a response of tomorrow",
        ocsp(DELEGATE, CertificateStatus.GOOD, AT.plusSeconds(1), null));
    other(
        good,
        "ocsp-responder",
        "a responder that might be revoked itself",
        ocsp(noNoCheck, CertificateStatus.GOOD, MADE, null));
    other(
        good,
        "ocsp-signature",
        "another key signed in the responder's name",
        ocsp(impostor, CertificateStatus.GOOD, MADE, null));
    other(
        good,
        "ocsp-extension",
        "a critical extension that nobody asked for",
        ocsp(DELEGATE, CertificateStatus.GOOD, MADE, critical));
    family.otherFile(
        good,
        "ocsp-try-later",
        "a responder that was too busy",
        "ocsp",
        Bytes.fromHex("30030a0103"),
        "OCSPResponse: status 3, which says nothing");
  }

  /** The vector has its reason's name. */
  private void other(Vector good, String reason, String comment, Bytes response)
      throws IOException {
    family.otherFile(good, reason, comment, "ocsp", response, reason);
  }

  private static Bytes crl(
      Identity issuer,
      Instant from,
      Instant to,
      int number,
      UnaryOperator<X509v2CRLBuilder> change) {
    var builder = new X509v2CRLBuilder(issuer.name(), Date.from(from)).setNextUpdate(Date.from(to));
    if (number >= 0) {
      var value = new CRLNumber(BigInteger.valueOf(number));
      with(builder, SeededPki.extension(Extension.cRLNumber, false, value));
    }
    try {
      return Bytes.copyOf(change.apply(builder).build(issuer.key().signer()).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a list encodes", e);
    }
  }

  private static X509v2CRLBuilder with(X509v2CRLBuilder builder, Extension extension) {
    try {
      return builder.addExtension(extension);
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }

  private static X509v2CRLBuilder revoke(X509v2CRLBuilder builder) {
    return builder.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.keyCompromise);
  }

  private static Bytes ocsp(
      Identity responder,
      @Nullable CertificateStatus status,
      Instant from,
      @Nullable Extensions more) {
    try {
      var builder = new BasicOCSPRespBuilder(new RespID(responder.name()));
      builder.addResponse(certificateId(), status, Date.from(from), Date.from(UNTIL));
      Optional.ofNullable(more).ifPresent(builder::setResponseExtensions);
      var basic =
          builder.build(
              responder.key().signer(),
              new X509CertificateHolder[] {responder.certificate()},
              Date.from(from));
      return Bytes.copyOf(
          new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
    } catch (OCSPException | IOException e) {
      throw new IllegalStateException("a response encodes", e);
    }
  }

  private static CertificateID certificateId() throws IOException {
    var hash = HashAlgorithm.SHA256;
    var key = ANCHOR.certificate().getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
    return new CertificateID(
        new CertID(
            new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256),
            new DEROctetString(
                hash.digest(Bytes.copyOf(ANCHOR.name().getEncoded("DER"))).value().toArray()),
            new DEROctetString(hash.digest(Bytes.copyOf(key)).value().toArray()),
            new ASN1Integer(SERIAL)));
  }
}
