// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.AlgorithmSize;
import dev.trustme.eventlog.EventData.SpecIdEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads TCG_EfiSpecIDEvent, little-endian. TCG PC Client Platform Firmware Profile, "Specification
 * ID Version Event":
 *
 * <pre>
 * BYTE signature[16]; UINT32 platformClass; UINT8 specVersionMinor, specVersionMajor, specErrata, uintnSize;
 * UINT32 numberOfAlgorithms; { UINT16 algorithmId; UINT16 digestSize; }[];
 * UINT8 vendorInfoSize; BYTE vendorInfo[];
 * </pre>
 */
final class SpecIdEvents {
  static final Bytes SIGNATURE = Bytes.utf8("Spec ID Event03\0");

  private static final String STRUCTURE = "TCG_EfiSpecIDEvent";

  private SpecIdEvents() {}

  static SpecIdEvent parse(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, STRUCTURE);
    var event = read(reader, reader);
    reader.expectEnd();
    return event;
  }

  /** Reads an event; where it ends before vendorInfo, that is read from what follows the event. */
  static SpecIdEvent read(BinaryReader input, BinaryReader following) throws FormatException {
    var reader = input.named(STRUCTURE);
    if (!reader.bytes(SIGNATURE.size()).equals(SIGNATURE)) {
      throw reader.malformed("does not begin with Spec ID Event03");
    }
    long platformClass = reader.u32();
    int minor = reader.u8();
    int major = reader.u8();
    int errata = reader.u8();
    int uintnSize = reader.u8();
    var algorithms = algorithms(reader);
    int vendorInfoSize = reader.u8();
    var vendor = reader.hasRemaining() ? reader : following.named(STRUCTURE);
    return new SpecIdEvent(
        platformClass, major, minor, errata, uintnSize, algorithms, vendor.bytes(vendorInfoSize));
  }

  private static List<AlgorithmSize> algorithms(BinaryReader reader) throws FormatException {
    long count = reader.u32();
    if (count == 0 || count > reader.remaining() / 4) {
      throw reader.malformed("numberOfAlgorithms %d".formatted(count));
    }
    List<AlgorithmSize> algorithms = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (long i = 0; i < count; i++) {
      var entry = new AlgorithmSize(reader.u16(), reader.u16());
      int size =
          HashAlgorithm.byTpmAlgId(entry.algorithmId())
              .map(HashAlgorithm::size)
              .orElse(entry.digestSize());
      if (entry.digestSize() == 0 || entry.digestSize() != size) {
        throw reader.malformed(
            "algorithm 0x%04x with digests of %d bytes"
                .formatted(entry.algorithmId(), entry.digestSize()));
      }
      if (!seen.add(entry.algorithmId())) {
        throw reader.malformed("algorithm 0x%04x twice".formatted(entry.algorithmId()));
      }
      algorithms.add(entry);
    }
    return algorithms;
  }
}
