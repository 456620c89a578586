// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * TPM2_MakeCredential without a TPM: only the TPM that holds the endorsement key, and in it a key
 * of exactly the given name, can open the credential. TPM 2.0 Part 1, 24 and annexes B.10.4 (RSA)
 * and C.6.4 (ECC).
 */
public final class MakeCredential {
  private static final String IDENTITY = "IDENTITY";
  private static final int AES_BLOCK = 16;

  private final TpmtPublic endorsementKey;
  private final SecureRandom random;

  /** The caller has checked that the key is an endorsement key; here it must be able to protect. */
  public MakeCredential(TpmtPublic endorsementKey, SecureRandom random)
      throws GeneralSecurityException {
    var symmetric = endorsementKey.key().symmetric();
    if (symmetric.algorithm() != TpmAlgId.TPM_ALG_AES || symmetric.mode() != TpmAlgId.TPM_ALG_CFB) {
      throw new GeneralSecurityException(
          "the endorsement key protects with %s, expected AES in CFB mode"
              .formatted(symmetric.algorithm()));
    }
    this.endorsementKey = endorsementKey;
    this.random = random;
  }

  /**
   * Wraps the credential (at most the size of the endorsement key's name digest) for the key of
   * this name. A key that is no key (off the curve, even modulus) is a GeneralSecurityException.
   */
  public CredentialBlob wrap(TpmName name, Bytes credential) throws GeneralSecurityException {
    HashAlgorithm hash = endorsementKey.nameAlg();
    if (credential.isEmpty() || credential.size() > hash.size()) {
      throw new IllegalArgumentException("credential of %d bytes".formatted(credential.size()));
    }
    Seed seed =
        switch (endorsementKey.key()) {
          case TpmtPublic.Rsa rsa -> rsaSeed(rsa, hash);
          case TpmtPublic.Ecc ecc -> eccSeed(ecc, hash);
        };
    Bytes identity = encrypt(name, seed.value(), Tpm2b.encode(credential));
    Bytes none = Bytes.empty();
    Bytes hmacKey = Kdf.kdfa(hash, seed.value(), "INTEGRITY", none, none, hash.size() * 8);
    Bytes integrity = Kdf.hmac(hash, hmacKey, identity, name.encode());
    return new CredentialBlob(Bytes.concat(Tpm2b.encode(integrity), identity), seed.encrypted());
  }

  /** The seed and its encryption to the endorsement key. Not a record: it must not print itself. */
  private static final class Seed {
    private final Bytes value;
    private final Bytes encrypted;

    Seed(Bytes value, Bytes encrypted) {
      this.value = value;
      this.encrypted = encrypted;
    }

    Bytes value() {
      return value;
    }

    Bytes encrypted() {
      return encrypted;
    }
  }

  private Seed rsaSeed(TpmtPublic.Rsa rsa, HashAlgorithm hash) throws GeneralSecurityException {
    var key =
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(rsa.modulus(), rsa.publicExponent()));
    var seed = new byte[hash.size()];
    random.nextBytes(seed);
    var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec(
            hash.jcaName(),
            "MGF1",
            new MGF1ParameterSpec(hash.jcaName()),
            new PSource.PSpecified(Bytes.utf8(IDENTITY + "\0").toArray())),
        random);
    return new Seed(Bytes.copyOf(seed), Bytes.copyOf(cipher.doFinal(seed)));
  }

  private Seed eccSeed(TpmtPublic.Ecc ecc, HashAlgorithm hash) throws GeneralSecurityException {
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(ecc.curveId().standardName()));
    var point = new ECPoint(ecc.affineX(), ecc.affineY());
    var key =
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(ecc.curveId().standardName()), random);
    KeyPair ephemeral = generator.generateKeyPair();
    var agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ephemeral.getPrivate());
    agreement.doPhase(key, true);
    int size = ecc.curveId().coordinateSize();
    ECPoint sent = ((ECPublicKey) ephemeral.getPublic()).getW();
    Bytes x = coordinate(sent.getAffineX(), size);
    Bytes y = coordinate(sent.getAffineY(), size);
    Bytes z = coordinate(new BigInteger(1, agreement.generateSecret()), size);
    Bytes recipient = coordinate(ecc.affineX(), size);
    return new Seed(
        Kdf.kdfe(hash, z, IDENTITY, x, recipient, hash.size() * 8),
        Bytes.concat(Tpm2b.encode(x), Tpm2b.encode(y)));
  }

  private static Bytes coordinate(BigInteger value, int size) {
    Bytes number = Bytes.copyOf(value.toByteArray());
    return number.size() > size
        ? number.slice(number.size() - size, number.size())
        : BinaryWriter.bigEndian().zeros(size - number.size()).bytes(number).toBytes();
  }

  /** AES in CFB mode, zero IV; CFB is a stream, so the padding to whole blocks falls off again. */
  private Bytes encrypt(TpmName name, Bytes seed, Bytes plain) throws GeneralSecurityException {
    int bits = endorsementKey.key().symmetric().keyBits();
    Bytes key =
        Kdf.kdfa(endorsementKey.nameAlg(), seed, "STORAGE", name.encode(), Bytes.empty(), bits);
    var cipher = Cipher.getInstance("AES/CFB/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(key.toArray(), "AES"),
        new IvParameterSpec(new byte[AES_BLOCK]));
    var blocks = BinaryWriter.bigEndian().bytes(plain).align(AES_BLOCK).toBytes();
    return Bytes.copyOf(cipher.doFinal(blocks.toArray())).slice(0, plain.size());
  }
}
