// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes crypto-agile logs with the banks sha1 and sha256, right and wrong ones. */
public final class TestLog {
  private final List<Bytes> parts = new ArrayList<>();

  private TestLog() {}

  /** Nothing yet, not even a Spec ID event. */
  public static TestLog empty() {
    return new TestLog();
  }

  /** A log that so far holds the usual Spec ID event. */
  public static TestLog agile() {
    return empty().raw(sha1Event(0, 3, Bytes.zeros(20), specId(4, 20, 11, 32)));
  }

  /** TCG_EfiSpecIDEvent with these pairs of algorithm and digest size. */
  public static Bytes specId(int... algorithms) {
    var out =
        BinaryWriter.littleEndian()
            .bytes(Bytes.utf8("Spec ID Event03\0"))
            .zeros(5)
            .u8(2)
            .u8(0)
            .u8(2)
            .u32(algorithms.length / 2);
    Arrays.stream(algorithms).forEach(out::u16);
    return out.u8(0).toBytes();
  }

  public static Bytes sha1Event(long pcr, long type, Bytes digest, Bytes event) {
    return BinaryWriter.littleEndian()
        .u32(pcr)
        .u32(type)
        .bytes(digest)
        .u32(event.size())
        .bytes(event)
        .toBytes();
  }

  public static Bytes event(long pcr, long type, Bytes event, Digest... digests) {
    var out = BinaryWriter.littleEndian().u32(pcr).u32(type).u32(digests.length);
    for (Digest digest : digests) {
      out.u16(digest.algorithm().tpmAlgId()).bytes(digest.value());
    }
    return out.u32(event.size()).bytes(event).toBytes();
  }

  public TestLog raw(Bytes bytes) {
    parts.add(bytes);
    return this;
  }

  /** An event whose digests are the hashes of the given object. */
  public TestLog measured(int pcr, TcgEventType type, Bytes event, Bytes object) {
    return raw(
        event(
            pcr,
            type.value(),
            event,
            HashAlgorithm.SHA1.digest(object),
            HashAlgorithm.SHA256.digest(object)));
  }

  public TestLog measured(int pcr, TcgEventType type, Bytes event) {
    return measured(pcr, type, event, event);
  }

  /** An EV_NO_ACTION event, which extends nothing. */
  public TestLog noAction(int pcr, Bytes event) {
    return raw(
        event(
            pcr,
            TcgEventType.EV_NO_ACTION.value(),
            event,
            Digest.zero(HashAlgorithm.SHA1),
            Digest.zero(HashAlgorithm.SHA256)));
  }

  public TestLog startupLocality(int locality) {
    return noAction(0, localityEvent(locality));
  }

  public static Bytes localityEvent(int locality) {
    return BinaryWriter.littleEndian()
        .bytes(Bytes.utf8("StartupLocality\0"))
        .u8(locality)
        .toBytes();
  }

  public TestLog separator(int pcr) {
    return measured(pcr, TcgEventType.EV_SEPARATOR, Bytes.zeros(4));
  }

  public Bytes build() {
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }
}
