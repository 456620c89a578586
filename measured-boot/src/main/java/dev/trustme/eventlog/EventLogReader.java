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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a whole log, little-endian. The first entry has the SHA-1 layout in either format. */
final class EventLogReader {
  private static final String SHA1_EVENT = "TCG_PCR_EVENT";
  private static final String AGILE_EVENT = "TCG_PCR_EVENT2";

  private final Bytes log;
  private final BinaryReader reader;
  private final List<TcgPcrEvent2> events = new ArrayList<>();
  private final List<String> quirks = new ArrayList<>();
  private final Map<Integer, Integer> digestSizes = new HashMap<>();
  private final int paddingStart;

  EventLogReader(Bytes log) {
    this.log = log;
    this.paddingStart = paddingStart(log);
    this.reader = BinaryReader.littleEndian(log, SHA1_EVENT);
  }

  EventLog read() throws FormatException {
    if (!reader.hasRemaining()) {
      throw reader.malformed("the log is empty");
    }
    var first = readSha1Event();
    boolean agile =
        first.untrustedType() == TcgEventType.EV_NO_ACTION
            && first.event().startsWith(SpecIdEvents.SIGNATURE);
    Optional<SpecIdEvent> specId = agile ? Optional.of(readSpecId(first)) : Optional.empty();
    if (!agile) {
      events.add(first);
    }
    while (reader.hasRemaining() && !restIsPadding()) {
      var event = agile ? readEvent() : readSha1Event();
      if (event.untrustedType() == TcgEventType.EV_NO_ACTION
          && event.event().startsWith(SpecIdEvents.SIGNATURE)) {
        throw new FormatException(AGILE_EVENT, event.offset(), "a Spec ID event that is not first");
      }
      events.add(event);
    }
    return new EventLog(specId, events, reader.rest(), quirks);
  }

  private SpecIdEvent readSpecId(TcgPcrEvent2 first) throws FormatException {
    if (first.pcrIndex() != 0 || !first.digests().getFirst().value().isAllZero()) {
      throw new FormatException(
          SHA1_EVENT, first.offset(), "a Spec ID event that claims to be measured");
    }
    long start = reader.offset() - first.event().size();
    var body = reader.at(SHA1_EVENT, start).slice(SHA1_EVENT, first.event().size());
    var specId = SpecIdEvents.read(body, reader);
    body.expectEnd();
    int beyond = Math.toIntExact(reader.offset() - start) - first.event().size();
    if (beyond > 0) {
      quirks.add(EventLog.VENDOR_INFO_BEYOND_EVENT);
    }
    for (AlgorithmSize entry : specId.digestSizes()) {
      digestSizes.put(entry.algorithmId(), entry.digestSize());
    }
    var event = log.slice(Math.toIntExact(start), Math.toIntExact(reader.offset()));
    events.add(new TcgPcrEvent2(0, 0, 0, TcgEventType.EV_NO_ACTION, first.digests(), event));
    return specId;
  }

  private TcgPcrEvent2 readSha1Event() throws FormatException {
    var entry = reader.named(SHA1_EVENT);
    long offset = entry.offset();
    int pcr = readPcrIndex(entry);
    var type = EventType.of(entry.u32());
    var digest = new EventDigest(HashAlgorithm.SHA1.tpmAlgId(), entry.bytes(20));
    return new TcgPcrEvent2(
        events.size(), offset, pcr, type, List.of(digest), entry.bytes(entry.u32()));
  }

  private TcgPcrEvent2 readEvent() throws FormatException {
    var entry = reader.named(AGILE_EVENT);
    long offset = entry.offset();
    int pcr = readPcrIndex(entry);
    var type = EventType.of(entry.u32());
    var digests = readDigests(entry);
    return new TcgPcrEvent2(events.size(), offset, pcr, type, digests, entry.bytes(entry.u32()));
  }

  private static int readPcrIndex(BinaryReader entry) throws FormatException {
    long offset = entry.offset();
    long index = entry.u32();
    if (index >= TcgPcrEvent2.PCR_COUNT) {
      throw new FormatException(entry.structure(), offset, "pcrIndex %d".formatted(index));
    }
    return Math.toIntExact(index);
  }

  private List<EventDigest> readDigests(BinaryReader entry) throws FormatException {
    long count = entry.u32();
    if (count == 0 || count > digestSizes.size()) {
      throw entry.malformed(
          "%d digests, the Spec ID event names %d algorithms".formatted(count, digestSizes.size()));
    }
    List<EventDigest> digests = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (long i = 0; i < count; i++) {
      int algorithm = entry.u16();
      Integer size = digestSizes.get(algorithm);
      if (size == null) {
        throw entry.malformed(
            "algorithm 0x%04x, which the Spec ID event does not name".formatted(algorithm));
      }
      if (!seen.add(algorithm)) {
        throw entry.malformed("algorithm 0x%04x twice".formatted(algorithm));
      }
      digests.add(new EventDigest(algorithm, entry.bytes(size)));
    }
    return digests;
  }

  private boolean restIsPadding() {
    return reader.offset() >= paddingStart;
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
