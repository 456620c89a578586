// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * TPML_PCR_SELECTION: selections of several banks, in the order in which a quote hashes them. TPM
 * 2.0 Part 2, 10.9.7. A bank may come twice on the wire; whoever judges it decides what that means.
 */
public record TpmlPcrSelection(List<TpmsPcrSelection> pcrSelections) {
  /** HASH_COUNT of any TPM seen; more is no selection. */
  private static final int MAX_COUNT = 16;

  public TpmlPcrSelection {
    pcrSelections = List.copyOf(pcrSelections);
    if (pcrSelections.size() > MAX_COUNT) {
      throw new IllegalArgumentException(pcrSelections.size() + " PCR selections");
    }
  }

  public static TpmlPcrSelection parse(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPML_PCR_SELECTION");
    var selection = read(reader);
    reader.expectEnd();
    return selection;
  }

  static TpmlPcrSelection read(BinaryReader outer) throws FormatException {
    var reader = outer.named("TPML_PCR_SELECTION");
    long count = reader.u32();
    if (count > MAX_COUNT) {
      throw reader.malformed("count %d, at most %d are allowed".formatted(count, MAX_COUNT));
    }
    List<TpmsPcrSelection> selections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      selections.add(TpmsPcrSelection.read(reader));
    }
    return new TpmlPcrSelection(selections);
  }

  void write(BinaryWriter writer) {
    writer.u32(pcrSelections.size());
    pcrSelections.forEach(selection -> selection.write(writer));
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian();
    write(writer);
    return writer.toBytes();
  }

  /** {@code sha1:0+sha256:0,4,7}, as tpm2-tools write it; {@code none} if empty. */
  @Override
  public String toString() {
    return pcrSelections.isEmpty()
        ? "none"
        : String.join("+", pcrSelections.stream().map(TpmsPcrSelection::toString).toList());
  }
}
