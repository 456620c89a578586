// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** CEL-JSON records: an unknown key of a record is an error, an unknown content type is kept. */
final class CelJson {
  private static final int RECORD_SEPARATOR = 0x1e;
  private static final Set<String> KEYS =
      Set.of("recnum", "pcr", "nv_index", "digests", "content_type", "content");
  private static final String RECORDS = "records";

  private final long offset;
  private final String where;

  private CelJson(long offset, String where) {
    this.offset = offset;
    this.where = where;
  }

  /** A record separator, a JSON text and a line end, for each record. */
  static List<TpmsCelEvent> sequence(Bytes log) throws FormatException {
    List<TpmsCelEvent> events = new ArrayList<>();
    int from = 0;
    while (from < log.size()) {
      int end = from + 1;
      while (end < log.size() && log.at(end) != RECORD_SEPARATOR) {
        end++;
      }
      var reader = new CelJson(from, "record %d".formatted(events.size()));
      if (log.at(end - 1) != '\n') {
        throw reader.malformed("is unfinished: no line end");
      }
      events.add(reader.record(reader.tree(log.slice(from + 1, end))));
      from = end;
    }
    return events;
  }

  static List<TpmsCelEvent> array(Bytes log) throws FormatException {
    return records(new CelJson(0, "event log").tree(log));
  }

  /** Whether the log is one JSON object with records, not one of several lines. */
  static boolean isPcrlock(Bytes log) {
    try {
      return Json.tree(log, ".pcrlock").has(RECORDS);
    } catch (FormatException e) {
      // What is not one JSON document is read, and refused, as lines.
      return false;
    }
  }

  static List<TpmsCelEvent> pcrlock(Bytes log) throws FormatException {
    var reader = new CelJson(0, ".pcrlock");
    JsonNode tree = reader.tree(log);
    reader.known(tree, Set.of(RECORDS));
    return records(tree.get(RECORDS));
  }

  private static List<TpmsCelEvent> records(JsonNode array) throws FormatException {
    List<TpmsCelEvent> events = new ArrayList<>();
    if (!array.isArray()) {
      throw new FormatException("event log", 0, "records: expected an array");
    }
    for (JsonNode node : array) {
      events.add(new CelJson(0, "record %d".formatted(events.size())).record(node));
    }
    return events;
  }

  private JsonNode tree(Bytes text) throws FormatException {
    try {
      return Json.tree(text, where);
    } catch (FormatException e) {
      throw new FormatException(where, offset + e.offset(), e.problem());
    }
  }

  private TpmsCelEvent record(JsonNode node) throws FormatException {
    if (!node.isObject()) {
      throw malformed("expected an object");
    }
    known(node, KEYS);
    try {
      return new TpmsCelEvent(
          node.has("recnum") ? Optional.of(number(node, "recnum")) : Optional.empty(),
          handle(node),
          digests(node),
          content(node));
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private void known(JsonNode node, Set<String> keys) throws FormatException {
    var names = new TreeSet<String>();
    node.fieldNames().forEachRemaining(names::add);
    names.removeAll(keys);
    if (!names.isEmpty()) {
      throw malformed("unknown key '%s'".formatted(names.first()));
    }
  }

  private CelHandle handle(JsonNode node) throws FormatException {
    if (node.has("pcr") == node.has("nv_index")) {
      throw malformed("expected either pcr or nv_index");
    }
    return node.has("pcr")
        ? new CelHandle.Pcr(Math.toIntExact(Math.min(number(node, "pcr"), Integer.MAX_VALUE)))
        : new CelHandle.NvIndex(number(node, "nv_index"));
  }

  private long number(JsonNode node, String key) throws FormatException {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw malformed(key + ": expected a number");
    }
    return value.longValue();
  }

  private List<Digest> digests(JsonNode node) throws FormatException {
    JsonNode array = node.path("digests");
    if (!array.isArray()) {
      throw malformed("digests: expected an array");
    }
    List<Digest> digests = new ArrayList<>();
    for (JsonNode each : array) {
      known(each, Set.of("hashAlg", "digest"));
      String label = text(each, "hashAlg");
      HashAlgorithm algorithm =
          HashAlgorithm.byLabel(label)
              .orElseThrow(() -> malformed("hashAlg: unknown: " + printable(label)));
      String hex = text(each, "digest");
      if (hex.length() != 2 * algorithm.size() || !hex.matches("[0-9a-f]*")) {
        throw malformed(
            "digest: expected %d lower-case hex digits".formatted(2 * algorithm.size()));
      }
      digests.add(new Digest(algorithm, Bytes.fromHex(hex)));
    }
    return digests;
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private String text(JsonNode node, String key) throws FormatException {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw malformed(key + ": expected a string");
    }
    return value.textValue();
  }

  private CelContent content(JsonNode node) throws FormatException {
    if (node.has("content") != node.has("content_type")) {
      throw malformed("expected both content_type and content, or none");
    }
    if (!node.has("content_type")) {
      return new CelContent.None();
    }
    String type = text(node, "content_type");
    JsonNode content = node.get("content");
    return switch (type) {
      case "systemd" -> systemd(content);
      case CelRecord.CONTAINER -> {
        String string = text(content, "string");
        yield new CelContent.Container(ContainerEvent.parse(Bytes.utf8(string)), string);
      }
      default -> new CelContent.Unknown(printable(type), Json.write(content));
    };
  }

  /** What systemd adds to its content later is not measured and not looked at. */
  private CelContent systemd(JsonNode content) throws FormatException {
    if (!content.isObject()) {
      throw malformed("content: expected an object");
    }
    return new CelContent.Systemd(
        optional(content, "string"),
        optional(content, "eventType"),
        optional(content, "bootId"),
        content.has("timestamp") ? Optional.of(number(content, "timestamp")) : Optional.empty());
  }

  private Optional<String> optional(JsonNode node, String key) throws FormatException {
    return node.has(key) ? Optional.of(text(node, key)) : Optional.empty();
  }

  private FormatException malformed(String problem) {
    return new FormatException(where, offset, problem);
  }
}
