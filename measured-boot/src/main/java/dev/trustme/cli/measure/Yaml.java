// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists and scalars as YAML 1.1 in block style. Strings are quoted unless nothing can
 * take them for something else, and hold no control characters.
 */
final class Yaml {
  private final StringBuilder out = new StringBuilder("---\n");

  private Yaml() {}

  static String write(Node document) {
    var yaml = new Yaml();
    yaml.map(document, 0, true);
    return yaml.out.toString();
  }

  /** A map that keeps its order. */
  static final class Node extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;

    Node with(String key, Object value) {
      put(key, value);
      return this;
    }
  }

  /** A number or a word, written as it is. */
  record Plain(String text) {}

  static Plain hex(long value) {
    return new Plain("0x%x".formatted(value));
  }

  static Plain number(long value) {
    return new Plain(Long.toUnsignedString(value));
  }

  private void map(Map<String, Object> map, int depth, boolean indentFirst) {
    boolean indent = indentFirst;
    for (var entry : map.entrySet()) {
      if (indent) {
        indent(depth);
      }
      indent = true;
      out.append(entry.getKey()).append(':');
      value(entry.getValue(), depth);
    }
  }

  private void value(Object value, int depth) {
    switch (value) {
      case Node map when map.isEmpty() -> out.append(" {}\n");
      case Node map -> {
        out.append('\n');
        map(map, depth + 1, true);
      }
      case List<?> list when list.isEmpty() -> out.append(" []\n");
      case List<?> list -> {
        out.append('\n');
        list(list, depth);
      }
      default -> out.append(' ').append(scalar(value)).append('\n');
    }
  }

  private void list(List<?> list, int depth) {
    for (Object item : list) {
      indent(depth);
      out.append("- ");
      if (item instanceof Node map) {
        map(map, depth + 1, false);
      } else {
        out.append(scalar(item)).append('\n');
      }
    }
  }

  private void indent(int depth) {
    out.append("  ".repeat(depth));
  }

  private static String scalar(Object value) {
    return switch (value) {
      case Plain plain -> plain.text();
      case String text -> quoted(text);
      default -> throw new IllegalArgumentException("YAML of " + value.getClass());
    };
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '"' -> quoted.append("\\\"");
            case '\\' -> quoted.append("\\\\");
            case '\n' -> quoted.append("\\n");
            case 0 -> quoted.append("\\0");
            default -> {
              if (Untrusted.isShown(c)) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append(escaped(c));
              }
            }
          }
        });
    return quoted.append('"').toString();
  }

  private static String escaped(int c) {
    if (c <= 0xff) {
      return "\\x%02x".formatted(c);
    }
    return c <= 0xffff ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
  }
}
