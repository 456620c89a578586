// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.KernelKeyring.BlacklistedHash;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Role;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes on .blacklist: of what, by which algorithm, and nothing else. */
class KernelKeyringTest {
  private static final Bytes FILE = Bytes.utf8("a module");
  private static final X509CertificateHolder CERTIFICATE =
      TestSigners.leaf(TestSigners.ec("secp256r1"), Role.MODULE);

  private static KernelKeyring listing(String line) throws FormatException {
    return new KernelKeyring(List.of(), List.of(), List.of(BlacklistedHash.parse(line)));
  }

  private static Bytes signedPart(X509CertificateHolder certificate) {
    return Pkcs7Signature.encoded(certificate.toASN1Structure().getTBSCertificate());
  }

  @ParameterizedTest
  @EnumSource(names = {"SHA256", "SHA384", "SHA512"})
  void listsWhatHasTheHash(HashAlgorithm hash) throws FormatException {
    String file = hash.digest(FILE).value().hex();
    assertTrue(listing("bin:" + file).listsFile(FILE));
    assertFalse(listing("bin:" + file).listsFile(Bytes.utf8("another module")));
    assertFalse(listing("tbs:" + file).listsFile(FILE));
    String signed = hash.digest(signedPart(CERTIFICATE)).value().hex();
    assertTrue(listing("tbs:" + signed).lists(CERTIFICATE));
    assertFalse(listing("bin:" + signed).lists(CERTIFICATE));
    assertFalse(listing("tbs:" + file).lists(CERTIFICATE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "tbs:", "bin", "x509:00", "bin:00", "BIN:00112233445566778899aabbccddeeff"})
  void whatIsNoHashIsRefused(String line) {
    assertThrows(FormatException.class, () -> BlacklistedHash.parse(line));
  }

  @Test
  void hashesAreLowerCaseHexOfThreeSizes() throws FormatException {
    for (int size : new int[] {32, 48, 64}) {
      assertEquals(size, BlacklistedHash.parse("bin:" + "0a".repeat(size)).hash().size());
      for (String other : List.of("0A".repeat(size), "0a".repeat(size - 1), "0g".repeat(size))) {
        assertThrows(FormatException.class, () -> BlacklistedHash.parse("tbs:" + other));
      }
    }
  }

  @Test
  void aFileHoldsALineEach() throws FormatException {
    String one = "bin:" + "0a".repeat(32);
    String two = "tbs:" + "0b".repeat(48);
    var parsed =
        BlacklistedHash.parseAll(Bytes.utf8("# old ones\n" + one + "\n\n  " + two + " \n"));
    assertEquals(List.of(BlacklistedHash.parse(one), BlacklistedHash.parse(two)), parsed);
    assertEquals(List.of(), BlacklistedHash.parseAll(Bytes.empty()));
  }
}
