// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Optional;

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
 * @param number 0 for the first entry of the log
 * @param offset where the entry begins in the log
 * @param pcrIndex 0 to 23
 */
public record TcgPcrEvent2(
    int number,
    long offset,
    int pcrIndex,
    EventType untrustedType,
    List<EventDigest> digests,
    Bytes event) {
  public static final int PCR_COUNT = 24;

  public TcgPcrEvent2 {
    digests = List.copyOf(digests);
    if (pcrIndex < 0 || pcrIndex >= PCR_COUNT) {
      throw new IllegalArgumentException("PCR %d".formatted(pcrIndex));
    }
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
    return EventDataDecoder.decode(this);
  }

  /** The event's digest of that bank held against its data. */
  public Optional<DigestCheck> digestCheck(HashAlgorithm bank) {
    return digest(bank).map(digest -> DigestRules.check(this, untrustedData(), digest));
  }

  /** The same for all banks at once, and what the data says: it is decoded once. */
  public CheckedEvent checked() {
    return CheckedEvent.of(this);
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
}
