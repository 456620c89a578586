// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PCR values as {@code tpm2_pcrread -o} (with {@code -F serialized}) and {@code tpm2_quote -o}
 * write them: structures of the C library as they lie in memory, little-endian. tpm2-tools 5.4:
 *
 * <pre>
 * UINT32 count; { UINT16 hash; UINT8 sizeofSelect; BYTE pcrSelect[4]; BYTE unused; }[16];
 * UINT32 lists; { UINT32 count; { UINT16 size; BYTE buffer[64]; }[8]; }[lists];
 * </pre>
 */
final class Tpm2PcrFile {
  private static final int MAX_SELECTIONS = 16;
  private static final int SELECT_BYTES = 4;
  private static final int DIGESTS_IN_LIST = 8;
  private static final int BUFFER = 64;
  private static final String STRUCTURE = "PCR file of tpm2-tools";

  /** A PCR whose value the file holds; no bank where it is one that we do not compute. */
  private record Selected(Optional<HashAlgorithm> bank, int pcr) {}

  private Tpm2PcrFile() {}

  /** Text holds no NUL; this begins with a small number of 32 bits. */
  static boolean isSerialized(Bytes content) {
    return content.size() >= SELECT_BYTES && content.slice(1, SELECT_BYTES).isAllZero();
  }

  static List<PcrFile.Value> parse(Bytes content) throws FormatException {
    var reader = BinaryReader.littleEndian(content, STRUCTURE);
    var selected = selections(reader);
    var digests = digests(reader, selected.size());
    List<PcrFile.Value> values = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      var bank = selected.get(i).bank();
      if (bank.isPresent()) {
        if (digests.get(i).size() != bank.get().size()) {
          throw new FormatException(
              STRUCTURE,
              0,
              "PCR %d of %s with %d bytes"
                  .formatted(selected.get(i).pcr(), bank.get().label(), digests.get(i).size()));
        }
        values.add(
            new PcrFile.Value(selected.get(i).pcr(), new Digest(bank.get(), digests.get(i))));
      }
    }
    return values;
  }

  private static List<Selected> selections(BinaryReader reader) throws FormatException {
    long count = reader.u32();
    if (count > MAX_SELECTIONS) {
      throw reader.malformed("%d selections".formatted(count));
    }
    List<Selected> selected = new ArrayList<>();
    for (int i = 0; i < MAX_SELECTIONS; i++) {
      var bank = HashAlgorithm.byTpmAlgId(reader.u16());
      int size = reader.u8();
      Bytes select = reader.bytes(SELECT_BYTES);
      reader.skip(1);
      for (int pcr = 0; i < count && pcr < Math.min(8 * size, 8 * SELECT_BYTES); pcr++) {
        if ((select.at(pcr / 8) >> pcr % 8 & 1) == 1) {
          if (pcr >= TcgPcrEvent2.PCR_COUNT || selected.contains(new Selected(bank, pcr))) {
            throw reader.malformed("PCR %d twice, or no PCR".formatted(pcr));
          }
          selected.add(new Selected(bank, pcr));
        }
      }
    }
    return selected;
  }

  private static List<Bytes> digests(BinaryReader reader, int expected) throws FormatException {
    long lists = reader.u32();
    List<Bytes> digests = new ArrayList<>();
    for (long list = 0; list < lists; list++) {
      long count = reader.u32();
      if (count > DIGESTS_IN_LIST) {
        throw reader.malformed("%d digests in a list".formatted(count));
      }
      for (int i = 0; i < DIGESTS_IN_LIST; i++) {
        int size = reader.u16();
        Bytes buffer = reader.bytes(BUFFER);
        if (size > BUFFER) {
          throw reader.malformed("a digest of %d bytes".formatted(size));
        }
        if (i < count) {
          digests.add(buffer.slice(0, size));
        }
      }
    }
    reader.expectEnd();
    if (digests.size() != expected) {
      throw reader.malformed("%d values for %d selected PCRs".formatted(digests.size(), expected));
    }
    return digests;
  }
}
