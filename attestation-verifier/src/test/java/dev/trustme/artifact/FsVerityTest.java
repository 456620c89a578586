// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linux, Documentation/filesystems/fsverity.rst. */
class FsVerityTest {
  private static final FsVerity SALTED =
      new FsVerity(HashAlgorithm.SHA512, 1024, Bytes.fromHex("0102"));

  private static FsVerityDescriptor measure(FsVerity parameters, int size) throws IOException {
    return parameters.measure(new ByteArrayInputStream(content(size)));
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) ((i * 31) >> 3);
    }
    return content;
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "1024", "1025", "16384", "16385", "17408"})
  void readsWhatItWrites(int size) throws IOException, FormatException {
    for (var parameters : new FsVerity[] {SALTED, FsVerity.DEFAULT}) {
      var descriptor = measure(parameters, size);
      assertEquals(256, descriptor.encode().size());
      assertEquals(descriptor, FsVerityDescriptor.parse(descriptor.encode()));
      assertEquals(size, descriptor.dataSize());
    }
  }

  /** Computed block by block: H(salt || block), the salt padded to the hash's own block. */
  @Test
  void aTreeOfThreeBlocksIsAsDocumented() throws IOException {
    var padded = Bytes.concat(SALTED.salt(), Bytes.zeros(126));
    var whole = Bytes.concat(Bytes.copyOf(content(2049)), Bytes.zeros(1023));
    var hashes = Bytes.empty();
    for (int block = 0; block < 3; block++) {
      var part = whole.slice(block * 1024, (block + 1) * 1024);
      hashes =
          Bytes.concat(hashes, HashAlgorithm.SHA512.digest(Bytes.concat(padded, part)).value());
    }
    var top = Bytes.concat(padded, hashes, Bytes.zeros(1024 - 192));
    assertEquals(HashAlgorithm.SHA512.digest(top).value(), measure(SALTED, 2049).rootHash());
    assertEquals(Bytes.zeros(64), measure(SALTED, 0).rootHash());
  }

  /** Columns: where a byte is changed, to what, and whether it can still be read. */
  @ParameterizedTest
  @CsvSource({
    "0, 2, false",
    "1, 3, false",
    "1, 0, false",
    "2, 9, false",
    "2, 10, true",
    "2, 16, true",
    "2, 17, false",
    "3, 33, false",
    "3, 32, true",
    "3, 1, false",
    "4, 1, false",
    "7, 1, false",
    "8, 1, true",
    "16, 1, true",
    "80, 1, true",
    "82, 1, false",
    "111, 1, false",
    "112, 1, false",
    "255, 1, false"
  })
  void aDescriptorHasOneForm(int at, int value, boolean fits) throws IOException {
    byte[] bytes = measure(SALTED, 5000).encode().toArray();
    bytes[at] = (byte) value;
    assertReadable(fits, Bytes.copyOf(bytes));
  }

  private static void assertReadable(boolean fits, Bytes bytes) {
    if (fits) {
      assertEquals(bytes, parsed(bytes).encode());
    } else {
      assertThrows(FormatException.class, () -> FsVerityDescriptor.parse(bytes));
    }
  }

  private static FsVerityDescriptor parsed(Bytes bytes) {
    try {
      return FsVerityDescriptor.parse(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSha256RootHasZerosBehindIt() throws IOException {
    var whole = measure(FsVerity.DEFAULT, 5).encode();
    byte[] bytes = whole.toArray();
    bytes[16 + 32] = 1;
    assertReadable(false, Bytes.copyOf(bytes));
    assertReadable(false, whole.slice(0, 255));
    assertReadable(false, Bytes.concat(whole, Bytes.zeros(1)));
  }

  @Test
  void whatIsSignedNamesTheAlgorithm() throws IOException {
    var small = measure(FsVerity.DEFAULT, 5);
    assertEquals(
        Bytes.concat(Bytes.utf8("FSVerity"), Bytes.fromHex("01002000"), small.digest().value()),
        small.formattedDigest());
    var large = measure(SALTED, 5);
    assertEquals(
        Bytes.concat(Bytes.utf8("FSVerity"), Bytes.fromHex("02004000"), large.digest().value()),
        large.formattedDigest());
  }

  @ParameterizedTest
  @CsvSource({
    "SHA256, 1024, 0, true",
    "SHA512, 65536, 32, true",
    "SHA384, 4096, 0, false",
    "SHA256, 512, 0, false",
    "SHA256, 131072, 0, false",
    "SHA256, 4097, 0, false",
    "SHA256, 4096, 33, false"
  })
  void parametersAreThoseOfTheKernel(HashAlgorithm hash, int block, int salt, boolean fits) {
    if (fits) {
      assertEquals(block, new FsVerity(hash, block, Bytes.zeros(salt)).blockSize());
    } else {
      assertThrows(
          IllegalArgumentException.class, () -> new FsVerity(hash, block, Bytes.zeros(salt)));
    }
  }
}
