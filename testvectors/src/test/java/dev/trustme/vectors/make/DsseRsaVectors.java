// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseEnvelope.Signature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What stands inside an RSASSA-PKCS1-v1_5 signature: RFC 8017, 8.2.2 and 9.2. A verifier that reads
 * it instead of making it anew and comparing can be deceived.
 */
final class DsseRsaVectors {
  private static final int BITS = 2048;
  private static final int SIZE = BITS / 8;

  /** DigestInfo of SHA-256 before the digest, with and without the algorithm's NULL. */
  private static final Bytes INFO = Bytes.fromHex("3031300d060960864801650304020105000420");

  private static final Bytes INFO_WITHOUT_NULL =
      Bytes.fromHex("302f300b0609608648016503040201" + "0420");

  private final DsseVectors vectors;
  private final Identity authority;

  DsseRsaVectors(DsseVectors vectors, Identity authority) {
    this.vectors = vectors;
    this.authority = authority;
  }

  void make() throws IOException {
    var usual = SeededRsa.of("dsse usual", BITS, 65537);
    var certificate = certificate("rsa", 20, usual);
    Bytes digest = digest();
    var good =
        vectors.accept(
            "rsa",
            "a signature by an RSA key",
            "1",
            envelope(certificate, power(usual, padded(Bytes.concat(INFO, digest)))));
    vectors.reject(
        good,
        "rsa-without-null",
        "the DigestInfo inside leaves out what the algorithm's parameters are",
        envelope(certificate, power(usual, padded(Bytes.concat(INFO_WITHOUT_NULL, digest)))),
        "signature, expected a signature by CN=rsa, found another");
    var cubed = SeededRsa.of("dsse cubed", BITS, 3);
    var three = certificate("exponent three", 21, cubed);
    var goodThree =
        vectors.accept(
            "rsa-exponent-three",
            "a signature by an RSA key with the exponent 3",
            "1",
            envelope(three, power(cubed, padded(Bytes.concat(INFO, digest)))));
    vectors.reject(
        goodThree,
        "rsa-cube-root",
        "made without the key: a cube root, whose cube begins like a padded DigestInfo",
        envelope(three, cubeRoot(Bytes.concat(INFO, digest))),
        "signature, expected a signature by CN=exponent three, found another");
  }

  private X509CertificateHolder certificate(String name, int serial, SeededRsa key) {
    var plan = Plan.leaf(name, serial, Role.CONTAINER).of(key.info());
    return SeededPki.issue(authority, plan).certificate();
  }

  private static Bytes digest() {
    return HashAlgorithm.SHA256
        .digest(DsseEnvelope.preAuthenticationEncoding(DsseVectors.TYPE, DsseVectors.PAYLOAD))
        .value();
  }

  private DsseEnvelope envelope(X509CertificateHolder certificate, Bytes value) {
    var chain = List.of(Certificates.der(certificate), Certificates.der(authority.certificate()));
    return new DsseEnvelope(
        DsseVectors.TYPE,
        DsseVectors.PAYLOAD,
        List.of(new Signature(Optional.empty(), value, chain)));
  }

  /** 00 01 ff … ff 00 and the DigestInfo. */
  private static Bytes padded(Bytes info) {
    int fill = SIZE - 3 - info.size();
    return Bytes.concat(
        Bytes.fromHex("0001"), Bytes.fromHex("ff".repeat(fill)), Bytes.zeros(1), info);
  }

  private static Bytes power(SeededRsa key, Bytes block) {
    return sized(new BigInteger(1, block.toArray()).modPow(key.secret(), key.modulus()));
  }

  /** The least number whose cube begins with a short padding and the DigestInfo. */
  private static Bytes cubeRoot(Bytes info) {
    var head = Bytes.concat(Bytes.fromHex("0001ffffffffffffffff00"), info);
    var least = new BigInteger(1, Bytes.concat(head, Bytes.zeros(SIZE - head.size())).toArray());
    var low = BigInteger.ZERO;
    var high = BigInteger.ONE.shiftLeft(BITS / 3 + 1);
    while (low.compareTo(high) < 0) {
      var middle = low.add(high).shiftRight(1);
      if (middle.pow(3).compareTo(least) < 0) {
        low = middle.add(BigInteger.ONE);
      } else {
        high = middle;
      }
    }
    var found = sized(low.pow(3)).slice(0, head.size());
    if (!found.equals(head)) {
      throw new IllegalStateException("the cube begins otherwise");
    }
    return sized(low);
  }

  private static Bytes sized(BigInteger number) {
    byte[] bytes = number.toByteArray();
    var unsigned = Bytes.copyOf(bytes).slice(bytes[0] == 0 ? 1 : 0, bytes.length);
    return Bytes.concat(Bytes.zeros(SIZE - unsigned.size()), unsigned);
  }
}
