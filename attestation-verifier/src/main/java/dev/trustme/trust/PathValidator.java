// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * RFC 5280 section 6 for one leaf, with the checks that PKIX leaves to the application: the leaf is
 * no CA, may sign, and carries the role; the anchor is a CA within its own validity and its path
 * length counts. The clock is an argument.
 */
public final class PathValidator {
  /** Longest chain looked at, leaf included. */
  private static final int MAX_PATH = 6;

  private static final Provider PROVIDER = new BouncyCastleProvider();

  private final TrustStore store;
  private final Instant at;

  public PathValidator(TrustStore store, Instant at) {
    this.store = store;
    this.at = at;
  }

  /** Validates the leaf (first of the chain) for the role; the other certificates are hints. */
  public Verdict<TrustedSigner> validate(List<X509CertificateHolder> chain, Role role) {
    if (chain.isEmpty()) {
      return new Verdict.Rejected<>(
          List.of(Check.fail("certificate-chain", "a signer certificate", "none")));
    }
    var leaf = chain.getFirst();
    List<Check> checks = new ArrayList<>();
    checks.add(notCa(leaf));
    checks.add(maySign(leaf, role));
    checks.add(carriesRole(leaf, role));
    var path = buildPath(chain);
    if (path.isPresent()) {
      checks.add(anchored(path.get()));
      checks.add(validity(path.get()));
      checks.add(pkix(path.get()));
    } else {
      checks.add(noPath(leaf));
    }
    return Verdict.of(checks, () -> new TrustedSigner(path.orElseThrow(), role));
  }

  private static Check notCa(X509CertificateHolder leaf) {
    var constraints = BasicConstraints.fromExtensions(extensions(leaf));
    return constraints != null && constraints.isCA()
        ? Check.fail("signer-not-ca", "an end-entity certificate", "a CA certificate")
        : Check.pass("signer-not-ca", leaf.getSubject().toString());
  }

  private static Check maySign(X509CertificateHolder leaf, Role role) {
    int needed =
        role == Role.ENDORSEMENT_KEY
            ? KeyUsage.keyEncipherment | KeyUsage.keyAgreement
            : KeyUsage.digitalSignature;
    var usage = KeyUsage.fromExtensions(extensions(leaf));
    boolean fits = usage != null && anyOf(usage, needed);
    String wanted =
        role == Role.ENDORSEMENT_KEY ? "keyEncipherment or keyAgreement" : "digitalSignature";
    return fits
        ? Check.pass("signer-key-usage", wanted)
        : Check.fail("signer-key-usage", wanted, usage == null ? "no key usage" : "not allowed");
  }

  private static boolean anyOf(KeyUsage usage, int bits) {
    for (int bit = 1; bit <= 0x8000; bit <<= 1) {
      if ((bits & bit) != 0 && usage.hasUsages(bit)) {
        return true;
      }
    }
    return false;
  }

  private static Check carriesRole(X509CertificateHolder leaf, Role role) {
    return role.in(leaf)
        ? Check.pass("signer-role", role.label())
        : Check.fail("signer-role", role.label(), Role.of(leaf).toString());
  }

  private static Check noPath(X509CertificateHolder leaf) {
    return Check.fail(
        "certificate-anchor", "a path to a trust anchor", "none from " + leaf.getIssuer());
  }

  private static Check anchored(List<X509CertificateHolder> path) {
    return Check.pass("certificate-anchor", path.getLast().getSubject().toString());
  }

  /** Every certificate of the path, the anchor included, is within its validity. */
  private Check validity(List<X509CertificateHolder> path) {
    for (var certificate : path) {
      if (!certificate.isValidOn(Date.from(at))) {
        return Check.fail(
            "certificate-validity",
            "%s to %s for %s"
                .formatted(
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant(),
                    certificate.getSubject()),
            at.toString());
      }
    }
    return Check.pass("certificate-validity", at.toString());
  }

  /** Leaf first, anchor last; bounded, by subject and issuer name, each certificate used once. */
  private Optional<List<X509CertificateHolder>> buildPath(List<X509CertificateHolder> chain) {
    return extend(List.of(chain.getFirst()), chain.subList(1, chain.size()));
  }

  private Optional<List<X509CertificateHolder>> extend(
      List<X509CertificateHolder> path, List<X509CertificateHolder> hints) {
    var last = path.getLast();
    for (var anchor : store.anchors()) {
      if (anchor.getSubject().equals(last.getIssuer()) && !anchor.equals(path.getFirst())) {
        return Optional.of(append(path, anchor));
      }
    }
    if (path.size() >= MAX_PATH - 1) {
      return Optional.empty();
    }
    for (var hint : hints) {
      if (hint.getSubject().equals(last.getIssuer()) && !path.contains(hint)) {
        var longer = extend(append(path, hint), hints);
        if (longer.isPresent()) {
          return longer;
        }
      }
    }
    return Optional.empty();
  }

  private static List<X509CertificateHolder> append(
      List<X509CertificateHolder> path, X509CertificateHolder next) {
    List<X509CertificateHolder> longer = new ArrayList<>(path);
    longer.add(next);
    return longer;
  }

  private Check pkix(List<X509CertificateHolder> path) {
    try {
      var anchor = convert(path.getLast());
      if (anchor.getBasicConstraints() < path.size() - 2) {
        return Check.fail(
            "certificate-path", "an anchor that may issue this path", "path length exceeded");
      }
      List<X509Certificate> below = new ArrayList<>();
      for (var certificate : path.subList(0, path.size() - 1)) {
        below.add(convert(certificate));
      }
      var parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX", PROVIDER)
          .validate(
              CertificateFactory.getInstance("X.509", PROVIDER).generateCertPath(below),
              parameters);
      return Check.pass("certificate-path", anchor.getSubjectX500Principal().getName());
    } catch (GeneralSecurityException | RuntimeException e) {
      // The library meets broken extensions with either; both mean that this path is not valid.
      return Check.fail(
          "certificate-path",
          "a valid path at " + at,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static X509Certificate convert(X509CertificateHolder certificate)
      throws CertificateException {
    return new JcaX509CertificateConverter().setProvider(PROVIDER).getCertificate(certificate);
  }

  private static Extensions extensions(X509CertificateHolder holder) {
    var extensions = holder.getExtensions();
    return extensions == null ? new Extensions(new Extension[0]) : extensions;
  }
}
