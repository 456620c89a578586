// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trustme.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options every command has, and where its words go: results to standard output (people's text, or
 * one JSON document with {@code --json}), progress and warnings to standard error.
 */
public final class Output {
  /** When to colour. */
  public enum Color {
    auto,
    always,
    never
  }

  private static final long PROGRESS_AFTER_NANOS = 2_000_000_000L;
  private static final long PROGRESS_EVERY_NANOS = 500_000_000L;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print errors only.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Say more.")
  private boolean verbose;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description = "auto (a terminal without NO_COLOR), always or never.")
  private Color color = Color.auto;

  private final PrintStream out =
      new PrintStream(
          new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final PrintStream err =
      new PrintStream(
          new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final long started = System.nanoTime();
  private long lastProgress;
  private boolean progressShown;

  public boolean json() {
    return json;
  }

  public boolean verbose() {
    return verbose;
  }

  /** Who takes what commands say in the place of standard output. */
  public interface Reader {
    void result(JsonNode document, String text);

    void line(String text);
  }

  private static volatile @Nullable Reader reader;

  /**
   * All commands of this process tell their results to this one, until it is closed: for a command
   * that runs others.
   */
  public static Reading readBy(Reader instead) {
    reader = instead;
    return () -> reader = null;
  }

  /** Ends the reading. */
  @FunctionalInterface
  public interface Reading extends AutoCloseable {
    @Override
    void close();
  }

  /** What is said with a result: its fields after the document's, its text after the text. */
  private record Also(Object document, Supplier<String> text) {}

  private @Nullable Also also;

  /** This command's result says this too. */
  public void also(Object document, Supplier<String> text) {
    also = new Also(document, text);
  }

  /** The result: the document for programs, or the text for people. */
  public void result(Object document, Supplier<String> text) {
    clearProgress();
    var instead = reader;
    if (instead != null) {
      instead.result(whole(document), whole(text));
    } else if (json) {
      out.println(Json.write(also == null ? document : whole(document)).utf8());
    } else if (!quiet) {
      out.println(whole(text).stripTrailing());
    }
    requireWritten();
  }

  private JsonNode whole(Object document) {
    var tree = Json.toTree(document);
    if (also != null && tree instanceof ObjectNode object) {
      Json.toTree(also.document())
          .properties()
          .forEach(field -> object.set(field.getKey(), field.getValue()));
    }
    return tree;
  }

  private String whole(Supplier<String> text) {
    return also == null ? text.get() : text.get().stripTrailing() + "\n" + also.text().get();
  }

  /** A line for people on standard output; silent with --json and --quiet. */
  public void line(String text) {
    var instead = reader;
    if (instead != null) {
      instead.line(text);
    } else if (!json && !quiet) {
      clearProgress();
      out.println(text);
      requireWritten();
    }
  }

  /** Bytes as they are, for {@code -o -}. */
  public void raw(byte[] content) {
    out.write(content, 0, content.length);
    out.flush();
    requireWritten();
  }

  public void warn(String text) {
    clearProgress();
    err.println("trustme: warning: " + text);
  }

  public void detail(String text) {
    if (verbose) {
      clearProgress();
      err.println(text);
    }
  }

  /** Shows how far the work is, once it has taken two seconds and only on a terminal. */
  public void progress(String what, long done, long total) {
    progress("%s %d/%d".formatted(what, done, total));
  }

  /** The same where nobody knows how much there is. */
  public void progress(String what, long done) {
    progress("%s %d".formatted(what, done));
  }

  private synchronized void progress(String words) {
    long now = System.nanoTime();
    if (quiet
        || json
        || now - started < PROGRESS_AFTER_NANOS
        || now - lastProgress < PROGRESS_EVERY_NANOS
        || !Terminal.error()) {
      return;
    }
    lastProgress = now;
    progressShown = true;
    err.print("\r\u001b[K" + words);
    err.flush();
  }

  private synchronized void clearProgress() {
    if (progressShown) {
      err.print("\r\u001b[K");
      err.flush();
      progressShown = false;
    }
  }

  public String good(String text) {
    return paint("32", text);
  }

  public String bad(String text) {
    return paint("31;1", text);
  }

  public String dim(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    boolean paint =
        switch (color) {
          case always -> true;
          case never -> false;
          case auto -> Terminal.output() && System.getenv("NO_COLOR") == null;
        };
    return paint ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  private void requireWritten() {
    if (out.checkError()) {
      throw new CommandFailure(ExitCode.IO, "standard output: cannot be written");
    }
  }
}
