// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** A TPM's public keys as the JDK's, and back. */
public final class TpmPublicKey {
  /** TPMA_OBJECT of a foreign public key: userWithAuth, decrypt, sign, as tpm2-tools load one. */
  private static final long FOREIGN = 0x0006_0040L;

  private TpmPublicKey() {}

  /** A key that is no key (off the curve, an even modulus) is a GeneralSecurityException. */
  public static PublicKey of(TpmtPublic publicArea) throws GeneralSecurityException {
    return switch (publicArea.key()) {
      case TpmtPublic.Rsa rsa ->
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(rsa.modulus(), rsa.publicExponent()));
      case TpmtPublic.Ecc ecc ->
          KeyFactory.getInstance("EC")
              .generatePublic(
                  new ECPublicKeySpec(
                      new ECPoint(ecc.affineX(), ecc.affineY()), parameters(ecc.curveId())));
    };
  }

  static ECParameterSpec parameters(TpmEccCurve curve) throws GeneralSecurityException {
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve.standardName()));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  /** SubjectPublicKeyInfo in PEM. RFC 7468, 13. */
  public static Bytes pem(TpmtPublic publicArea) throws GeneralSecurityException {
    var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return Bytes.utf8(
        "-----BEGIN PUBLIC KEY-----\n"
            + encoder.encodeToString(of(publicArea).getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  /**
   * The public area under which a TPM loads a key from outside, and whose name PolicyAuthorize
   * takes: what {@code tpm2_loadexternal} makes of the same key in PEM.
   */
  public static TpmtPublic external(PublicKey key) throws GeneralSecurityException {
    return new TpmtPublic(
        HashAlgorithm.SHA256,
        new TpmaObject(FOREIGN),
        Bytes.empty(),
        switch (key) {
          case RSAPublicKey rsa -> rsa(rsa);
          case ECPublicKey ec -> ecc(ec);
          default ->
              throw new GeneralSecurityException("neither RSA nor ECC: " + key.getAlgorithm());
        });
  }

  private static TpmtPublic.Rsa rsa(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    return new TpmtPublic.Rsa(
        TpmtSymDefObject.NULL,
        TpmtScheme.NULL,
        bits,
        key.getPublicExponent().longValueExact(),
        unsigned(key.getModulus(), bits / 8));
  }

  private static TpmtPublic.Ecc ecc(ECPublicKey key) throws GeneralSecurityException {
    var curve =
        curve(key)
            .orElseThrow(() -> new GeneralSecurityException("a curve that is not P-256 to P-521"));
    int size = curve.coordinateSize();
    return new TpmtPublic.Ecc(
        TpmtSymDefObject.NULL,
        TpmtScheme.NULL,
        curve,
        TpmtScheme.NULL,
        unsigned(key.getW().getAffineX(), size),
        unsigned(key.getW().getAffineY(), size));
  }

  private static Optional<TpmEccCurve> curve(ECPublicKey key) throws GeneralSecurityException {
    for (TpmEccCurve curve : TpmEccCurve.values()) {
      if (parameters(curve).getCurve().equals(key.getParams().getCurve())) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  /** Big-endian in exactly this many bytes; the value fits. */
  static Bytes unsigned(BigInteger value, int size) {
    byte[] number = value.toByteArray();
    var sized = new byte[size];
    int from = Math.max(0, number.length - size);
    int count = number.length - from;
    System.arraycopy(number, from, sized, size - count, count);
    Arrays.fill(number, (byte) 0);
    return Bytes.copyOf(sized);
  }
}
