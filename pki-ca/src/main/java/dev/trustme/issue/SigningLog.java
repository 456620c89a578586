// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was signed, by which certificate and when: one JSON document a line ({@code log.jsonl}),
 * each carrying the SHA-256 of the line before it, so that no line can be changed or taken from the
 * middle. That the end was cut shows only who kept the {@link Head}.
 */
public final class SigningLog {
  private static final int TAIL_BYTES = 64 * 1024;

  private final Path file;

  public SigningLog(Path file) {
    this.file = file;
  }

  /**
   * One thing that was done. {@code certificate} is the fingerprint of the certificate whose key
   * signed, or of the one that was issued.
   */
  public record Event(
      String action, String subject, Digest certificate, Optional<Digest> artifact) {}

  /** One line. {@code previous} is the digest of the line before, zero for the first. */
  public record Entry(
      long sequence,
      Digest previous,
      Instant time,
      String action,
      String subject,
      Digest certificate,
      Optional<Digest> artifact) {}

  /** How far the log reaches: the last line's digest, and how many lines there are. */
  public record Head(Digest digest, long entries) {
    static final Head EMPTY = new Head(Digest.zero(HashAlgorithm.SHA256), 0);
  }

  /** What an append will write behind the first {@code offset} bytes, and the head after it. */
  record Addition(long offset, Bytes lines, Head head) {}

  /** Appends these events, all at one time; they are on the disk when it returns. */
  public Head append(Instant time, List<Event> events) throws IOException, FormatException {
    Path folder = requireNonNull(file.toAbsolutePath().getParent());
    try (var lock = FolderLock.acquire(folder);
        var channel =
            FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE)) {
      var addition = prepare(channel, time, events);
      channel.truncate(addition.offset());
      channel.position(addition.offset());
      write(channel, addition.lines());
      return addition.head();
    }
  }

  /** The lines of these events at the log's end; the caller holds the folder's lock. */
  Addition prepare(Instant time, List<Event> events) throws IOException, FormatException {
    if (!Files.exists(file)) {
      return addition(new End(0, Head.EMPTY), time, events);
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return prepare(channel, time, events);
    }
  }

  private Addition prepare(FileChannel channel, Instant time, List<Event> events)
      throws IOException, FormatException {
    return addition(endOf(channel), time, events);
  }

  private static Addition addition(End end, Instant time, List<Event> events) {
    Head head = end.head();
    var lines = new StringBuilder();
    for (Event event : events) {
      Bytes line = Json.write(entry(head, time, event));
      lines.append(line.utf8()).append('\n');
      head = new Head(HashAlgorithm.SHA256.digest(line), head.entries() + 1);
    }
    return new Addition(end.offset(), Bytes.utf8(lines.toString()), head);
  }

  private static Entry entry(Head head, Instant time, Event event) {
    return new Entry(
        head.entries() + 1,
        head.digest(),
        time,
        event.action(),
        event.subject(),
        event.certificate(),
        event.artifact());
  }

  private static void write(FileChannel channel, Bytes lines) throws IOException {
    ByteBuffer rest = lines.buffer();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    channel.force(true);
  }

  /** Where the last whole line ends, and what it says. */
  private record End(long offset, Head head) {}

  /** A line that a crash cut off counts for nothing. */
  private End endOf(FileChannel channel) throws IOException, FormatException {
    long from = Math.max(0, channel.size() - TAIL_BYTES);
    var tail = ByteBuffer.allocate((int) (channel.size() - from));
    int read = 0;
    while (read >= 0 && tail.hasRemaining()) {
      read = channel.read(tail, from + tail.position());
    }
    byte[] text = tail.array();
    int end = lastNewline(text, text.length);
    if (end < 0) {
      if (from > 0) {
        throw new FormatException("signing log", from, "holds a line that is too long");
      }
      return new End(0, Head.EMPTY);
    }
    Bytes line = Bytes.copyOf(text).slice(lastNewline(text, end) + 1, end);
    return new End(from + end + 1, head(line));
  }

  private Head head(Bytes line) throws FormatException {
    try {
      var entry = Json.read(line, Entry.class, "signing log");
      return new Head(HashAlgorithm.SHA256.digest(line), entry.sequence());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static int lastNewline(byte[] text, int before) {
    int at = before - 1;
    while (at >= 0 && text[at] != '\n') {
      at--;
    }
    return at;
  }

  /** All entries, whether or not they chain. */
  public List<Entry> entries() throws IOException, FormatException {
    List<Entry> entries = new ArrayList<>();
    for (Bytes line : lines()) {
      try {
        entries.add(Json.read(line, Entry.class, "signing log line " + (entries.size() + 1)));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
    return entries;
  }

  /** Whether every line carries the digest of the one before it, in sequence. */
  public Verdict<Head> verify() throws IOException, FormatException {
    List<Check> checks = new ArrayList<>();
    Head head = Head.EMPTY;
    List<Bytes> lines = lines();
    List<Entry> entries = entries();
    for (int i = 0; i < entries.size(); i++) {
      var entry = entries.get(i);
      if (entry.sequence() != head.entries() + 1 || !entry.previous().equals(head.digest())) {
        checks.add(
            Check.fail(
                    "log-chain",
                    "entry %d after %s".formatted(head.entries() + 1, head.digest()),
                    "entry %d after %s".formatted(entry.sequence(), entry.previous()))
                .at("%s, line %d".formatted(file, i + 1)));
      }
      head = new Head(HashAlgorithm.SHA256.digest(lines.get(i)), i + 1L);
    }
    if (checks.isEmpty()) {
      checks.add(Check.pass("log-chain", entries.size() + " entries"));
    }
    Head last = head;
    return Verdict.of(checks, () -> last);
  }

  private List<Bytes> lines() throws IOException {
    Bytes content = Inputs.read(file);
    List<Bytes> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < content.size(); i++) {
      if (content.at(i) == '\n') {
        lines.add(content.slice(start, i));
        start = i + 1;
      }
    }
    return lines;
  }
}
