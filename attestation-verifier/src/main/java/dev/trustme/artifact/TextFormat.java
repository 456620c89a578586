// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.artifact.TextMessage.Field;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads messages in protobuf's text format, strictly by a schema: Protocol Buffers, "Text Format
 * Language Specification". Unknown fields, singular fields that come twice, missing required ones
 * and numbers out of range are malformed; so is what other readers differ about: lists, extensions,
 * {@code <}, joined strings, numbers that are not plain decimals.
 */
final class TextFormat {
  private static final String STRUCTURE = "text format";
  private static final int MAX_FIELDS = 4096;

  private final TextTokens tokens;
  private int fields;

  private TextFormat(Bytes text) {
    tokens = new TextTokens(text, STRUCTURE);
  }

  /** The whole text, one message of this type. */
  static TextMessage parse(Bytes text, TextMessage.Schema schema) throws FormatException {
    return new TextFormat(text).message(schema, false);
  }

  private TextMessage message(TextMessage.Schema schema, boolean nested) throws FormatException {
    List<Field> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (!ends(nested)) {
      int at = tokens.offset();
      String name = tokens.word("a field name");
      var rule = schema.rule(name);
      if (rule.isEmpty()) {
        throw malformed(at, "%s has no field '%s'".formatted(schema.name(), name));
      }
      if (!seen.add(name) && !rule.get().repeated()) {
        throw malformed(at, "field '%s' comes twice".formatted(name));
      }
      if (++fields > MAX_FIELDS) {
        throw malformed(at, "more than %d fields".formatted(MAX_FIELDS));
      }
      found.add(new Field(name, value(rule.get())));
    }
    for (var rule : schema.rules()) {
      if (rule.required() && !seen.contains(rule.name())) {
        throw malformed(
            tokens.offset(), "%s lacks the field '%s'".formatted(schema.name(), rule.name()));
      }
    }
    if (nested) {
      tokens.take('}');
    }
    return new TextMessage(schema, found);
  }

  private boolean ends(boolean nested) throws FormatException {
    if (tokens.atEnd()) {
      if (nested) {
        throw malformed(tokens.offset(), "expected '}', found the end");
      }
      return true;
    }
    return nested && tokens.at('}');
  }

  private TextMessage.Value value(TextMessage.Rule rule) throws FormatException {
    if (rule.type() instanceof TextMessage.Type.Message message) {
      if (tokens.at(':')) {
        tokens.take(':');
      }
      tokens.take('{');
      return new TextMessage.Value.Nested(message(message.schema(), true));
    }
    tokens.take(':');
    int at = tokens.offset();
    return switch (rule.type()) {
      case TextMessage.Type.Text text -> new TextMessage.Value.Text(utf8(at, tokens.string()));
      case TextMessage.Type.Raw raw -> new TextMessage.Value.Raw(tokens.string());
      case TextMessage.Type.Unsigned number ->
          new TextMessage.Value.Unsigned(number(at, number.bits()));
      case TextMessage.Type.Flag flag ->
          new TextMessage.Value.Symbol(symbol(at, List.of("true", "false")));
      case TextMessage.Type.Symbols symbols ->
          new TextMessage.Value.Symbol(symbol(at, symbols.names()));
      case TextMessage.Type.Message message -> throw new IllegalStateException("read above");
    };
  }

  private static String utf8(int at, Bytes value) throws FormatException {
    String text = value.utf8();
    if (!Bytes.utf8(text).equals(value) || text.indexOf('\0') >= 0) {
      throw malformed(at, "a string that is not UTF-8, or holds NUL");
    }
    return text;
  }

  private long number(int at, int bits) throws FormatException {
    String digits = tokens.word("a number");
    boolean plain = digits.equals("0") || digits.matches("[1-9][0-9]{0,19}");
    try {
      long value = plain ? Long.parseUnsignedLong(digits) : -1;
      if (plain && (bits == 64 || value >>> bits == 0)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw malformed(at, "number %s is out of range".formatted(digits));
    }
    throw malformed(at, "expected a decimal number of %d bits, found %s".formatted(bits, digits));
  }

  private String symbol(int at, List<String> names) throws FormatException {
    String name = tokens.word("a name");
    if (!names.contains(name)) {
      throw malformed(at, "expected one of %s, found %s".formatted(names, name));
    }
    return name;
  }

  private static FormatException malformed(int at, String problem) {
    return new FormatException(STRUCTURE, at, problem);
  }
}
