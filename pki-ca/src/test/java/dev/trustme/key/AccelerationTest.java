// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.HexFormat;
import java.util.stream.IntStream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is fast gives the bytes of what is slow. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class AccelerationTest {
  private static final Bytes MESSAGE = Bytes.utf8("a message");

  private static Provider provider;

  @BeforeAll
  static void load() {
    Acceleration.expect(1000, 0);
    provider = Acceleration.arrived().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "RSA_3072"})
  void signsTheBytesOfTheLibrary(KeyType type) throws Exception {
    var key = SoftwareKey.generate(type);
    var info = key.privateKeyInfo();
    var by = SignatureScheme.algorithm(key.publicKey()).orElseThrow();
    var slow =
        new KeyContentSigner(
            org.bouncycastle.crypto.util.PrivateKeyFactory.createKey(info), by, key.algorithm());
    slow.getOutputStream().write(MESSAGE.toArray());
    assertEquals(Bytes.copyOf(slow.getSignature()), key.sign(MESSAGE));
    assertEquals(fast(info, key), key.sign(MESSAGE));
    key.close();
    assertThrows(IllegalStateException.class, () -> key.sign(MESSAGE));
  }

  private static Bytes fast(PrivateKeyInfo info, SoftwareKey key) throws Exception {
    var by = SignatureScheme.algorithm(key.publicKey()).orElseThrow();
    var signer =
        AcceleratedRsa.of(provider, info).orElseThrow().signer(by, key.algorithm()).orElseThrow();
    signer.getOutputStream().write(MESSAGE.toArray());
    return Bytes.copyOf(signer.getSignature());
  }

  @Test
  void signsFromManyThreads() {
    var key = SoftwareKey.generate(KeyType.RSA_2048);
    var expected = key.sign(MESSAGE);
    var made = IntStream.range(0, 200).parallel().mapToObj(i -> key.sign(MESSAGE)).toList();
    assertTrue(made.stream().allMatch(expected::equals));
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "EC_P521"})
  void ecdsaStaysDeterministic(KeyType type) {
    var key = SoftwareKey.generate(type);
    assertEquals(key.sign(MESSAGE), key.sign(MESSAGE));
  }

  /** The JDK is the judge; what is not a whole number of blocks is cut. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 1, 32",
    "SHA256, 3, 64",
    "SHA256, 1000, 33",
    "SHA384, 5, 16",
    "SHA512, 7, 100"
  })
  void derivesTheKeysOfTheJdk(HashAlgorithm hash, int iterations, int size) throws Exception {
    byte[] password = "pässword".getBytes(StandardCharsets.UTF_8);
    var salt = Bytes.utf8("salt of this test");
    var spec =
        new PBEKeySpec("pässword".toCharArray(), salt.toArray(), iterations, size * Byte.SIZE);
    byte[] expected =
        SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash).generateSecret(spec).getEncoded();
    var derivation = new Pbkdf2(hash, salt, iterations, size);
    assertArrayEquals(expected, derivation.byLibrary(password));
    assertArrayEquals(expected, derivation.derive(provider, password));
    assertArrayEquals(expected, derivation.derive(password));
  }

  /** RFC 7914, 11. */
  @Test
  void derivesTheKeyOfTheRfc() throws Exception {
    byte[] derived =
        new Pbkdf2(HashAlgorithm.SHA256, Bytes.utf8("salt"), 1, 64)
            .derive("passwd".getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
        HexFormat.of().formatHex(derived));
  }

  @Test
  void takesAnEmptyPassphrase() throws Exception {
    var derivation = new Pbkdf2(HashAlgorithm.SHA256, Bytes.utf8("salt"), 2, 32);
    assertArrayEquals(derivation.byLibrary(new byte[0]), derivation.derive(new byte[0]));
  }
}
