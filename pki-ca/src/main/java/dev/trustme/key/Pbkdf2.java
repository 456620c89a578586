// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Acceleration;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * PBKDF2 with an HMAC, RFC 8018, 5.2. The JDK's hashes the padded key anew in each of the many
 * iterations, the library's remembers it; where {@link Acceleration} is on, its HMAC is faster than
 * both.
 *
 * @param size bytes of the derived key
 */
record Pbkdf2(HashAlgorithm hash, Bytes salt, int iterations, int size) {
  byte[] derive(byte[] password) throws GeneralSecurityException {
    Optional<Provider> provider = Acceleration.arrived();
    return provider.isPresent() && password.length > 0
        ? derive(provider.get(), password)
        : byLibrary(password);
  }

  byte[] byLibrary(byte[] password) {
    var generator = new PKCS5S2ParametersGenerator(KeyContentSigner.digest(hash));
    generator.init(password, salt.toArray(), iterations);
    return ((KeyParameter) generator.generateDerivedMacParameters(size * Byte.SIZE)).getKey();
  }

  /** T_1 || T_2 || …, cut to the size. */
  byte[] derive(Provider provider, byte[] password) throws GeneralSecurityException {
    String name = "Hmac" + hash;
    var mac = Mac.getInstance(name, provider);
    mac.init(new SecretKeySpec(password, name));
    byte[] derived = new byte[size];
    int blocks = (size + hash.size() - 1) / hash.size();
    for (int i = 0; i < blocks; i++) {
      byte[] block = block(mac, i + 1);
      int at = i * hash.size();
      System.arraycopy(block, 0, derived, at, Math.min(block.length, size - at));
      Arrays.fill(block, (byte) 0);
    }
    return derived;
  }

  /** F: the XOR of all U. */
  private byte[] block(Mac mac, int number) throws GeneralSecurityException {
    mac.update(salt.toArray());
    byte[] u = mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    byte[] sum = u.clone();
    for (int i = 1; i < iterations; i++) {
      mac.update(u);
      mac.doFinal(u, 0);
      for (int j = 0; j < sum.length; j++) {
        sum[j] ^= u[j];
      }
    }
    Arrays.fill(u, (byte) 0);
    return sum;
  }
}
