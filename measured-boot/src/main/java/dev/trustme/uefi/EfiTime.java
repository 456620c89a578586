// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * EFI_TIME as authenticated variables use it: 16 bytes, little-endian, UTC, whole seconds; pads,
 * nanosecond, time zone and daylight are zero (UEFI 2.10, 8.2.2 wants exactly that). All zero means
 * no time.
 *
 * <pre>
 * UINT16 Year; UINT8 Month, Day, Hour, Minute, Second, Pad1; UINT32 Nanosecond;
 * INT16 TimeZone; UINT8 Daylight, Pad2;
 * </pre>
 */
public record EfiTime(Bytes encoded) {
  public static final int SIZE = 16;

  public static final EfiTime NONE = new EfiTime(Bytes.zeros(SIZE));

  public EfiTime {
    if (encoded.size() != SIZE) {
      throw new IllegalArgumentException("EFI_TIME of %d bytes".formatted(encoded.size()));
    }
  }

  /** The moment in whole seconds; its year must have four digits. */
  public static EfiTime of(Instant moment) {
    var time = LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    return new EfiTime(
        BinaryWriter.littleEndian()
            .u16(time.getYear())
            .u8(time.getMonthValue())
            .u8(time.getDayOfMonth())
            .u8(time.getHour())
            .u8(time.getMinute())
            .u8(time.getSecond())
            .zeros(9)
            .toBytes());
  }

  public static EfiTime read(BinaryReader reader) throws FormatException {
    return new EfiTime(reader.bytes(SIZE));
  }

  /** The moment, where the fields are one; a reserved field that is not zero is malformed. */
  public Instant toInstant() throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, "EFI_TIME");
    try {
      var time =
          LocalDateTime.of(
              reader.u16(), reader.u8(), reader.u8(), reader.u8(), reader.u8(), reader.u8());
      requireZero("Pad1", reader.offset(), reader.u8());
      requireZero("Nanosecond", reader.offset(), reader.u32());
      requireZero("TimeZone", reader.offset(), reader.u16());
      requireZero("Daylight", reader.offset(), reader.u8());
      requireZero("Pad2", reader.offset(), reader.u8());
      return time.toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new FormatException("EFI_TIME", 0, "is no date and time");
    }
  }

  private static void requireZero(String field, long offset, long value) throws FormatException {
    if (value != 0) {
      throw new FormatException("EFI_TIME", offset, "%s must be zero".formatted(field));
    }
  }
}
