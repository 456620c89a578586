// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * What does not change about the certificates of authorities, so that whoever validates many paths
 * finds it out once: their parsed forms, and by which key each is signed. Nothing here is trusted,
 * and no answer depends on it: validity, names and revocation are looked at each time. Bounded, and
 * for any number of threads.
 */
public final class PathMemory {
  private static final int MAX_AUTHORITIES = 256;
  private static final int MAX_BYTES = 16 * 1024;

  /** A certificate that this key signed. */
  private record Issued(Bytes key, Bytes certificate) {}

  /** What was found out of one certificate, or of one and its issuer: of these very objects. */
  private record Fact(
      X509CertificateHolder certificate, @Nullable X509CertificateHolder issuer, Object kind) {
    @Override
    @SuppressWarnings("ReferenceEquality") // A certificate's own comparison encodes all of it.
    public boolean equals(@Nullable Object other) {
      return other instanceof Fact that
          && certificate == that.certificate
          && issuer == that.issuer
          && kind.equals(that.kind);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(certificate) * 31 + System.identityHashCode(issuer);
    }
  }

  private final Set<Fact> facts = ConcurrentHashMap.newKeySet();
  private final Map<Fact, IssuerKey> keys = new ConcurrentHashMap<>();
  private final Map<Bytes, X509CertificateHolder> parsed = new ConcurrentHashMap<>();
  private final Map<X509CertificateHolder, X509Certificate> converted = new ConcurrentHashMap<>();
  private final Set<Issued> issued = ConcurrentHashMap.newKeySet();

  /** {@link Certificates#parseDer} */
  public X509CertificateHolder parseDer(Bytes der) throws FormatException {
    var known = parsed.get(der);
    if (known != null) {
      return known;
    }
    var certificate = Certificates.parseDer(der);
    if (isWorthKeeping(certificate, parsed.size())) {
      parsed.put(der, certificate);
    }
    return certificate;
  }

  /** Where strangers' certificates have filled it, it begins anew. */
  private boolean isWorthKeeping(X509CertificateHolder certificate, int kept) {
    if (!CandidatePath.isAuthority(certificate)
        || Certificates.der(certificate).size() > MAX_BYTES) {
      return false;
    }
    if (kept >= MAX_AUTHORITIES) {
      parsed.clear();
      converted.clear();
      issued.clear();
      facts.clear();
      keys.clear();
    }
    return true;
  }

  /** The certificate as the library's path validation wants it. */
  X509Certificate converted(X509CertificateHolder certificate) throws CertificateException {
    var known = converted.get(certificate);
    if (known == null) {
      known = PathCertificate.of(certificate, this);
      if (isWorthKeeping(certificate, converted.size())) {
        converted.put(certificate, known);
      }
    }
    return known;
  }

  /**
   * Whether the key signed the certificate, as far as {@link SignatureScheme} knows the algorithm.
   */
  boolean issued(SubjectPublicKeyInfo key, X509CertificateHolder certificate) {
    return inside(certificate)
        && (CandidatePath.isAuthority(certificate)
            ? authority(key, certificate)
            : signed(key, certificate));
  }

  /** RFC 5280, 4.1.1.2. */
  private static boolean inside(X509CertificateHolder certificate) {
    return certificate
        .toASN1Structure()
        .getTBSCertificate()
        .getSignature()
        .equals(certificate.getSignatureAlgorithm());
  }

  /** The same of an issuer's key. */
  boolean issued(X509CertificateHolder issuer, X509CertificateHolder certificate) {
    return inside(certificate)
        && finds(
            new Fact(certificate, issuer, "issued"),
            () -> signed(certificate, key(issuer)::verify));
  }

  private IssuerKey key(X509CertificateHolder issuer) {
    var fact = new Fact(issuer, null, "key");
    var known = keys.get(fact);
    if (known == null) {
      known = new IssuerKey(issuer.getSubjectPublicKeyInfo());
      if (isWorthKeeping(issuer, keys.size())) {
        keys.put(fact, known);
      }
    }
    return known;
  }

  /** Whether this holds of the certificate itself, by whatever rules: it is asked once. */
  boolean holds(X509CertificateHolder certificate, Object rules, BooleanSupplier test) {
    return finds(new Fact(certificate, null, rules), test);
  }

  private boolean finds(Fact fact, BooleanSupplier test) {
    if (facts.contains(fact)) {
      return true;
    }
    boolean holds = test.getAsBoolean();
    if (holds && isWorthKeeping(fact.certificate(), facts.size())) {
      facts.add(fact);
    }
    return holds;
  }

  private boolean authority(SubjectPublicKeyInfo key, X509CertificateHolder certificate) {
    var fact = new Issued(encoded(key), Certificates.der(certificate));
    if (issued.contains(fact)) {
      return true;
    }
    boolean holds = signed(key, certificate);
    if (holds && isWorthKeeping(certificate, issued.size())) {
      issued.add(fact);
    }
    return holds;
  }

  private static boolean signed(SubjectPublicKeyInfo key, X509CertificateHolder certificate) {
    return signed(
        certificate,
        (by, message, signature) -> SignatureScheme.verify(key, by, message, signature));
  }

  private static boolean signed(X509CertificateHolder certificate, Verifier verifier) {
    return verifier.verify(
        certificate.getSignatureAlgorithm(),
        Certificates.signedPart(certificate),
        Bytes.copyOf(certificate.getSignature()));
  }

  private interface Verifier {
    boolean verify(AlgorithmIdentifier by, Bytes message, Bytes signature);
  }

  private static Bytes encoded(SubjectPublicKeyInfo key) {
    try {
      return Bytes.copyOf(key.getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
