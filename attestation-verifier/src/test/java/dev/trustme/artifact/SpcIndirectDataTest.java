// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which digests of an image count, whatever the signature over them is made with. */
class SpcIndirectDataTest {
  private static final ASN1ObjectIdentifier PE_IMAGE =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.15");

  private static SpcIndirectData read(String algorithm, int size) throws FormatException {
    var data = new DERSequence(PE_IMAGE, new DERSequence(new DERBitString(new byte[0])));
    var digest =
        new DigestInfo(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier(algorithm)), new byte[size]);
    return SpcIndirectData.read(new DERSequence(data, digest));
  }

  @ParameterizedTest
  @CsvSource({
    "2.16.840.1.101.3.4.2.1, SHA256",
    "2.16.840.1.101.3.4.2.2, SHA384",
    "2.16.840.1.101.3.4.2.3, SHA512"
  })
  void digestsOfSha2Count(String algorithm, HashAlgorithm hash) throws FormatException {
    var expected = new Digest(hash, Bytes.zeros(hash.size()));
    assertEquals(Optional.of(expected), read(algorithm, hash.size()).trusted());
    assertThrows(FormatException.class, () -> read(algorithm, hash.size() - 1));
  }

  /** SHA-1, MD5 and SHA3-256. */
  @ParameterizedTest
  @CsvSource({"1.3.14.3.2.26, 20", "1.2.840.113549.2.5, 16", "2.16.840.1.101.3.4.2.8, 32"})
  void noOtherDoes(String algorithm, int size) throws FormatException {
    assertEquals(Optional.empty(), read(algorithm, size).trusted());
  }
}
