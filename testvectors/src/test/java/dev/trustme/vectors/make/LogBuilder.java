// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes event logs, right and wrong ones, without the product's writer: a list of entries that can
 * be looked up by a label of ours and edited one by one.
 */
final class LogBuilder {
  /** TPM_ALG_SM3_256, which we do not compute. */
  static final int SM3 = 0x0012;

  private static final Bytes SPEC_ID = Bytes.utf8("Spec ID Event03\0");

  /**
   * One entry.
   *
   * @param label how a vector finds it; not in the log
   * @param type the number in the log
   * @param data what the log shows
   * @param measured what was hashed; the data, or the object that the data names
   * @param banks digests are written for these algorithms
   * @param otherwise what one bank measured instead
   */
  record Entry(
      String label,
      long pcr,
      long type,
      Bytes data,
      Bytes measured,
      List<Integer> banks,
      Map<Integer, Bytes> otherwise) {
    Entry(String label, long pcr, long type, Bytes data, Bytes measured, List<Integer> banks) {
      this(label, pcr, type, data, measured, banks, Map.of());
    }

    /** Another thing measured in one bank. */
    Entry otherwiseIn(int bank, Bytes object) {
      return new Entry(label, pcr, type, data, measured, banks, Map.of(bank, object));
    }

    Entry withPcr(long other) {
      return new Entry(label, other, type, data, measured, banks);
    }

    Entry withType(TcgEventType other) {
      return withType(other.value());
    }

    Entry withType(long other) {
      return new Entry(label, pcr, other, data, measured, banks);
    }

    /** Shows other data and keeps the digests. */
    Entry showing(Bytes other) {
      return new Entry(label, pcr, type, other, measured, banks);
    }

    /** Shows the same data for another object that was measured. */
    Entry showingFor(Bytes object) {
      return new Entry(label, pcr, type, data, object, banks);
    }

    /** Shows other data, which was measured. */
    Entry measuring(Bytes other) {
      return new Entry(label, pcr, type, other, other, banks);
    }

    Entry withBanks(Integer... others) {
      return new Entry(label, pcr, type, data, measured, List.of(others));
    }
  }

  private final List<Integer> banks;
  private final List<Entry> entries = new ArrayList<>();
  private Bytes head = Bytes.empty();

  private LogBuilder(List<Integer> banks) {
    this.banks = banks;
  }

  /** A crypto-agile log with the digests of these algorithms. */
  static LogBuilder agile(Integer... banks) {
    var log = new LogBuilder(List.of(banks));
    log.head = sha1Entry(0, TcgEventType.EV_NO_ACTION.value(), Bytes.zeros(20), specId(banks));
    return log;
  }

  static LogBuilder agile(HashAlgorithm... banks) {
    return agile(Arrays.stream(banks).map(HashAlgorithm::tpmAlgId).toArray(Integer[]::new));
  }

  /** A SHA-1 log with this first entry, or none. */
  static LogBuilder sha1(Bytes head) {
    var log = new LogBuilder(List.of());
    log.head = head;
    return log;
  }

  LogBuilder withHead(Bytes other) {
    var copy = copy();
    copy.head = other;
    return copy;
  }

  List<String> labels() {
    return entries.stream().map(Entry::label).toList();
  }

  /** The head of a log: this structure as an unmeasured entry of PCR 0. */
  static Bytes head(Bytes structure) {
    return sha1Entry(0, TcgEventType.EV_NO_ACTION.value(), Bytes.zeros(20), structure);
  }

  /** TCG_EfiSpecIDEvent without vendor information. */
  static Bytes specId(Integer... banks) {
    var pairs = new ArrayList<int[]>();
    for (int bank : banks) {
      pairs.add(new int[] {bank, size(bank)});
    }
    return specId(pairs.size(), pairs, Bytes.fromHex("00"));
  }

  static Bytes specId(int count, List<int[]> algorithms, Bytes vendorInfo) {
    var out = BinaryWriter.littleEndian().bytes(SPEC_ID).u32(0).u8(0).u8(2).u8(0).u8(2).u32(count);
    algorithms.forEach(a -> out.u16(a[0]).u16(a[1]));
    return out.bytes(vendorInfo).toBytes();
  }

  static int size(int bank) {
    return HashAlgorithm.byTpmAlgId(bank).map(HashAlgorithm::size).orElse(bank == SM3 ? 32 : 40);
  }

  static Bytes sha1Entry(long pcr, long type, Bytes digest, Bytes data) {
    return BinaryWriter.littleEndian()
        .u32(pcr)
        .u32(type)
        .bytes(digest)
        .u32(data.size())
        .bytes(data)
        .toBytes();
  }

  /** Adds an event that shows and measures the same. */
  LogBuilder add(String label, int pcr, TcgEventType type, Bytes data) {
    return add(label, pcr, type, data, data);
  }

  LogBuilder add(String label, int pcr, TcgEventType type, Bytes data, Bytes measured) {
    entries.add(new Entry(label, pcr, type.value(), data, measured, banks));
    return this;
  }

  int index(String label) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).label().equals(label)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no entry " + label);
  }

  Entry entry(String label) {
    return entries.get(index(label));
  }

  private LogBuilder copy() {
    var copy = new LogBuilder(banks);
    copy.head = head;
    copy.entries.addAll(entries);
    return copy;
  }

  /** The log with one entry changed. */
  LogBuilder edit(String label, UnaryOperator<Entry> change) {
    var copy = copy();
    copy.entries.set(index(label), change.apply(entry(label)));
    return copy;
  }

  LogBuilder without(String label) {
    var copy = copy();
    copy.entries.remove(index(label));
    return copy;
  }

  /** The log with an entry put before another. */
  LogBuilder before(String label, Entry entry) {
    var copy = copy();
    copy.entries.add(index(label), entry);
    return copy;
  }

  LogBuilder after(String label, Entry entry) {
    var copy = copy();
    copy.entries.add(index(label) + 1, entry);
    return copy;
  }

  /** The log up to this entry, which is the first that is left out. */
  LogBuilder cut(String label) {
    var copy = copy();
    copy.entries.subList(index(label), entries.size()).clear();
    return copy;
  }

  /** Where an entry begins, bytes from the start of the log. */
  int offset(String label) {
    return cut(label).build().size();
  }

  Bytes build() {
    List<Bytes> parts = new ArrayList<>(List.of(head));
    entries.forEach(entry -> parts.add(encode(entry)));
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  Bytes encode(Entry entry) {
    boolean silent =
        entry.type() == TcgEventType.EV_NO_ACTION.value() && entry.measured().isEmpty();
    if (banks.isEmpty()) {
      Bytes digest = silent ? Bytes.zeros(20) : digest(HashAlgorithm.SHA1.tpmAlgId(), entry);
      return sha1Entry(entry.pcr(), entry.type(), digest, entry.data());
    }
    var out = BinaryWriter.littleEndian().u32(entry.pcr()).u32(entry.type());
    out.u32(entry.banks().size());
    for (int bank : entry.banks()) {
      out.u16(bank).bytes(silent ? Bytes.zeros(size(bank)) : digest(bank, entry));
    }
    return out.u32(entry.data().size()).bytes(entry.data()).toBytes();
  }

  /** A digest; of an algorithm that we do not compute, bytes that look like one. */
  private static Bytes digest(int bank, Entry entry) {
    Bytes object = entry.otherwise().getOrDefault(bank, entry.measured());
    return HashAlgorithm.byTpmAlgId(bank)
        .map(algorithm -> algorithm.digest(object).value())
        .orElseGet(() -> HashAlgorithm.SHA512.digest(object).value().slice(0, size(bank)));
  }
}
