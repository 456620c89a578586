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
import java.util.List;
import java.util.Optional;

/** Reads a whole log, little-endian. The first entry has the SHA-1 layout in either format. */
final class EventLogReader {
  private static final String SHA1_EVENT = "TCG_PCR_EVENT";
  private static final String AGILE_EVENT = "TCG_PCR_EVENT2";

  /** That many equal bytes where an event should begin are no event. */
  private static final int LEAST_PADDING = 16;

  /** What an entry's first field is called, and how many of these there are. */
  record Registers(String indexName, int count) {
    static final Registers PCRS = new Registers("pcrIndex", TcgPcrEvent2.PCR_COUNT);
    static final Registers CC = new Registers("mrIndex", CcRegister.values().length);
  }

  private final Bytes log;
  private final Registers registers;
  private final BinaryReader reader;
  private final List<TcgPcrEvent2> events = new ArrayList<>();
  private final List<String> quirks = new ArrayList<>();
  private final int paddingStart;
  private List<AlgorithmSize> algorithms = List.of();

  EventLogReader(Bytes log, Registers registers) {
    this.log = log;
    this.registers = registers;
    this.paddingStart = paddingStart(log);
    this.reader = BinaryReader.littleEndian(log, SHA1_EVENT);
  }

  EventLog read() throws FormatException {
    if (restIsPadding()) {
      throw reader.malformed("the log is empty");
    }
    var first = readSha1Event();
    boolean agile = SpecIdEvents.isAgile(first);
    Optional<SpecIdEvent> specId = agile ? Optional.of(readSpecId(first)) : Optional.empty();
    if (!agile) {
      if (SpecIdEvents.isAny(first)) {
        SpecIdEvents.requireSha1Header(body(first));
      }
      events.add(first);
    }
    while (!restIsPadding()) {
      requireNoPadding(agile ? AGILE_EVENT : SHA1_EVENT);
      var event = agile ? readEvent() : readSha1Event();
      if (SpecIdEvents.isAny(event)) {
        throw new FormatException(
            agile ? AGILE_EVENT : SHA1_EVENT, event.offset(), "a Spec ID event that is not first");
      }
      events.add(event);
    }
    return new EventLog(specId, events, reader.rest(), quirks);
  }

  /** A reader over the data of the event that was read last. */
  private BinaryReader body(TcgPcrEvent2 first) throws FormatException {
    if (first.pcrIndex() != 0 || !first.digests().getFirst().value().isAllZero()) {
      throw new FormatException(
          SHA1_EVENT, first.offset(), "a Spec ID event that claims to be measured");
    }
    long start = reader.offset() - first.event().size();
    return reader.at(SHA1_EVENT, start).slice(SHA1_EVENT, first.event().size());
  }

  private SpecIdEvent readSpecId(TcgPcrEvent2 first) throws FormatException {
    var body = body(first);
    long start = body.offset();
    var specId = SpecIdEvents.read(body, reader);
    body.expectEnd();
    int beyond = Math.toIntExact(reader.offset() - start) - first.event().size();
    if (beyond > 0) {
      quirks.add(EventLog.VENDOR_INFO_BEYOND_EVENT);
    }
    algorithms = specId.digestSizes();
    var event = log.slice(Math.toIntExact(start), Math.toIntExact(reader.offset()));
    events.add(new TcgPcrEvent2(0, 0, 0, TcgEventType.EV_NO_ACTION, first.digests(), event));
    return specId;
  }

  private TcgPcrEvent2 readSha1Event() throws FormatException {
    var entry = reader.named(SHA1_EVENT);
    long offset = entry.offset();
    int index = readIndex(entry);
    var type = EventType.of(entry.u32());
    var digest = new EventDigest(HashAlgorithm.SHA1.tpmAlgId(), entry.bytes(20));
    return new TcgPcrEvent2(
        events.size(), offset, index, type, List.of(digest), entry.bytes(entry.u32()));
  }

  private TcgPcrEvent2 readEvent() throws FormatException {
    var entry = reader.named(AGILE_EVENT);
    long offset = entry.offset();
    int index = readIndex(entry);
    var type = EventType.of(entry.u32());
    var digests = readDigests(entry);
    return new TcgPcrEvent2(events.size(), offset, index, type, digests, entry.bytes(entry.u32()));
  }

  private int readIndex(BinaryReader entry) throws FormatException {
    long offset = entry.offset();
    long index = entry.u32();
    if (index >= registers.count) {
      throw new FormatException(
          entry.structure(), offset, "%s %d".formatted(registers.indexName, index));
    }
    return Math.toIntExact(index);
  }

  private List<EventDigest> readDigests(BinaryReader entry) throws FormatException {
    long count = entry.u32();
    if (count == 0 || count > algorithms.size()) {
      throw entry.malformed(
          "%d digests, the Spec ID event names %d algorithms".formatted(count, algorithms.size()));
    }
    List<EventDigest> digests = new ArrayList<>(Math.toIntExact(count));
    for (long i = 0; i < count; i++) {
      int algorithm = entry.u16();
      int size = digestSize(entry, algorithm);
      if (digests.stream().anyMatch(d -> d.algorithmId() == algorithm)) {
        throw entry.malformed("algorithm 0x%04x twice".formatted(algorithm));
      }
      digests.add(new EventDigest(algorithm, entry.bytes(size)));
    }
    return digests;
  }

  private int digestSize(BinaryReader entry, int algorithm) throws FormatException {
    for (AlgorithmSize known : algorithms) {
      if (known.algorithmId() == algorithm) {
        return known.digestSize();
      }
    }
    throw entry.malformed(
        "algorithm 0x%04x, which the Spec ID event does not name".formatted(algorithm));
  }

  private boolean restIsPadding() {
    return reader.offset() >= paddingStart;
  }

  /** Padding ends a log: whatever lies behind it was put there by somebody else. */
  private void requireNoPadding(String structure) throws FormatException {
    int start = Math.toIntExact(reader.offset());
    int fill = log.at(start);
    int end = start;
    while (end < log.size() && log.at(end) == fill) {
      end++;
    }
    if ((fill == 0x00 || fill == 0xff) && end - start >= LEAST_PADDING) {
      throw new FormatException(
          structure, end, "data after %d bytes of padding %02x".formatted(end - start, fill));
    }
  }

  /** Where the run of 00 or FF begins that ends the log; looked for once, as logs can be long. */
  private static int paddingStart(Bytes log) {
    int start = log.size();
    if (start == 0 || (log.at(start - 1) != 0x00 && log.at(start - 1) != 0xff)) {
      return start;
    }
    int fill = log.at(start - 1);
    while (start > 0 && log.at(start - 1) == fill) {
      start--;
    }
    return start;
  }
}
