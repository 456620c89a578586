// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A protobuf message with its schema; fields in the order of the text that it came from.
 *
 * @param fields each fits the schema's rule for its name
 */
record TextMessage(Schema schema, List<Field> fields) {
  TextMessage {
    fields = List.copyOf(fields);
  }

  /** The fields of a message type, in the order of their numbers. */
  record Schema(String name, List<Rule> rules) {
    Schema {
      rules = List.copyOf(rules);
    }

    Optional<Rule> rule(String field) {
      return rules.stream().filter(r -> r.name().equals(field)).findFirst();
    }
  }

  /** One field of a message type. */
  record Rule(String name, Type type, Presence presence) {
    boolean repeated() {
      return presence == Presence.REPEATED;
    }

    boolean required() {
      return presence == Presence.REQUIRED;
    }
  }

  /** proto2's labels. */
  enum Presence {
    REQUIRED,
    OPTIONAL,
    REPEATED
  }

  /** What a field holds. */
  sealed interface Type {
    /** string: UTF-8. */
    record Text() implements Type {}

    /** bytes. */
    record Raw() implements Type {}

    /** uint32 or uint64. */
    record Unsigned(int bits) implements Type {}

    /** bool. */
    record Flag() implements Type {}

    /** enum. */
    record Symbols(List<String> names) implements Type {
      public Symbols {
        names = List.copyOf(names);
      }
    }

    /** A nested message. */
    record Message(Schema schema) implements Type {}
  }

  /** A field's value. */
  sealed interface Value {
    record Text(String text) implements Value {}

    record Raw(Bytes bytes) implements Value {}

    /** 64 bits, unsigned. */
    record Unsigned(long number) implements Value {}

    /** The name of an enum's value, or true or false. */
    record Symbol(String name) implements Value {}

    record Nested(TextMessage message) implements Value {}
  }

  record Field(String name, Value value) {}

  List<Value> values(String field) {
    return fields.stream().filter(f -> f.name().equals(field)).map(Field::value).toList();
  }

  Optional<String> text(String field) {
    return values(field).stream()
        .filter(Value.Text.class::isInstance)
        .map(v -> ((Value.Text) v).text())
        .findFirst();
  }

  Optional<Long> number(String field) {
    return values(field).stream()
        .filter(Value.Unsigned.class::isInstance)
        .map(v -> ((Value.Unsigned) v).number())
        .findFirst();
  }

  Optional<String> symbol(String field) {
    return values(field).stream()
        .filter(Value.Symbol.class::isInstance)
        .map(v -> ((Value.Symbol) v).name())
        .findFirst();
  }

  List<TextMessage> messages(String field) {
    return values(field).stream()
        .filter(Value.Nested.class::isInstance)
        .map(v -> ((Value.Nested) v).message())
        .toList();
  }

  /** The same with this value in a singular field. */
  TextMessage with(String field, Value value) {
    List<Field> changed = new ArrayList<>(without(field).fields());
    changed.add(new Field(field, value));
    return new TextMessage(schema, changed);
  }

  /** The same with these values in a repeated field. */
  TextMessage with(String field, List<TextMessage> messages) {
    List<Field> changed = new ArrayList<>(without(field).fields());
    messages.forEach(m -> changed.add(new Field(field, new Value.Nested(m))));
    return new TextMessage(schema, changed);
  }

  TextMessage without(String field) {
    return new TextMessage(schema, fields.stream().filter(f -> !f.name().equals(field)).toList());
  }

  /** As protobuf's own printers write it: fields by number, two spaces for each level. */
  Bytes print() {
    var text = new StringBuilder();
    print(text, "");
    return Bytes.utf8(text.toString());
  }

  private void print(StringBuilder text, String indent) {
    for (var rule : schema.rules()) {
      for (var value : values(rule.name())) {
        text.append(indent).append(rule.name());
        switch (value) {
          case Value.Text string -> text.append(": \"").append(escaped(Bytes.utf8(string.text())));
          case Value.Raw raw -> text.append(": \"").append(escaped(raw.bytes()));
          case Value.Unsigned number ->
              text.append(": ").append(Long.toUnsignedString(number.number()));
          case Value.Symbol symbol -> text.append(": ").append(symbol.name());
          case Value.Nested nested -> {
            text.append(" {\n");
            nested.message().print(text, indent + "  ");
            text.append(indent).append('}');
          }
        }
        boolean quoted = value instanceof Value.Text || value instanceof Value.Raw;
        text.append(quoted ? "\"\n" : "\n");
      }
    }
  }

  /** Bytes outside printable ASCII in three octal digits, which all readers take. */
  private static String escaped(Bytes value) {
    var text = new StringBuilder();
    for (int i = 0; i < value.size(); i++) {
      int c = value.at(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '"', '\'', '\\' -> text.append('\\').append((char) c);
        default -> text.append(c >= 0x20 && c < 0x7f ? (char) c + "" : "\\%03o".formatted(c));
      }
    }
    return text.toString();
  }
}
