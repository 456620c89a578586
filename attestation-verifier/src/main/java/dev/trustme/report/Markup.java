// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * XML and HTML that is both: every text is escaped and made safe to show, every element is closed.
 * Attributes are names and values in turn.
 */
final class Markup {
  private final StringBuilder out;
  private final Deque<String> open = new ArrayDeque<>();

  Markup(String prologue) {
    out = new StringBuilder(prologue);
  }

  /** An element with this content. */
  Markup element(String name, Consumer<Markup> content, String... attributes) {
    start(name, attributes).append('>');
    open.push(name);
    content.accept(this);
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  Markup element(String name, String text, String... attributes) {
    return element(name, m -> m.text(text), attributes);
  }

  /** An element that never has content, as {@code meta}. */
  Markup empty(String name, String... attributes) {
    start(name, attributes).append(" />");
    return this;
  }

  private StringBuilder start(String name, String... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(Shown.text(attributes[i + 1]));
      out.append('"');
    }
    return out;
  }

  Markup text(String words) {
    escape(Shown.text(words));
    return this;
  }

  /** Our own words as they are, where HTML reads no escapes: a style sheet. */
  Markup literal(String trusted) {
    out.append(trusted);
    return this;
  }

  Markup line() {
    out.append('\n');
    return this;
  }

  private void escape(String words) {
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("open: " + open);
    }
    return out.toString();
  }
}
