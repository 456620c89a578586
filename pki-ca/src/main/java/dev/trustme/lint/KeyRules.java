// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.EC_CURVE;
import static dev.trustme.lint.LintRule.EC_EXPLICIT;
import static dev.trustme.lint.LintRule.EC_POINT;
import static dev.trustme.lint.LintRule.KEY_KIND;

import dev.trustme.trust.SignatureScheme;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Public keys, whatever carries them. */
final class KeyRules {
  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          X9ObjectIdentifiers.prime256v1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);
  private static final int UNCOMPRESSED = 4;

  private KeyRules() {}

  static void check(SubjectPublicKeyInfo key, Findings findings) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      ellipticCurve(key, findings);
    } else if (rsa(algorithm)) {
      RsaRules.check(key, findings);
    }
    boolean own = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) || rsa(algorithm);
    findings.require(
        own || (SignatureScheme.of(key).isPresent() && SignatureScheme.isKey(key)),
        KEY_KIND,
        "key algorithm %s is none of this suite".formatted(algorithm));
  }

  static boolean rsa(ASN1ObjectIdentifier algorithm) {
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
        || algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  private static void ellipticCurve(SubjectPublicKeyInfo key, Findings findings) {
    var parameters = key.getAlgorithm().getParameters();
    if (parameters == null
        || !(parameters.toASN1Primitive() instanceof ASN1ObjectIdentifier curve)) {
      findings.add(EC_EXPLICIT, "the curve is spelled out instead of named");
      return;
    }
    if (!CURVES.contains(curve)) {
      findings.add(EC_CURVE, "curve %s is not P-256, P-384 or P-521".formatted(curve));
      return;
    }
    byte[] point = key.getPublicKeyData().getOctets();
    findings.require(
        point.length > 0 && point[0] == UNCOMPRESSED && SignatureScheme.isKey(key),
        EC_POINT,
        "the point is compressed, or not on the curve");
  }
}
