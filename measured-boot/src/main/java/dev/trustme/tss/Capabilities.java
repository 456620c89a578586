// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Memory;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** TPM2_GetCapability: what this TPM is, has and holds. TPM 2.0 Part 2, 6.12 and 6.13. */
public final class Capabilities {
  private static final int TPM_CAP_HANDLES = 1;
  private static final int TPM_CAP_PCRS = 5;
  private static final int TPM_CAP_TPM_PROPERTIES = 6;
  private static final int PT_FIXED = 0x100;
  private static final int PT_VAR = 0x200;
  private static final int GROUP = 0x100;
  private static final int COUNT = 128;
  private static final int HANDLE_TYPE_SHIFT = 24;

  /** Kinds of handles. TPM 2.0 Part 2, 7.2. */
  public enum HandleType {
    NV_INDEX(0x01),
    LOADED_SESSION(0x02),
    TRANSIENT(0x80),
    PERSISTENT(0x81);

    private final int type;

    HandleType(int type) {
      this.type = type;
    }
  }

  private final TssContext tss;

  Capabilities(TssContext tss) {
    this.tss = tss;
  }

  /** What lies after the capability field, and whether there is more. */
  private record Answer(BinaryReader data, boolean more) {}

  private Answer get(int capability, int property) throws IOException {
    try (var call = tss.call("TPM2_GetCapability");
        var moreData = new Memory(1)) {
      var data = call.out();
      call.run((esys, context) ->
          esys.Esys_GetCapability(
              context,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              capability,
              property,
              COUNT,
              moreData,
              data));
      boolean more = moreData.getByte(0) != 0;
      return call.parse(
          TssType.TPMS_CAPABILITY_DATA,
          data,
          wire ->
              new Answer(list(Call.reader(wire, TssType.TPMS_CAPABILITY_DATA), capability), more));
    }
  }

  private static BinaryReader list(BinaryReader reader, int capability) throws FormatException {
    if (reader.u32() != capability) {
      throw reader.malformed("expected capability %d".formatted(capability));
    }
    return reader;
  }

  /** Handles that exist now, ascending; of NV indices those that a user may know. */
  public List<Long> handles(HandleType type) throws IOException {
    List<Long> handles = new ArrayList<>();
    long next = (long) type.type << HANDLE_TYPE_SHIFT;
    boolean more = true;
    while (more) {
      var answer = get(TPM_CAP_HANDLES, (int) next);
      var page = Call.parse(answer.data().rest(), Capabilities::handleList);
      handles.addAll(page);
      more = answer.more() && !page.isEmpty();
      next = more ? page.get(page.size() - 1) + 1 : next;
    }
    return handles;
  }

  private static List<Long> handleList(Bytes wire) throws FormatException {
    var reader = Call.reader(wire, TssType.TPMS_CAPABILITY_DATA);
    List<Long> handles = new ArrayList<>();
    for (long left = reader.u32(); left > 0; left--) {
      handles.add(reader.u32());
    }
    return handles;
  }

  /** All properties that the TPM tells, by TPM_PT. TPM 2.0 Part 2, 6.13. */
  public TpmProperties properties() throws IOException {
    SortedMap<Integer, Long> values = new TreeMap<>();
    for (int group : List.of(PT_FIXED, PT_VAR)) {
      int next = group;
      boolean more = true;
      while (more) {
        var answer = get(TPM_CAP_TPM_PROPERTIES, next);
        var page = Call.parse(answer.data().rest(), Capabilities::propertyList);
        values.putAll(page);
        more = answer.more() && !page.isEmpty() && page.lastKey() < group + GROUP - 1;
        next = more ? page.lastKey() + 1 : next;
      }
    }
    return new TpmProperties(values);
  }

  private static SortedMap<Integer, Long> propertyList(Bytes wire) throws FormatException {
    var reader = Call.reader(wire, TssType.TPMS_CAPABILITY_DATA);
    SortedMap<Integer, Long> page = new TreeMap<>();
    for (long left = reader.u32(); left > 0; left--) {
      int property = (int) reader.u32();
      page.put(property, reader.u32());
    }
    return page;
  }

  Set<HashAlgorithm> activeBanks(int pcr) throws IOException {
    Set<HashAlgorithm> active = EnumSet.noneOf(HashAlgorithm.class);
    for (var bank : allocation().entrySet()) {
      var select = bank.getValue();
      if (pcr / 8 < select.size() && (select.at(pcr / 8) >> pcr % 8 & 1) == 1) {
        active.add(
            HashAlgorithm.byTpmAlgId(bank.getKey())
                .orElseThrow(() ->
                    new IOException(
                        "the TPM's bank 0x%04x is active and unknown; disable it"
                            .formatted(bank.getKey()))));
      }
    }
    return active;
  }

  private SortedMap<Integer, Bytes> allocation() throws IOException {
    return Call.parse(get(TPM_CAP_PCRS, 0).data().rest(), Capabilities::banks);
  }

  /**
   * TPML_PCR_SELECTION by TPM_ALG_ID: here, unlike in a quote, algorithms may be unknown, as TPMs
   * list what they could do with empty selections. TPM 2.0 Part 2, 10.6.2 and 10.9.7.
   */
  private static SortedMap<Integer, Bytes> banks(Bytes wire) throws FormatException {
    var reader = BinaryReader.bigEndian(wire, "TPML_PCR_SELECTION");
    SortedMap<Integer, Bytes> banks = new TreeMap<>();
    for (long left = reader.u32(); left > 0; left--) {
      int algorithm = reader.u16();
      banks.put(algorithm, reader.bytes(reader.u8()));
    }
    return banks;
  }

  static String text(long fourCharacters) {
    return BinaryWriter.bigEndian().u32(fourCharacters).toBytes().utf8().replace("\0", "").strip();
  }
}
