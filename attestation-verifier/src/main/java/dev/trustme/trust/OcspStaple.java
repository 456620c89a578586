// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * A stored OCSP response: RFC 6960, 4.2. Parsed and untrusted; who signed it and what it is worth,
 * {@link RevocationChecker} finds out. A nonce is not asked for, since nobody was asked.
 */
public final class OcspStaple {
  /** Responses in one file, and certificates of responders. */
  private static final int MAX_RESPONSES = 4096;

  private static final int MAX_CERTIFICATES = 8;
  private static final String NAME = "OCSPResponse";
  private static final Map<ASN1ObjectIdentifier, HashAlgorithm> HASHES =
      Map.of(
          OIWObjectIdentifiers.idSHA1, HashAlgorithm.SHA1,
          NISTObjectIdentifiers.id_sha256, HashAlgorithm.SHA256,
          NISTObjectIdentifiers.id_sha384, HashAlgorithm.SHA384,
          NISTObjectIdentifiers.id_sha512, HashAlgorithm.SHA512);

  /** What a response says of one certificate. */
  enum Status {
    GOOD,
    REVOKED,
    UNKNOWN
  }

  /** One statement; without {@code nextUpdate} newer information is available all the time. */
  record Statement(Status status, Instant thisUpdate, Optional<Instant> nextUpdate) {}

  private final BasicOCSPResponse response;
  private final List<X509CertificateHolder> certificates;

  private OcspStaple(BasicOCSPResponse response, List<X509CertificateHolder> certificates) {
    this.response = response;
    this.certificates = List.copyOf(certificates);
  }

  /** A successful basic response in DER, and nothing else. */
  public static OcspStaple parse(Bytes der) throws FormatException {
    var structure = StrictDer.parse(der, NAME);
    try {
      var outer = OCSPResponse.getInstance(structure);
      int status = outer.getResponseStatus().getIntValue();
      if (status != OCSPResponseStatus.SUCCESSFUL || outer.getResponseBytes() == null) {
        throw malformed("status %d, which says nothing".formatted(status));
      }
      var bytes = outer.getResponseBytes();
      if (!bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
        throw malformed("type %s is not basic".formatted(bytes.getResponseType()));
      }
      var basic = Bytes.copyOf(bytes.getResponse().getOctets());
      var response = BasicOCSPResponse.getInstance(StrictDer.parse(basic, NAME));
      if (!Bytes.copyOf(outer.getEncoded("DER")).equals(der)
          || !Bytes.copyOf(response.getEncoded("DER")).equals(basic)) {
        throw malformed("is not DER");
      }
      return read(response);
    } catch (IOException | RuntimeException e) {
      throw malformed("is no OCSP response");
    }
  }

  private static FormatException malformed(String problem) {
    return new FormatException(NAME, 0, problem);
  }

  /** Everything that is looked at later is looked at once here, where it may be broken. */
  private static OcspStaple read(BasicOCSPResponse response) throws FormatException, IOException {
    var data = response.getTbsResponseData();
    if (data.getVersion().intValueExact() != 0) {
      throw malformed("version %s".formatted(data.getVersion()));
    }
    if (data.getResponses().size() == 0 || data.getResponses().size() > MAX_RESPONSES) {
      throw malformed("%d responses".formatted(data.getResponses().size()));
    }
    List<X509CertificateHolder> certificates = new ArrayList<>();
    if (response.getCerts() != null) {
      if (response.getCerts().size() > MAX_CERTIFICATES) {
        throw malformed("%d certificates".formatted(response.getCerts().size()));
      }
      for (ASN1Encodable certificate : response.getCerts()) {
        certificates.add(
            Certificates.parseDer(Bytes.copyOf(certificate.toASN1Primitive().getEncoded("DER"))));
      }
    }
    var staple = new OcspStaple(response, certificates);
    staple.producedAt();
    response.getSignature().getOctets();
    if (data.getResponderID().getName() != null) {
      Certificates.requireReadable(data.getResponderID().getName());
    }
    for (ASN1Encodable single : data.getResponses()) {
      var statement = SingleResponse.getInstance(single);
      statement(statement);
      statement.getCertID().getSerialNumber().getValue();
    }
    return staple;
  }

