// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * What one file holds to be linted: certificates, requests (RFC 2986) and revocation lists (RFC
 * 5280, 5), as PEM objects or as one DER structure.
 */
public record LintInput(
    List<X509CertificateHolder> certificates,
    List<PKCS10CertificationRequest> requests,
    List<X509CRLHolder> lists) {
  private static final int MAX_NAME = 4096;

  private static final int MAX_OBJECTS = 100_000;

  public LintInput {
    certificates = List.copyOf(certificates);
    requests = List.copyOf(requests);
    lists = List.copyOf(lists);
  }

  public static LintInput parse(Bytes content) throws FormatException {
    if (content.size() > 0 && content.at(0) == 0x30) {
      return der(content);
    }
    List<X509CertificateHolder> certificates = new ArrayList<>();
    List<PKCS10CertificationRequest> requests = new ArrayList<>();
    List<X509CRLHolder> lists = new ArrayList<>();
    for (var object : pem(content)) {
      switch (object.type()) {
        case "CERTIFICATE" -> certificates.add(Certificates.parseDer(object.content()));
        case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
            requests.add(request(object.content()));
        case "X509 CRL" -> lists.add(list(object.content()));
        default ->
            throw new FormatException(
                "PEM", 0, "expected certificates, requests or CRLs, found " + object.type());
      }
    }
    if (certificates.isEmpty() && requests.isEmpty() && lists.isEmpty()) {
      throw new FormatException("PEM", 0, "holds no certificate, request or CRL");
    }
    return new LintInput(certificates, requests, lists);
  }

  private record Pem(String type, Bytes content) {}

  private static List<Pem> pem(Bytes content) throws FormatException {
    List<Pem> objects = new ArrayList<>();
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      for (var object = reader.readPemObject(); object != null; object = reader.readPemObject()) {
        objects.add(new Pem(object.getType(), Bytes.copyOf(object.getContent())));
        if (objects.size() > MAX_OBJECTS) {
          throw new FormatException("PEM", 0, "holds more than %d objects".formatted(MAX_OBJECTS));
        }
      }
      return objects;
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM file");
    }
  }

  /** The three structures differ in the first element of their signed part. */
  private static LintInput der(Bytes der) throws FormatException {
    return switch (kind(der)) {
      case REQUEST -> new LintInput(List.of(), List.of(request(der)), List.of());
      case LIST -> new LintInput(List.of(), List.of(), List.of(list(der)));
      case CERTIFICATE -> new LintInput(List.of(Certificates.parseDer(der)), List.of(), List.of());
    };
  }

  private enum Kind {
    CERTIFICATE,
    REQUEST,
    LIST
  }

  /** A request has 4 elements behind INTEGER 0; a list has a time where a certificate has none. */
  private static Kind kind(Bytes der) {
    try {
      var signed = ASN1Sequence.getInstance(ASN1Sequence.getInstance(der.toArray()).getObjectAt(0));
      if (signed.size() <= 4
          && signed.getObjectAt(0) instanceof org.bouncycastle.asn1.ASN1Integer version
          && version.hasValue(0)) {
        return Kind.REQUEST;
      }
      for (int i = 2; i < Math.min(4, signed.size()); i++) {
        if (signed.getObjectAt(i) instanceof org.bouncycastle.asn1.ASN1UTCTime
            || signed.getObjectAt(i) instanceof org.bouncycastle.asn1.ASN1GeneralizedTime) {
          return Kind.LIST;
        }
      }
      return Kind.CERTIFICATE;
    } catch (RuntimeException e) {
      return Kind.CERTIFICATE; // Its reader says what is wrong.
    }
  }

  private static PKCS10CertificationRequest request(Bytes der) throws FormatException {
    try {
      var request = new PKCS10CertificationRequest(der.toArray());
      String subject = request.getSubject().toString();
      request.getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
      request.getSignature();
      if (subject.length() <= MAX_NAME && Bytes.copyOf(request.getEncoded()).equals(der)) {
        return request;
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException("CertificationRequest", 0, "is not a PKCS#10 request");
    }
    throw new FormatException("CertificationRequest", 0, "is not DER, or bytes follow it");
  }

  private static X509CRLHolder list(Bytes der) throws FormatException {
    try {
      var list = new X509CRLHolder(der.toArray());
      requireReadable(list);
      if (Bytes.copyOf(list.getEncoded()).equals(der)) {
        return list;
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException("CertificateList", 0, "is not an X.509 revocation list");
    }
    throw new FormatException("CertificateList", 0, "is not DER, or bytes follow it");
  }

  /** Where one of these is broken, the library throws a RuntimeException. */
  private static void requireReadable(X509CRLHolder list) {
    if (list.getIssuer().toString().length() > MAX_NAME) {
      throw new IllegalArgumentException("a name that is too long");
    }
    list.toASN1Structure().getSignature().getOctets();
    list.getThisUpdate();
    list.getNextUpdate();
    var entries = list.toASN1Structure().getRevokedCertificateEnumeration();
    while (entries.hasMoreElements()) {
      ((org.bouncycastle.asn1.x509.TBSCertList.CRLEntry) entries.nextElement())
          .getUserCertificate();
    }
  }
}
