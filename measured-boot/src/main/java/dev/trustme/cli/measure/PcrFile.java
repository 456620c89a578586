// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PCR values: {@code INDEX HEX} or {@code BANK:INDEX HEX} lines, or what {@code tpm2_pcrread}
 * prints; the bank is the one that the line or the last line like {@code sha256:} names, else the
 * one whose digests have that size. Or what {@code pcr read --json} prints, the claims of an
 * evidence file, or a binary file of tpm2-tools ({@link Tpm2PcrFile}).
 */
final class PcrFile {
  /** One line. */
  record Value(int pcr, Digest digest) {}

  private static final Pattern BANK = Pattern.compile("\\s*([a-z0-9_-]+)\\s*:\\s*");
  private static final Pattern VALUE =
      Pattern.compile(
          "\\s*(?:([a-z0-9_-]+):)?([0-9]{1,2})\\s*(?:\\s|:)\\s*(?:0x)?([0-9a-fA-F]+)\\s*");

  private PcrFile() {}

  static List<Value> read(Path file) throws IOException, FormatException {
    try {
      Bytes content = Inputs.read(file, Evidence.MAX_BYTES);
      if (LogSource.isJson(content)) {
        return json(content);
      }
      return Tpm2PcrFile.isSerialized(content)
          ? requireSome(Tpm2PcrFile.parse(content))
          : parse(content.utf8());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static List<Value> json(Bytes content) throws FormatException {
    var schema = Json.tree(content, "PCR values").path("schema");
    if (!schema.asText().equals(PcrReadCommand.SCHEMA)) {
      return claimed(Evidence.parse(content));
    }
    var read = Json.read(content, PcrReadCommand.Values.class, "PCR values");
    List<Value> values = new ArrayList<>();
    for (var entry : read.pcrs().entrySet()) {
      if (entry.getKey() < 0
          || entry.getKey() >= TcgPcrEvent2.PCR_COUNT
          || !entry.getValue().algorithm().label().equals(read.bank())) {
        throw malformed(0, "PCR %d: %s".formatted(entry.getKey(), entry.getValue()));
      }
      values.add(new Value(entry.getKey(), entry.getValue()));
    }
    return requireSome(values);
  }

  private static List<Value> claimed(Evidence evidence) throws FormatException {
    List<Value> values =
        Arrays.stream(HashAlgorithm.values())
            .flatMap(bank -> evidence.claimed(bank).entrySet().stream())
            .map(claim -> new Value(claim.getKey(), claim.getValue()))
            .toList();
    return requireSome(values);
  }

  static List<Value> parse(String text) throws FormatException {
    List<Value> values = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Optional<HashAlgorithm> bank = Optional.empty();
    long offset = 0;
    for (String line : text.split("\n", -1)) {
      Matcher header = BANK.matcher(line);
      Matcher value = VALUE.matcher(line);
      if (value.matches()) {
        var named = value.group(1) == null ? bank : Optional.of(bank(value.group(1), offset));
        var parsed = value(value, named, offset);
        values.add(parsed);
        if (!seen.add(parsed.pcr() + " " + parsed.digest().algorithm())) {
          throw malformed(offset, "PCR %d twice".formatted(parsed.pcr()));
        }
      } else if (header.matches()) {
        bank = Optional.of(bank(header.group(1), offset));
      } else if (!line.isBlank()) {
        throw malformed(offset, "expected INDEX HEX");
      }
      offset += line.length() + 1L;
    }
    return requireSome(values);
  }

  /** Nothing to compare is no agreement. */
  private static List<Value> requireSome(List<Value> values) throws FormatException {
    if (values.isEmpty()) {
      throw malformed(0, "holds no PCR value");
    }
    return values;
  }

  private static HashAlgorithm bank(String name, long offset) throws FormatException {
    return HashAlgorithm.byLabel(name.replace('_', '-'))
        .orElseThrow(() -> malformed(offset, "unknown bank"));
  }

  private static Value value(Matcher line, Optional<HashAlgorithm> bank, long offset)
      throws FormatException {
    int pcr = Integer.parseInt(line.group(2));
    String hex = line.group(3);
    Optional<HashAlgorithm> algorithm = bank.isPresent() ? bank : bySize(hex.length() / 2);
    if (pcr >= TcgPcrEvent2.PCR_COUNT
        || algorithm.isEmpty()
        || hex.length() != 2 * algorithm.get().size()) {
      throw malformed(offset, "PCR %d with %d hex digits".formatted(pcr, hex.length()));
    }
    return new Value(pcr, new Digest(algorithm.get(), Bytes.fromHex(hex)));
  }

  private static Optional<HashAlgorithm> bySize(int size) {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      if (algorithm.size() == size) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  private static FormatException malformed(long offset, String problem) {
    return new FormatException("PCR values", offset, problem);
  }
}
