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
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

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
    var inside = certificate.toASN1Structure().getTBSCertificate().getSignature();
    return inside.equals(certificate.getSignatureAlgorithm())
        && (CandidatePath.isAuthority(certificate)
            ? authority(key, certificate)
            : signed(key, certificate));
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
    return SignatureScheme.verify(
        key,
        certificate.getSignatureAlgorithm(),
        Certificates.signedPart(certificate),
        Bytes.copyOf(certificate.getSignature()));
  }

  private static Bytes encoded(SubjectPublicKeyInfo key) {
    try {
      return Bytes.copyOf(key.getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
