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
 *
 * SHA-1 logs begin with the same structure without algorithms, or with none: "Spec ID Event00" of
 * the TPM 1.2 PC Client profile (its uintnSize is reserved), "Spec ID Event02" of the TPM 1.2 EFI
 * platform profile.
 */
final class SpecIdEvents {
  static final Bytes SIGNATURE = Bytes.utf8("Spec ID Event03\0");

  /** HASH_COUNT of any TPM seen is smaller. */
  private static final int MAX_ALGORITHMS = 16;

  private static final Bytes ANY_SIGNATURE = Bytes.utf8("Spec ID Event");
  private static final List<Bytes> SHA1_SIGNATURES =
      List.of(Bytes.utf8("Spec ID Event00\0"), Bytes.utf8("Spec ID Event02\0"));
  private static final String STRUCTURE = "TCG_EfiSpecIDEvent";

  private SpecIdEvents() {}

  /** Whether the event is a Spec ID event of any version, or looks like one. */
  static boolean isAny(TcgPcrEvent2 event) {
    return event.untrustedType() == TcgEventType.EV_NO_ACTION
        && event.event().startsWith(ANY_SIGNATURE);
  }

  static boolean isAgile(TcgPcrEvent2 event) {
    return isAny(event) && event.event().startsWith(SIGNATURE);
  }

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

  /** Checks the header of a SHA-1 log; it says nothing that a reader needs. */
  static void requireSha1Header(BinaryReader input) throws FormatException {
    var reader = input.named(STRUCTURE);
    Bytes signature = reader.bytes(SIGNATURE.size());
    if (!SHA1_SIGNATURES.contains(signature)) {
      throw input.named(STRUCTURE).malformed("a version that is neither 00, 02 nor 03");
    }
    reader.skip(4 + 4);
    reader.skip(reader.u8());
    reader.expectEnd();
  }

  private static List<AlgorithmSize> algorithms(BinaryReader reader) throws FormatException {
    long count = reader.u32();
    if (count == 0 || count > MAX_ALGORITHMS || count > reader.remaining() / 4) {
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
