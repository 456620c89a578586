// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/** New keys from the platform's random source. RSA by the JDK, as Bouncy Castle is slower at it. */
final class KeyGenerator {
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyGenerator() {}

  static AsymmetricKeyParameter generate(KeyType type) {
    return switch (type) {
      case RSA_2048, RSA_3072, RSA_4096, RSA_PSS_2048, RSA_PSS_3072, RSA_PSS_4096 ->
          rsa(type.bits());
      case EC_P256, EC_P384, EC_P521 -> ec(type);
      case ED25519 -> ed25519();
      case ML_DSA_44 -> mlDsa(MLDSAParameters.ml_dsa_44);
      case ML_DSA_65 -> mlDsa(MLDSAParameters.ml_dsa_65);
      case ML_DSA_87 -> mlDsa(MLDSAParameters.ml_dsa_87);
    };
  }

  private static AsymmetricKeyParameter rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, RANDOM);
      byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
      return PrivateKeyFactory.createKey(PrivateKeyInfo.getInstance(encoded));
    } catch (NoSuchAlgorithmException | java.io.IOException e) {
      throw new IllegalStateException("every JDK makes RSA keys", e);
    }
  }

  private static AsymmetricKeyParameter ec(KeyType type) {
    var curve = type.identifier();
    var generator = new ECKeyPairGenerator();
    generator.init(
        new ECKeyGenerationParameters(
            new ECNamedDomainParameters(curve, CustomNamedCurves.getByOID(curve)), RANDOM));
    return generator.generateKeyPair().getPrivate();
  }

  private static AsymmetricKeyParameter ed25519() {
    var generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(RANDOM));
    return generator.generateKeyPair().getPrivate();
  }

  private static AsymmetricKeyParameter mlDsa(MLDSAParameters set) {
    var generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(RANDOM, set));
    return generator.generateKeyPair().getPrivate();
  }
}
