// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * PCR values beside a quote, in the file format of {@code tpm2_quote -o} (5.4): the C structures
 * TPML_PCR_SELECTION (132 bytes), a count, and as many TPML_DIGEST (532 bytes) with at most eight
 * digests; little-endian, unused bytes zero.
 *
 * @param digests in the order of the selection
 */
public record QuotedPcrs(TpmlPcrSelection selection, List<Digest> digests) {
  private static final int SELECTIONS = 16;
  private static final int SELECT_BYTES = 4;
  private static final int PER_LIST = 8;
  private static final int DIGEST_BYTES = 64;
  private static final int MAX_LISTS = SELECTIONS * TpmsPcrSelection.PCR_COUNT / PER_LIST;

  public QuotedPcrs {
    digests = List.copyOf(digests);
    int at = 0;
    for (var bank : selection.pcrSelections()) {
      for (int pcr : bank.pcrs()) {
        if (at >= digests.size() || digests.get(at++).algorithm() != bank.hash()) {
          throw new IllegalArgumentException("no digest for PCR " + pcr + " of " + bank);
        }
      }
    }
    if (at != digests.size()) {
      throw new IllegalArgumentException("%d digests for %s".formatted(digests.size(), selection));
    }
  }

  public static QuotedPcrs parse(Bytes file) throws FormatException {
    var reader = BinaryReader.littleEndian(file, "quoted PCR values");
    var selection = readSelection(reader);
    long lists = reader.u32();
    if (lists > MAX_LISTS) {
      throw reader.malformed("%d lists of digests".formatted(lists));
    }
    List<Bytes> values = new ArrayList<>();
    for (int i = 0; i < lists; i++) {
      readDigests(reader, values);
    }
    reader.expectEnd();
    var parsed = new QuotedPcrs(selection, named(selection, values, reader));
    if (!parsed.encode().equals(file)) {
      throw reader.malformed("digests are not packed by eight, or unused bytes are set");
    }
    return parsed;
  }

  private static TpmlPcrSelection readSelection(BinaryReader reader) throws FormatException {
    long count = reader.u32();
    if (count > SELECTIONS) {
      throw reader.malformed("%d selections, at most %d fit".formatted(count, SELECTIONS));
    }
    var wire = BinaryWriter.bigEndian().u32(count);
    for (int i = 0; i < SELECTIONS; i++) {
      int hash = reader.u16();
      int size = reader.u8();
      Bytes select = reader.bytes(SELECT_BYTES);
      reader.skip(1);
      if (i < count) {
        wire.u16(hash).u8(size).bytes(select.slice(0, Math.min(size, SELECT_BYTES)));
      }
    }
    return TpmlPcrSelection.parse(wire.toBytes());
  }

  private static void readDigests(BinaryReader reader, List<Bytes> values) throws FormatException {
    long count = reader.u32();
    if (count > PER_LIST) {
      throw reader.malformed("%d digests in a list, at most 8 fit".formatted(count));
    }
    for (int i = 0; i < PER_LIST; i++) {
      int size = reader.u16();
      Bytes buffer = reader.bytes(DIGEST_BYTES);
      if (size > DIGEST_BYTES) {
        throw reader.malformed("a digest of %d bytes".formatted(size));
      }
      if (i < count) {
        values.add(buffer.slice(0, size));
      }
    }
  }

  private static List<Digest> named(TpmlPcrSelection selection, List<Bytes> values, BinaryReader at)
      throws FormatException {
    List<Digest> digests = new ArrayList<>();
    for (var bank : selection.pcrSelections()) {
      for (int pcr : bank.pcrs()) {
        if (digests.size() == values.size()
            || values.get(digests.size()).size() != bank.hash().size()) {
          throw at.malformed("no digest of the right size for PCR %d".formatted(pcr));
        }
        digests.add(new Digest(bank.hash(), values.get(digests.size())));
      }
    }
    if (digests.size() != values.size()) {
      throw at.malformed("%d digests more than PCRs".formatted(values.size() - digests.size()));
    }
    return digests;
  }

  public Bytes encode() {
    var writer = BinaryWriter.littleEndian().u32(selection.pcrSelections().size());
    for (var bank : selection.pcrSelections()) {
      // hash, sizeofSelect, three bytes of bits: as on the wire, but for the order of the first.
      Bytes wire = new TpmlPcrSelection(List.of(bank)).encode();
      writer.u16(bank.hash().tpmAlgId()).bytes(wire.slice(6, wire.size())).zeros(2);
    }
    writer.zeros((SELECTIONS - selection.pcrSelections().size()) * (4 + SELECT_BYTES));
    int lists = (digests.size() + PER_LIST - 1) / PER_LIST;
    writer.u32(lists);
    for (int list = 0; list < lists; list++) {
      int from = list * PER_LIST;
      int to = Math.min(from + PER_LIST, digests.size());
      writer.u32(to - from);
      for (Digest digest : digests.subList(from, to)) {
        writer
            .u16(digest.value().size())
            .bytes(digest.value())
            .zeros(DIGEST_BYTES - digest.value().size());
      }
      writer.zeros((PER_LIST - (to - from)) * (2 + DIGEST_BYTES));
    }
    return writer.toBytes();
  }
}
