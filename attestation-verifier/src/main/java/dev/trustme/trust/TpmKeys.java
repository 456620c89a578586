// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.tpm.TpmEccCurve;
import dev.trustme.tpm.TpmtPublic;
import java.io.IOException;
import java.security.InvalidKeyException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** TPM public areas as the keys that certificates hold. */
public final class TpmKeys {
  private TpmKeys() {}

  /**
   * The key as certificates carry it. What is no key (a point off its curve, an even modulus) is an
   * InvalidKeyException.
   */
  public static SubjectPublicKeyInfo subjectPublicKeyInfo(TpmtPublic area)
      throws InvalidKeyException {
    try {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
          switch (area.key()) {
            case TpmtPublic.Rsa rsa -> PublicKeys.rsa(rsa.modulus(), rsa.publicExponent());
            case TpmtPublic.Ecc ecc -> point(ecc);
          });
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidKeyException("the TPM's public area holds no usable key", e);
    }
  }

  private static AsymmetricKeyParameter point(TpmtPublic.Ecc ecc) {
    ASN1ObjectIdentifier oid = oid(ecc.curveId());
    X9ECParameters curve = ECNamedCurveTable.getByOID(oid);
    return new ECPublicKeyParameters(
        curve.getCurve().validatePoint(ecc.affineX(), ecc.affineY()),
        new ECNamedDomainParameters(oid, curve));
  }

  private static ASN1ObjectIdentifier oid(TpmEccCurve curve) {
    return switch (curve) {
      case TPM_ECC_NIST_P256 -> SECObjectIdentifiers.secp256r1;
      case TPM_ECC_NIST_P384 -> SECObjectIdentifiers.secp384r1;
      case TPM_ECC_NIST_P521 -> SECObjectIdentifiers.secp521r1;
    };
  }
}
