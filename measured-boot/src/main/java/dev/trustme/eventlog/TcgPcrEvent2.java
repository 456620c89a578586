// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One log entry: TCG_PCR_EVENT2 of a crypto-agile log, or TCG_PCR_EVENT of a SHA-1 log with its one
 * digest. Little-endian; {@code eventSize} in bytes. TCG PC Client Platform Firmware Profile,
 * "Event Log". Neither the type nor the data of an event is what the TPM extended: only its digest
 * is.
 *
 * <pre>
 * UINT32 pcrIndex; UINT32 eventType; UINT32 count; { UINT16 hashAlg; UINT8 digest[]; }[count];
 * UINT32 eventSize; UINT8 event[eventSize];
 * </pre>
 *
 * <p>A value; its data is decoded once, when it is first asked for.
 */
public final class TcgPcrEvent2 {
  public static final int PCR_COUNT = 24;

  private final int number;
  private final long offset;
  private final int pcrIndex;
  private final EventType untrustedType;
  private final List<EventDigest> digests;
  private final Bytes event;

  /** Immutable, so that it does not matter which of several threads' is kept. */
  private @Nullable CheckedEvent checked;

  /**
   * An entry.
   *
   * @param number 0 for the first entry of the log
   * @param offset where the entry begins in the log
   * @param pcrIndex 0 to 23
   */
  public TcgPcrEvent2(
      int number,
      long offset,
      int pcrIndex,
      EventType untrustedType,
      List<EventDigest> digests,
      Bytes event) {
    if (pcrIndex < 0 || pcrIndex >= PCR_COUNT) {
      throw new IllegalArgumentException("PCR %d".formatted(pcrIndex));
    }
    this.number = number;
    this.offset = offset;
    this.pcrIndex = pcrIndex;
    this.untrustedType = untrustedType;
    this.digests = List.copyOf(digests);
    this.event = event;
  }

  public int number() {
    return number;
  }

  public long offset() {
    return offset;
  }

  public int pcrIndex() {
    return pcrIndex;
  }

  public EventType untrustedType() {
    return untrustedType;
  }

  public List<EventDigest> digests() {
    return digests;
  }

  public Bytes event() {
    return event;
  }

  public Optional<Digest> digest(HashAlgorithm bank) {
    for (EventDigest digest : digests) {
      if (digest.algorithmId() == bank.tpmAlgId()) {
        return digest.digest();
      }
    }
    return Optional.empty();
  }

  /** Whether it changes a PCR: every type but EV_NO_ACTION does. */
  public boolean extendsPcr() {
    return untrustedType != TcgEventType.EV_NO_ACTION;
  }

  /** What the data says, decoded by type and PCR; worth as much as the digest check. */
  public EventData untrustedData() {
    return checked().untrustedData();
  }

  /** The event's digest of that bank held against its data. */
  public Optional<DigestCheck> digestCheck(HashAlgorithm bank) {
    return Optional.ofNullable(checked().checks().get(bank));
  }

  /** The same for all banks at once, and what the data says: it is decoded once. */
  public CheckedEvent checked() {
    var known = checked;
    if (known == null) {
      known = CheckedEvent.of(this);
      checked = known;
    }
    return known;
  }

  Bytes encode() {
    var out =
        BinaryWriter.littleEndian().u32(pcrIndex).u32(untrustedType.value()).u32(digests.size());
    digests.forEach(d -> out.u16(d.algorithmId()).bytes(d.value()));
    return out.u32(event.size()).bytes(event).toBytes();
  }

  /**
   * TCG_PCR_EVENT: the one SHA-1 digest without its algorithm, in every SHA-1 log and first entry.
   */
  Bytes encodeSha1(int eventSize) {
    return BinaryWriter.littleEndian()
        .u32(pcrIndex)
        .u32(untrustedType.value())
        .bytes(digests.getFirst().value())
        .u32(eventSize)
        .bytes(event)
        .toBytes();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TcgPcrEvent2 that
        && number == that.number
        && offset == that.offset
        && pcrIndex == that.pcrIndex
        && untrustedType.equals(that.untrustedType)
        && digests.equals(that.digests)
        && event.equals(that.event);
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, offset, pcrIndex, untrustedType, digests, event);
  }

  @Override
  public String toString() {
    return "event %d: PCR %d, %s, %s, %s"
        .formatted(number, pcrIndex, untrustedType.name(), digests, event);
  }
}
