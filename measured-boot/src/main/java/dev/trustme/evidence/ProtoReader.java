// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One message of Protocol Buffers, strictly: each field is known and has its wire type, numbers are
 * as short as they can be, and what is not repeated is there once. The wire format allows more;
 * what a signature or a hash covers is never this encoding, so nothing is lost. Fields may come in
 * any order.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int DELIMITED = 2;
  private static final int MAX_FIELDS = 1_000_000;
  private static final int MAX_VARINT = 10;

  private final String message;
  private final Map<Integer, List<Long>> numbers = new TreeMap<>();
  private final Map<Integer, List<Bytes>> contents = new TreeMap<>();

  /** The fields of a message: those of numbers, and those of bytes, text or messages. */
  record Fields(List<Integer> numbers, List<Integer> contents) {}

  private ProtoReader(String message) {
    this.message = message;
  }

  static ProtoReader of(String message, Bytes input, Fields known) throws FormatException {
    var parsed = new ProtoReader(message);
    var reader = BinaryReader.bigEndian(input, message);
    for (int i = 0; reader.hasRemaining(); i++) {
      if (i == MAX_FIELDS) {
        throw reader.malformed("has more than %d fields".formatted(MAX_FIELDS));
      }
      parsed.field(reader, known);
    }
    return parsed;
  }

  private void field(BinaryReader reader, Fields known) throws FormatException {
    long tag = varint(reader);
    long number = tag >>> 3;
    int type = (int) (tag & 7);
    boolean isNumber = known.numbers().stream().anyMatch(n -> n == number);
    boolean isContent = known.contents().stream().anyMatch(n -> n == number);
    if ((!isNumber && !isContent) || type != (isNumber ? VARINT : DELIMITED)) {
      throw reader.malformed(
          "field %s of wire type %d is not known".formatted(Long.toUnsignedString(number), type));
    }
    int key = Math.toIntExact(number);
    if (isNumber) {
      numbers.computeIfAbsent(key, k -> new ArrayList<>()).add(varint(reader));
    } else {
      contents.computeIfAbsent(key, k -> new ArrayList<>()).add(reader.bytes(varint(reader)));
    }
  }

  /** Seven bits in a byte, the lowest first. */
  private static long varint(BinaryReader reader) throws FormatException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT; i++) {
      int digit = reader.u8();
      if (i == MAX_VARINT - 1 && digit > 1) {
        throw reader.malformed("a number of more than 64 bits");
      }
      value |= (digit & 0x7fL) << (7 * i);
      if (digit < 0x80) {
        if (digit == 0 && i > 0) {
          throw reader.malformed("a number that is longer than it must be");
        }
        return value;
      }
    }
    throw reader.malformed("a number without an end");
  }

  Optional<Long> number(int field) throws FormatException {
    return once(numbers.getOrDefault(field, List.of()), field);
  }

  Optional<Bytes> bytes(int field) throws FormatException {
    return once(contents.getOrDefault(field, List.of()), field);
  }

  List<Bytes> repeated(int field) {
    return contents.getOrDefault(field, List.of());
  }

  <T> T required(Optional<T> value, int field) throws FormatException {
    return value.orElseThrow(() -> malformed("field %d is missing".formatted(field)));
  }

  String text(int field) throws FormatException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(required(bytes(field), field).toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed("field %d is no UTF-8 text".formatted(field));
    }
  }

  private <T> Optional<T> once(List<T> values, int field) throws FormatException {
    if (values.size() > 1) {
      throw malformed("field %d is there %d times".formatted(field, values.size()));
    }
    return values.stream().findFirst();
  }

  FormatException malformed(String problem) {
    return new FormatException(message, 0, problem);
  }
}
