// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import dev.trustme.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
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

  /** The result: the document for programs, or the text for people. */
  public void result(Object document, Supplier<String> text) {
    clearProgress();
    if (json) {
      out.println(Json.write(document).utf8());
    } else if (!quiet) {
      out.println(text.get().stripTrailing());
    }
    requireWritten();
  }

  /** A line for people on standard output; silent with --json and --quiet. */
  public void line(String text) {
    if (!json && !quiet) {
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
  public synchronized void progress(String what, long done, long total) {
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
    err.print("\r\u001b[K%s %d/%d".formatted(what, done, total));
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
