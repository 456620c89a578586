// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The MAC over a PKCS#12 file: HMAC with SHA-256, -384 or -512 by the derivation of RFC 7292,
 * appendix B, or by PBKDF2 (PBMAC1, RFC 9579). It is checked before anything else of the file is
 * read, so that its iteration count is the only one that a stranger chooses.
 */
final class Pkcs12Mac {
  private Pkcs12Mac() {}

  static MacData over(byte[] content, Passphrase passphrase, Bytes salt) throws IOException {
    byte[] mac =
        rfc7292(HashAlgorithm.SHA256, salt.toArray(), Pbes2.ITERATIONS, content, passphrase);
    var digest = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    return new MacData(new DigestInfo(digest, mac), salt.toArray(), Pbes2.ITERATIONS);
  }

  /** A wrong passphrase and a changed file look alike; the former is by far the likelier. */
  static void check(MacData mac, byte[] content, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var info = mac.getMac();
    byte[] expected = info.getDigest();
    byte[] computed =
        info.getAlgorithmId().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBMAC1)
            ? pbmac1(info.getAlgorithmId(), content, passphrase)
            : rfc7292(
                hash(info.getAlgorithmId().getAlgorithm()),
                mac.getSalt(),
                Pbes2.iterations(mac.getIterationCount()),
                content,
                passphrase);
    if (!MessageDigest.isEqual(expected, computed)) {
      throw Pbes2.wrongPassphrase(name);
    }
  }

  private static HashAlgorithm hash(ASN1ObjectIdentifier oid) throws FormatException {
    for (var hash :
        new HashAlgorithm[] {HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512}) {
      if (KeyContentSigner.oid(hash).equals(oid)) {
        return hash;
      }
    }
    throw Pkcs12Reader.malformed(
        "expected a MAC by SHA-256, -384 or -512, found %s; %s"
            .formatted(oid, Pkcs12Reader.CONVERT));
  }

  private static byte[] rfc7292(
      HashAlgorithm hash, byte[] salt, int iterations, byte[] content, Passphrase passphrase)
      throws IOException {
    char[] characters = passphrase.reveal();
    byte[] password = PBEParametersGenerator.PKCS12PasswordToBytes(characters);
    Arrays.fill(characters, '\0');
    try {
      var generator = new PKCS12ParametersGenerator(KeyContentSigner.digest(hash));
      generator.init(password, salt, iterations);
      var key = (KeyParameter) generator.generateDerivedMacParameters(hash.size() * 8);
      return hmac(KeyContentSigner.digest(hash), key.getKey(), content);
    } finally {
      Arrays.fill(password, (byte) 0);
    }
  }

  private static byte[] pbmac1(AlgorithmIdentifier algorithm, byte[] content, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      var parameters = PBMAC1Params.getInstance(algorithm.getParameters());
      var derivation = Pbes2.pbkdf2(parameters.getKeyDerivationFunc());
      var hash = Pbes2.hash(parameters.getMessageAuthScheme().getAlgorithm());
      byte[] key =
          passphrase.derive(
              new Pbkdf2(
                  Pbes2.hash(derivation.getPrf().getAlgorithm()),
                  Bytes.copyOf(derivation.getSalt()),
                  Pbes2.iterations(derivation.getIterationCount()),
                  hash.size()));
      return hmac(KeyContentSigner.digest(hash), key, content);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw Pkcs12Reader.malformed("has broken PBMAC1 parameters");
    }
  }

  private static byte[] hmac(Digest digest, byte[] key, byte[] content) {
    var mac = new HMac(digest);
    mac.init(new KeyParameter(key));
    Arrays.fill(key, (byte) 0);
    mac.update(content, 0, content.length);
    var result = new byte[mac.getMacSize()];
    int unused = mac.doFinal(result, 0);
    return result;
  }
}
