// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record of CEL-TLV as it was written, integers in their own width: record number, PCR or NV
 * index, digests, content, in this order. TCG Canonical Event Log Format 1.0, 5.1.
 */
public record CelTlvRecord(CelTlv recnum, CelTlv handle, CelTlv digests, CelTlv content) {
  static final int RECNUM = 0;
  static final int PCR = 1;
  static final int NV_INDEX = 2;
  static final int DIGESTS = 3;
  static final int CEL = 4;
  static final int PCCLIENT_STD = 5;
  static final int IMA_TEMPLATE = 7;
  static final int IMA_TLV = 8;

  private static final String STRUCTURE = "CEL record";

  /** All records of a log. */
  public static List<CelTlvRecord> parse(Bytes log) throws FormatException {
    var reader = BinaryReader.bigEndian(log, STRUCTURE);
    List<CelTlvRecord> records = new ArrayList<>();
    while (reader.hasRemaining()) {
      records.add(read(reader));
    }
    return records;
  }

  private static CelTlvRecord read(BinaryReader reader) throws FormatException {
    CelTlv recnum = expect(reader, RECNUM, RECNUM, "record number");
    CelTlv handle = expect(reader, PCR, NV_INDEX, "PCR or NV index");
    CelTlv digests = expect(reader, DIGESTS, DIGESTS, "digests");
    CelTlv content = expect(reader, CEL, 0xff, "content");
    return new CelTlvRecord(recnum, handle, digests, content);
  }

  private static CelTlv expect(BinaryReader reader, int first, int last, String what)
      throws FormatException {
    long offset = reader.offset();
    CelTlv field = CelTlv.read(reader);
    if (field.type() < first || field.type() > last) {
      throw new FormatException(
          STRUCTURE, offset, "a field of type %d, expected the %s".formatted(field.type(), what));
    }
    return field;
  }

  public Bytes encode() {
    return Bytes.concat(recnum.encode(), handle.encode(), digests.encode(), content.encode());
  }

  /** The record's meaning. */
  public TpmsCelEvent event() throws FormatException {
    try {
      return new TpmsCelEvent(
          Optional.of(recnum.integer("CEL recnum")), extended(), digestList(), decode());
    } catch (IllegalArgumentException e) {
      throw new FormatException(STRUCTURE, recnum.offset(), String.valueOf(e.getMessage()));
    }
  }

  private CelHandle extended() throws FormatException {
    long index = handle.integer("CEL index");
    return handle.type() == PCR
        ? new CelHandle.Pcr(Math.toIntExact(Math.min(index, Integer.MAX_VALUE)))
        : new CelHandle.NvIndex(index);
  }

  private List<Digest> digestList() throws FormatException {
    var reader = digests.reader("CEL digests");
    List<Digest> list = new ArrayList<>();
    for (CelTlv field : CelTlv.readAll(reader)) {
      HashAlgorithm algorithm =
          HashAlgorithm.byTpmAlgId(field.type())
              .orElseThrow(
                  () -> reader.malformed("unknown algorithm 0x%02x".formatted(field.type())));
      if (field.value().size() != algorithm.size()) {
        throw reader.malformed(
            "a %s digest of %d bytes".formatted(algorithm.label(), field.value().size()));
      }
      list.add(new Digest(algorithm, field.value()));
    }
    return list;
  }

  private CelContent decode() throws FormatException {
    return switch (content.type()) {
      case CEL ->
          new CelContent.CelManagement(CelTlv.readAll(content.reader("CEL management event")));
      case PCCLIENT_STD -> pcClient(content.reader("TPMS_EVENT_PCCLIENT_STD"));
      case IMA_TEMPLATE -> imaTemplate(content.reader("TPMS_EVENT_IMA_TEMPLATE"));
      case IMA_TLV -> new CelContent.ImaTlv(CelTlv.readAll(content.reader("TPMS_EVENT_IMA_TLV")));
      default -> new CelContent.Unknown("type " + content.type(), content.value());
    };
  }

  private static CelContent pcClient(BinaryReader reader) throws FormatException {
    CelTlv type = nested(reader, 0, "event_type");
    CelTlv data = nested(reader, 1, "event_data");
    reader.expectEnd();
    return new CelContent.PcClientStd(type.integer("event_type"), data.value());
  }

  private static CelContent imaTemplate(BinaryReader reader) throws FormatException {
    CelTlv name = nested(reader, 0, "template_name");
    CelTlv data = nested(reader, 1, "template_data");
    reader.expectEnd();
    for (int i = 0; i < name.value().size(); i++) {
      if (name.value().at(i) < '!' || name.value().at(i) > '~') {
        throw reader.malformed("template_name holds more than printable ASCII");
      }
    }
    String text = new String(name.value().toArray(), StandardCharsets.US_ASCII);
    return new CelContent.ImaTemplate(text, data.value());
  }

  private static CelTlv nested(BinaryReader reader, int type, String what) throws FormatException {
    CelTlv field = CelTlv.read(reader);
    if (field.type() != type) {
      throw reader.malformed("a field of type %d, expected %s".formatted(field.type(), what));
    }
    return field;
  }
}
