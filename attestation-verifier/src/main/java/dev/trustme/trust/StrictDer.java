// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;

/**
 * ASN.1 as signatures must carry it: definite, shortest lengths, bounded size and depth, nothing
 * after the value. X.690, 10.1. The order of sets is left to their readers.
 */
public final class StrictDer {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int CONSTRUCTED = 0x20;

  private StrictDer() {}

  /** One value of at most 1 MiB. */
  public static ASN1Primitive parse(Bytes der, String structure) throws FormatException {
    return parse(der, structure, MAX_BYTES);
  }

  /** One value of at most {@code limit} bytes. */
  public static ASN1Primitive parse(Bytes der, String structure, int limit) throws FormatException {
    if (der.size() > limit) {
      throw new FormatException(structure, 0, "larger than %d bytes".formatted(limit));
    }
    var reader = BinaryReader.bigEndian(der, structure);
    element(reader, 0);
    reader.expectEnd();
    try {
      var value = ASN1Primitive.fromByteArray(der.toArray());
      if (!Bytes.copyOf(value.getEncoded(ASN1Encoding.DL)).equals(der)) {
        throw new FormatException(structure, 0, "is not DER");
      }
      return value;
    } catch (IOException | RuntimeException e) {
      throw new FormatException(structure, 0, "is not ASN.1");
    }
  }

  /** One element, its contents walked only to bound their depth before the library recurses. */
  private static void element(BinaryReader reader, int depth) throws FormatException {
    if (depth > MAX_DEPTH) {
      throw reader.malformed("nested deeper than %d".formatted(MAX_DEPTH));
    }
    int tag = reader.u8();
    if ((tag & 0x1f) == 0x1f) {
      throw reader.malformed("a tag number above 30");
    }
    var contents = reader.slice(reader.structure(), length(reader));
    while ((tag & CONSTRUCTED) != 0 && contents.hasRemaining()) {
      element(contents, depth + 1);
    }
  }

  private static long length(BinaryReader reader) throws FormatException {
    int first = reader.u8();
    if (first < 0x80) {
      return first;
    }
    int count = first & 0x7f;
    if (count == 0 || count > 4) {
      throw reader.malformed("a length that is not DER");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | reader.u8();
    }
    if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
      throw reader.malformed("a length that is not the shortest");
    }
    return length;
  }
}
