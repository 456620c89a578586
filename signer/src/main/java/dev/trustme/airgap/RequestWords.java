// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/** What a request asks for, in lines for the person who signs; safe on a terminal. */
public final class RequestWords {
  private final SigningRequest request;

  public RequestWords(SigningRequest request) {
    this.request = request;
  }

  /** Who asked for what, before the items. */
  public List<String> head() throws FormatException {
    List<String> lines = new ArrayList<>();
    lines.add(line("command  sign " + String.join(" ", request.command())));
    lines.add("as of    " + request.created());
    for (var signer : request.signers()) {
      lines.add(
          line(
              "signer   %s  %s"
                  .formatted(
                      signer.untrustedChain().getFirst().getSubject(), signer.fingerprint())));
    }
    return lines;
  }

  /** One item: what the request says it is, and what can be seen of it. */
  public List<String> item(int index) {
    var item = request.items().get(index);
    List<String> lines = new ArrayList<>();
    lines.add(line("%3d  %s  %s".formatted(index + 1, item.kind(), item.name())));
    item.about()
        .ifPresent(about -> {
          lines.add("     file    " + about.sha256());
          about
              .facts()
              .forEach((fact, value) -> lines.add(line("     %s  %s".formatted(fact, value))));
        });
    lines.add(
        "     signs   %s  %s"
            .formatted(
                item.algorithm(),
                item.digest().map(Object::toString).orElse("the message itself")));
    item.message()
        .ifPresent(
            message -> MessageWords.of(message).forEach(words -> lines.add(line("     " + words))));
    return lines;
  }

  /** One line without control characters or marks that turn text around. */
  static String line(String text) {
    var safe = new StringBuilder();
    text.codePoints().map(c -> plain(c) ? c : '?').forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean plain(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.SURROGATE;
  }
}
