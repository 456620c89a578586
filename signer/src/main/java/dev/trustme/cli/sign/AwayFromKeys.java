// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.trustme.airgap.Session;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a signing command in this process with keys that are somewhere else: what {@code sign
 * request} and {@code sign attach} do with the very same command, as of the same moment.
 */
final class AwayFromKeys {
  /** What uses no key, or is one of the three itself: it would write at once. */
  private static final Set<String> NOT_AGAIN = Set.of("request", "answer", "attach", "signature");

  private static volatile @Nullable AwayFromKeys running;

  private final Session session;
  private final Instant logged;

  /** The signing log gets {@code logged} as the time of what is written. */
  AwayFromKeys(Session session, Instant logged) {
    this.session = session;
    this.logged = logged;
  }

  /** The run that a command belongs to. */
  static Optional<AwayFromKeys> current() {
    return Optional.ofNullable(running);
  }

  Session session() {
    return session;
  }

  Instant logged() {
    return logged;
  }

  /** How a command ended, and what it said. */
  record Ran(int code, JsonNode document, String text) {}

  /** Runs the verb with its arguments as of this moment. */
  Ran run(List<String> command, Instant now, Instant contentTime) {
    requireVerb(command.getFirst());
    var said = new Said();
    var pinned = Times.pin(now, contentTime);
    var reading = Output.readBy(said);
    running = this;
    try {
      int code = Launcher.run(new SignMain(), command.toArray(String[]::new));
      return new Ran(code, said.document, String.join("\n", said.lines));
    } finally {
      running = null;
      reading.close();
      pinned.close();
    }
  }

  private static void requireVerb(String verb) {
    if (NOT_AGAIN.contains(verb) || verb.startsWith("-")) {
      throw CommandFailure.usage("expected a verb that signs, and its arguments, found " + verb);
    }
  }

  /** Collects what a command says. */
  private static final class Said implements Output.Reader {
    private JsonNode document = NullNode.getInstance();
    private final List<String> lines = new ArrayList<>();

    @Override
    public void result(JsonNode result, String text) {
      document = result;
      lines.add(text.stripTrailing());
    }

    @Override
    public void line(String text) {
      lines.add(text);
    }
  }
}
