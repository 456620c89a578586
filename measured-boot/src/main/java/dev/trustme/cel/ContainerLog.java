// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A container log: records in the order in which they were measured since boot, one per line
 * (CEL-JSON, JSON lines), all of one PCR. Parsed, so untrusted until its replay equals a quoted
 * PCR.
 */
public record ContainerLog(List<CelRecord> records) {
  private static final int MAX_RECORDS = 1_000_000;

  public ContainerLog {
    records = List.copyOf(records);
    for (int i = 0; i < records.size(); i++) {
      require(records.get(i).recnum() == i, "record %d has another recnum".formatted(i));
      require(
          records.get(i).pcr() == records.getFirst().pcr(),
          "record %d is of another PCR".formatted(i));
    }
  }

  public static ContainerLog empty() {
    return new ContainerLog(List.of());
  }

  public static ContainerLog parse(Bytes content) throws FormatException {
    List<CelRecord> records = new ArrayList<>();
    int from = 0;
    while (from < content.size()) {
      int end = lineEnd(content, from);
      if (end == content.size() || records.size() == MAX_RECORDS) {
        throw new FormatException("container log", from, "has an unfinished line or too many");
      }
      try {
        var record = CelRecord.parse(content.slice(from, end));
        record.event();
        records.add(record);
      } catch (FormatException e) {
        throw new FormatException(e.structure(), from + e.offset(), e.problem());
      }
      from = end + 1;
    }
    try {
      return new ContainerLog(records);
    } catch (IllegalArgumentException e) {
      throw new FormatException("container log", 0, String.valueOf(e.getMessage()));
    }
  }

  private static int lineEnd(Bytes content, int from) {
    int end = from;
    while (end < content.size() && content.at(end) != '\n') {
      end++;
    }
    return end;
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian();
    for (CelRecord each : records) {
      writer.bytes(each.encode()).bytes("\n".getBytes(StandardCharsets.UTF_8));
    }
    return writer.toBytes();
  }

  public ContainerLog with(CelRecord next) {
    List<CelRecord> longer = new ArrayList<>(records);
    longer.add(next);
    return new ContainerLog(longer);
  }

  /** Without the last record. */
  public ContainerLog shorter() {
    return new ContainerLog(records.subList(0, records.size() - 1));
  }

  /** The bank's value after these records, from zero; records without the bank leave it. */
  public Digest replay(HashAlgorithm bank) {
    Digest value = Digest.zero(bank);
    for (CelRecord each : records) {
      var measured = each.digest(bank);
      if (measured.isPresent()) {
        value = value.extend(measured.get());
      }
    }
    return value;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
