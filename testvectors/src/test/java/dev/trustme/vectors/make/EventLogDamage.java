// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.EventBytes.SEPARATOR;
import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.TcgEventType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Logs that are not even well formed. */
final class EventLogDamage {
  private static final int SHA1 = 0x04;
  private static final int SHA256 = 0x0b;
  private static final String AGILE = "TCG_PCR_EVENT2: ";
  private static final String FIRST = "TCG_PCR_EVENT: ";
  private static final String SPEC_ID = "TCG_EfiSpecIDEvent: ";

  /** Where the head's data begins: pcrIndex, eventType, digest, eventSize. */
  private static final int HEAD_DATA = 32;

  private final LogTwins twins;
  private final LogBuilder uki;
  private final Bytes good;

  EventLogDamage(LogTwins twins) {
    this.twins = twins;
    this.uki = twins.log("uki");
    this.good = uki.build();
  }

  private void uki(String id, String comment, Bytes log, String reason) throws IOException {
    twins.reject("uki", id, comment, log, reason);
  }

  private void head(String id, String comment, Bytes specId, String reason) throws IOException {
    uki(id, comment, uki.withHead(LogBuilder.head(specId)).build(), reason);
  }

  void make() throws IOException {
    heads();
    algorithms();
    digests();
    indexes();
    sizes();
    padding();
    confidential();
  }

  private void heads() throws IOException {
    Bytes missing = uki.withHead(Bytes.empty()).build();
    // Read as an entry of a SHA-1 log, the size is what stands 28 bytes into the first event.
    long size = u32(missing, 28);
    uki(
        "l08a-head-missing",
        "no Spec ID event: the first event's digests are read as its size",
        missing,
        FIRST + "need %d bytes, %d remain".formatted(size, missing.size() - 32));
    Bytes specId = LogBuilder.specId(SHA1, SHA256);
    uki(
        "l08b-second-head",
        "a second Spec ID event, which could rename the algorithms",
        uki.after("dxe", Boots.silent(uki, "head", 0, specId)).build(),
        AGILE + "a Spec ID event that is not first");
    uki(
        "l08g-head-measured",
        "a Spec ID event with a digest",
        with(good, 8, 1),
        FIRST + "a Spec ID event that claims to be measured");
    head(
        "l08h-version",
        "Spec ID Event04, which nobody has specified",
        with(specId, 14, '4'),
        SPEC_ID + "a version that is neither 00, 02 nor 03");
    head(
        "l08i-vendor-info",
        "one byte after the head's vendor information",
        Bytes.concat(specId, Bytes.zeros(1)),
        FIRST + "1 bytes after the end of the structure");
  }