  private ResponseData data() {
    return response.getTbsResponseData();
  }

  Instant producedAt() {
    return instant(data().getProducedAt());
  }

  private static Instant instant(ASN1GeneralizedTime time) {
    try {
      return time.getDate().toInstant();
    } catch (ParseException e) {
      throw new IllegalArgumentException("no time", e);
    }
  }

  /** Certificates that came along, for finding the responder's. */
  List<X509CertificateHolder> certificates() {
    return certificates;
  }

  /** A critical extension, none of which is understood here; RFC 6960, 4.4. */
  Optional<String> criticalExtension(
      X509CertificateHolder certificate, X509CertificateHolder issuer) {
    return critical(data().getResponseExtensions())
        .or(() -> single(certificate, issuer).flatMap(s -> critical(s.getSingleExtensions())));
  }

  private static Optional<String> critical(@Nullable Extensions extensions) {
    return extensions == null
        ? Optional.empty()
        : Arrays.stream(extensions.getCriticalExtensionOIDs())
            .map(ASN1ObjectIdentifier::getId)
            .findFirst();
  }

  /** What it says of the certificate that this issuer issued; of two statements, the worst. */
  Optional<Statement> statement(X509CertificateHolder certificate, X509CertificateHolder issuer) {
    return single(certificate, issuer).map(OcspStaple::statement);
  }

  private Optional<SingleResponse> single(
      X509CertificateHolder certificate, X509CertificateHolder issuer) {
    SingleResponse found = null;
    for (ASN1Encodable encodable : data().getResponses()) {
      var candidate = SingleResponse.getInstance(encodable);
      boolean worse =
          found == null || statement(candidate).status().compareTo(statement(found).status()) > 0;
      if (worse && names(candidate.getCertID(), certificate.getSerialNumber(), issuer)) {
        found = candidate;
      }
    }
    return Optional.ofNullable(found);
  }

  private static Statement statement(SingleResponse single) {
    CertStatus status = single.getCertStatus();
    return new Statement(
        switch (status.getTagNo()) {
          case 0 -> Status.GOOD;
          case 1 -> Status.REVOKED;
          default -> Status.UNKNOWN;
        },
        instant(single.getThisUpdate()),
        Optional.ofNullable(single.getNextUpdate()).map(OcspStaple::instant));
  }

  /** RFC 6960, 4.1.1: hashes of the issuer's name and key, and the serial number. */
  private static boolean names(CertID id, BigInteger serial, X509CertificateHolder issuer) {
    var hash = HASHES.get(id.getHashAlgorithm().getAlgorithm());
    return hash != null
        && id.getSerialNumber().getValue().equals(serial)
        && hash.digest(name(issuer))
            .value()
            .equals(Bytes.copyOf(id.getIssuerNameHash().getOctets()))
        && hash.digest(key(issuer)).value().equals(Bytes.copyOf(id.getIssuerKeyHash().getOctets()));
  }

  private static Bytes name(X509CertificateHolder issuer) {
    try {
      return Bytes.copyOf(issuer.getSubject().getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed name encodes", e);
    }
  }

  /** The key's BIT STRING without tag, length and unused bits. */
  private static Bytes key(X509CertificateHolder issuer) {
    return Bytes.copyOf(issuer.getSubjectPublicKeyInfo().getPublicKeyData().getBytes());
  }

  /** RFC 6960, 4.2.2.3: whether the responder is named as this certificate. */
  boolean claims(X509CertificateHolder responder) {
    var id = data().getResponderID();
    return id.getName() != null
        ? id.getName().equals(responder.getSubject())
        : HashAlgorithm.SHA1.digest(key(responder)).value().equals(Bytes.copyOf(id.getKeyHash()));
  }

  boolean signedBy(X509CertificateHolder responder) {
    try {
      return Signatures.verify(
          responder,
          response.getSignatureAlgorithm(),
          Bytes.copyOf(data().getEncoded("DER")),
          Bytes.copyOf(response.getSignature().getOctets()));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed response encodes", e);
    }
  }
}
