// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.CertificateList;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.TBSCertList;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * A certificate revocation list, complete or delta: RFC 5280, 5. Parsed and untrusted; whose it is
 * and what it is worth, {@link RevocationChecker} finds out. Lists of several issuers, of some
 * reasons only, or with critical extensions that are not understood say nothing here, and {@link
 * #problem} tells why.
 */
public final class RevocationList {
  /** Bytes of one list: some 400,000 entries. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_NUMBER_BYTES = 20;
  private static final String NAME = "CertificateList";
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(Extension.deltaCRLIndicator, Extension.issuingDistributionPoint);

  private final CertificateList list;
  private final @Nullable Extensions extensions;
  private final Map<BigInteger, Integer> reasons = new HashMap<>();
  private @Nullable String problem;

  private RevocationList(CertificateList list) {
    this.list = list;
    this.extensions = list.getTBSCertList().getExtensions();
  }

  /** One list, DER or PEM, and nothing else. */
  public static RevocationList parse(Bytes content) throws FormatException {
    Bytes der = content.size() > 0 && content.at(0) == 0x30 ? content : unwrap(content);
    var structure = StrictDer.parse(der, NAME, MAX_BYTES);
    try {
      var list = new RevocationList(CertificateList.getInstance(structure));
      if (!Bytes.copyOf(list.list.getEncoded("DER")).equals(der)) {
        throw new FormatException(NAME, 0, "is not DER");
      }
      list.read();
      return list;
    } catch (IOException | RuntimeException e) {
      throw new FormatException(NAME, 0, "is no certificate revocation list");
    }
  }

  private static Bytes unwrap(Bytes pem) throws FormatException {
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(pem.toArray()), StandardCharsets.US_ASCII))) {
      var object = reader.readPemObject();
      if (object != null && object.getType().equals("X509 CRL") && reader.readPemObject() == null) {
        return Bytes.copyOf(object.getContent());
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException(NAME, 0, "is neither DER nor PEM");
    }
    throw new FormatException(NAME, 0, "is neither DER nor one PEM block of type X509 CRL");
  }

  /** Everything that is looked at later is looked at once here, where it may be broken. */
  private void read() {
    var signed = list.getTBSCertList();
    list.getSignature().getOctets();
    if (signed.getVersionNumber() != 2) {
      problem("is not of version 2");
    }
    if (!signed.getSignature().equals(list.getSignatureAlgorithm())) {
      problem("names two algorithms");
    }
    KeyForm.problem(list.getSignatureAlgorithm()).ifPresent(this::problem);
    Certificates.requireReadable(issuer());
    if (thisUpdate().isAfter(nextUpdate().orElse(Instant.MAX))) {
      throw new IllegalArgumentException("ends before it begins");
    }
    if (nextUpdate().isEmpty()) {
      problem("does not say how long it holds");
    }
    readExtensions();
    var entries = signed.getRevokedCertificateEnumeration();
    while (entries.hasMoreElements()) {
      read((TBSCertList.CRLEntry) entries.nextElement());
    }
  }

  private void problem(String words) {
    if (problem == null) {
      problem = words;
    }
  }

  /** RFC 5280, 5.2. */
  private void readExtensions() {
    if (extensions != null) {
      for (ASN1ObjectIdentifier id : extensions.getCriticalExtensionOIDs()) {
        if (!UNDERSTOOD.contains(id)) {
          problem("has the critical extension " + id);
        }
      }
    }
    if (number().signum() < 0 || number().toByteArray().length > MAX_NUMBER_BYTES) {
      problem("has no number of at most %d bytes".formatted(MAX_NUMBER_BYTES));
    }
    AuthorityKeyIdentifier.fromExtensions(extensions);
    if (isDelta() && !critical(Extension.deltaCRLIndicator)) {
      problem("is a delta and does not say so critically");
    }
    base();
    var point = point();
    if (point.isPresent()) {
      var scope = point.get();
      if (!critical(Extension.issuingDistributionPoint)
          || scope.isIndirectCRL()
          || scope.onlyContainsAttributeCerts()
          || scope.getOnlySomeReasons() != null
          || scope.getDistributionPoint() != null
          || (scope.onlyContainsUserCerts() && scope.onlyContainsCACerts())) {
        problem("covers less than all reasons and certificates of its issuer");
      }
    }
  }

  /** RFC 5280, 5.3. */
  private void read(TBSCertList.CRLEntry entry) {
    int reason = CRLReason.unspecified;
    entry.getRevocationDate().getDate();
    if (entry.hasExtensions()) {
      var own = entry.getExtensions();
      if (own.getCriticalExtensionOIDs().length > 0
          || own.getExtension(Extension.certificateIssuer) != null) {
        problem("has an entry with a critical extension");
      }
      var given = own.getExtension(Extension.reasonCode);
      if (given != null) {
        reason = CRLReason.getInstance(given.getParsedValue()).getValue().intValueExact();
      }
    }
    if (reasons.put(entry.getUserCertificate().getValue(), reason) != null) {
      problem("names a certificate twice");
    }
    if (reason == CRLReason.removeFromCRL && !isDelta()) {
      problem("takes an entry back and is no delta");
    }
  }

  private Optional<Extension> extension(ASN1ObjectIdentifier id) {
    return Optional.ofNullable(Extensions.getExtension(extensions, id));
  }

  private boolean critical(ASN1ObjectIdentifier id) {
    return extension(id).filter(Extension::isCritical).isPresent();
  }

  private Optional<BigInteger> integer(ASN1ObjectIdentifier id) {
    return extension(id).map(e -> ASN1Integer.getInstance(e.getParsedValue()).getValue());
  }

  private Optional<IssuingDistributionPoint> point() {
    return extension(Extension.issuingDistributionPoint)
        .map(e -> IssuingDistributionPoint.getInstance(e.getParsedValue()));
  }

  public X500Name issuer() {
    return list.getIssuer();
  }

  /** The CRL number, which only grows; -1 where there is none. */
  public BigInteger number() {
    return integer(Extension.cRLNumber).orElse(BigInteger.ONE.negate());
  }

  /** A delta CRL: the number of the complete list that it changes. */
  public Optional<BigInteger> base() {
    return integer(Extension.deltaCRLIndicator);
  }

  boolean isDelta() {
    return extension(Extension.deltaCRLIndicator).isPresent();
  }

  public Instant thisUpdate() {
    return list.getThisUpdate().getDate().toInstant();
  }

  public Optional<Instant> nextUpdate() {
    return Optional.ofNullable(list.getNextUpdate()).map(t -> t.getDate().toInstant());
  }

  /** Why the list says nothing, if it does not. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** How many certificates it lists. */
  public int size() {
    return reasons.size();
  }

  /** The entry of a serial number: its CRLReason, 0 if none is given. */
  Optional<Integer> reason(BigInteger serial) {
    return Optional.ofNullable(reasons.get(serial));
  }

  /** Whether its distribution point covers certificates of this kind. */
  boolean covers(X509CertificateHolder certificate) {
    boolean authority = CandidatePath.isAuthority(certificate);
    return point()
        .map(p -> authority ? !p.onlyContainsUserCerts() : !p.onlyContainsCACerts())
        .orElse(true);
  }

  /** RFC 5280, 5.2.4: a delta and its complete list have the same scope. */
  boolean sameScope(RevocationList other) {
    return point().equals(other.point());
  }

  /** Whether the list can be of this issuer: its name, and no other key identifier. */
  boolean claims(X509CertificateHolder authority) {
    var identifier = AuthorityKeyIdentifier.fromExtensions(extensions);
    return issuer().equals(authority.getSubject())
        && (identifier == null || KeyNames.fit(identifier, authority));
  }

  boolean signedBy(X509CertificateHolder authority) {
    try {
      return Signatures.verify(
          authority,
          list.getSignatureAlgorithm(),
          Bytes.copyOf(list.getTBSCertList().getEncoded("DER")),
          Bytes.copyOf(list.getSignature().getOctets()));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed list encodes", e);
    }
  }
}
