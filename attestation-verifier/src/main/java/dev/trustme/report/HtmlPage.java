// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** The frame of every page: one style sheet, no scripts, and a policy that allows no more. */
final class HtmlPage {
  static final String STYLE = style();

  private HtmlPage() {}

  private static String style() {
    try (var in = requireNonNull(HtmlPage.class.getResourceAsStream("report.css"), "style")) {
      return Bytes.copyOf(in.readAllBytes()).utf8();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing is loaded and nothing runs; the one style sheet is known by its hash. */
  static String contentPolicy() {
    return "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
        .formatted(HashAlgorithm.SHA256.digest(Bytes.utf8(STYLE)).value().base64());
  }

  static void head(Markup head, String title) {
    head.empty("meta", "charset", "utf-8");
    head.empty("meta", "http-equiv", "Content-Security-Policy", "content", contentPolicy());
    head.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    head.empty("meta", "name", "color-scheme", "content", "light dark");
    head.element("title", title);
    head.element("style", m -> m.literal(STYLE));
  }

  static void footer(Markup body) {
    body.element(
        "footer",
        f -> f.element("p", "Written by trustme. This page loads nothing and runs no scripts."));
  }

  /** A page with this header, in this tone, and what follows. */
  static String of(String title, String tone, Consumer<Markup> header, Consumer<Markup> main) {
    var html = new Markup("<!DOCTYPE html>\n");
    html.element(
        "html",
        root -> {
          root.element("head", head -> head(head, title)).line();
          root.element(
                  "body",
                  body -> {
                    body.element("header", h -> wrap(h, header), "class", "top " + tone).line();
                    body.element("main", m -> wrap(m, main)).line();
                    footer(body);
                  })
              .line();
        },
        "lang",
        "en");
    return html.line().toString();
  }

  private static void wrap(Markup element, Consumer<Markup> content) {
    element.element("div", content, "class", "wrap");
  }
}