  private static long u32(Bytes bytes, int offset) {
    long value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | bytes.at(offset + i);
    }
    return value;
  }

  private static Bytes specId(int count, int... algorithms) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < algorithms.length; i += 2) {
      pairs.add(new int[] {algorithms[i], algorithms[i + 1]});
    }
    return LogBuilder.specId(count, pairs, Bytes.zeros(1));
  }

  private void algorithms() throws IOException {
    head(
        "l08c-algorithm-size",
        "sha256 with digests of 20 bytes",
        specId(2, SHA1, 20, SHA256, 20),
        SPEC_ID + "algorithm 0x000b with digests of 20 bytes");
    head("l08d-no-algorithms", "numberOfAlgorithms 0", specId(0), SPEC_ID + "numberOfAlgorithms 0");
    head(
        "l08e-many-algorithms",
        "numberOfAlgorithms 65535, with room for two",
        specId(65535, SHA1, 20, SHA256, 32),
        SPEC_ID + "numberOfAlgorithms 65535");
    head(
        "l08f-algorithm-twice",
        "the same algorithm twice",
        specId(2, SHA256, 32, SHA256, 32),
        SPEC_ID + "algorithm 0x000b twice");
  }

  private void digests() throws IOException {
    int count = uki.offset("pei") + 8;
    uki(
        "l09a-digest-count",
        "three digests, where the head names two algorithms",
        with(good, count, 3),
        AGILE + "3 digests, the Spec ID event names 2 algorithms");
    uki(
        "l09b-no-digests",
        "an event without digests",
        with(good, count, 0),
        AGILE + "0 digests, the Spec ID event names 2 algorithms");
    uki(
        "l09c-unknown-algorithm",
        "a digest of an algorithm that the head does not name",
        with(good, count + 4, 0x0d),
        AGILE + "algorithm 0x000d, which the Spec ID event does not name");
    uki(
        "l09d-digest-twice",
        "two sha1 digests in one event",
        uki.edit("pei", e -> e.withBanks(SHA1, SHA1)).build(),
        AGILE + "algorithm 0x0004 twice");
  }

  private void indexes() throws IOException {
    for (long pcr : new long[] {24, 0xffffffffL}) {
      uki(
          pcr == 24 ? "l10a-pcr-24" : "l10b-pcr-max",
          "an event of PCR %d".formatted(pcr),
          uki.edit("pei", e -> e.withPcr(pcr)).build(),
          AGILE + "pcrIndex " + pcr);
    }
    twins.reject(
        "sha1",
        "l10c-sha1-pcr-32",
        "an event of PCR 32 in a SHA-1 log",
        twins.log("sha1").edit("pei", e -> e.withPcr(32)).build(),
        FIRST + "pcrIndex 32");
  }

  private void sizes() throws IOException {
    int size = uki.offset("pei") + 12 + 2 + 20 + 2 + 32;
    int remain = good.size() - size - 4;
    uki(
        "l11a-event-size-max",
        "eventSize 2^32 - 1",
        withU32(good, size, 0xffffffffL),
        AGILE + "need 4294967295 bytes, %d remain".formatted(remain));
    uki(
        "l11b-event-size-beyond",
        "eventSize is one more than there is",
        withU32(good, size, remain + 1L),
        AGILE + "need %d bytes, %d remain".formatted(remain + 1, remain));
    long wraps = (1L << 32) - size;
    uki(
        "l11c-event-size-wraps",
        "eventSize that leads back to the start of the log in 32 bits",
        withU32(good, size, wraps),
        AGILE + "need %d bytes, %d remain".formatted(wraps, remain));
    uki(
        "l11d-first-event-size",
        "the head's eventSize is 2^31",
        withU32(good, 28, 0x80000000L),
        FIRST + "need 2147483648 bytes, %d remain".formatted(good.size() - HEAD_DATA));
  }

  private static Bytes withU32(Bytes bytes, int offset, long value) {
    Bytes number = BinaryWriter.littleEndian().u32(value).toBytes();
    return Bytes.concat(bytes.slice(0, offset), number, bytes.slice(offset + 4, bytes.size()));
  }

  private void padding() throws IOException {
    Bytes event = uki.encode(Boots.entry(uki, "late", 4, TcgEventType.EV_SEPARATOR, SEPARATOR));
    twins.reject(
        "padded-ff",
        "l25a-after-ff",
        "an event after the padding",
        Bytes.concat(good, Bytes.fromHex("ff".repeat(1024)), event),
        AGILE + "data after 1024 bytes of padding ff");
    twins.reject(
        "padded-00",
        "l25b-after-00",
        "an event after the padding; its own first byte is not 00",
        Bytes.concat(good, Bytes.zeros(1024), event),
        AGILE + "data after 1024 bytes of padding 00");
    var sha1 = twins.log("sha1");
    twins.reject(
        "sha1",
        "l25c-sha1-after-00",
        "an event after 64 zeros, which read as two events of PCR 0",
        Bytes.concat(sha1.build(), Bytes.zeros(64), sha1.encode(sha1.entry("separator-4"))),
        FIRST + "data after 64 bytes of padding 00");
  }

  private void confidential() throws IOException {
    var tdx = twins.log("cc-tdx");
    Bytes event = tdx.encode(tdx.entry("runtime"));
    twins.reject(
        "cc-tdx-padded-ff",
        "l25d-cc-after-ff",
        "an event after the table's padding",
        Bytes.concat(tdx.build(), Bytes.fromHex("ff".repeat(2048)), event),
        AGILE + "data after 2048 bytes of padding ff");
    twins.reject(
        "cc-tdx",
        "l10d-cc-register-5",
        "a register that no TDX guest has",
        tdx.edit("runtime", e -> e.withPcr(5)).build(),
        AGILE + "mrIndex 5");
    int number = tdx.index("runtime") + 1;
    twins.reject(
        "cc-tdx",
        "cc-mrtd",
        "an event that claims to extend MRTD",
        tdx.edit("runtime", e -> e.withPcr(0)).build(),
        "event %d: a measurement into MRTD, which nothing extends".formatted(number));
    var like = Boots.uki(LogBuilder.agile(0x0c));
    twins.reject(
        "cc-tdx",
        "l06k-cc-locality",
        "a startup locality, which a confidential guest does not have",
        tdx.before("SecureBoot", Boots.silent(like, "l", 0, EventBytes.startupLocality(3))).build(),
        "event 1: a Startup Locality event in a CC event log");
    twins.reject(
        "cc-tdx",
        "cc-digest-byte",
        "one bit of the last event's digest changed",
        flipped(tdx),
        "log-replay at RTMR3");
  }

  private static Bytes flipped(LogBuilder tdx) {
    Bytes bytes = tdx.build();
    int digest = tdx.offset("runtime") + 12 + 2;
    return with(bytes, digest, bytes.at(digest) ^ 1);
  }
}
