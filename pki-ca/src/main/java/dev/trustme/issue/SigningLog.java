// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What was signed, by which certificate and when: one JSON document a line ({@code log.jsonl}),
 * each carrying the SHA-256 of the line before it, so that no line can be changed or taken from the
 * middle. That the end was cut shows only who kept the {@link Head}.
 */
public final class SigningLog {
  public static final String SCHEMA = "trustme/log/2";

  private static final Object ONE_WRITER = new Object();
  /** Holds the last whole line, and behind it as much of one as a crash may have left. */
  private static final int TAIL_BYTES = 2 * LogLines.MAX_LINE;

  private final Path file;

  public SigningLog(Path file) {
    this.file = file;
  }

  /** Where it lies. */
  public Path file() {
    return file;
  }

  /**
   * One thing that was done. {@code certificate} is the fingerprint of the certificate whose key
   * signed, or of the one that was issued; {@code key} names the key that signed, by the SHA-256 of
   * its SubjectPublicKeyInfo; {@code serial} (hex) is there for an issued certificate only.
   */
  public record Event(
      String action,
      String subject,
      Digest certificate,
      Optional<Digest> artifact,
      Optional<Digest> key,
      Optional<String> serial) {
    /** An event whose key is not known. */
    public Event(String action, String subject, Digest certificate, Optional<Digest> artifact) {
      this(action, subject, certificate, artifact, Optional.empty(), Optional.empty());
    }

    /** A certificate that this key signed. */
    public static Event issued(
        String action, X509CertificateHolder certificate, SubjectPublicKeyInfo issuer) {
      return new Event(
          action,
          certificate.getSubject().toString(),
          Certificates.fingerprint(certificate),
          Optional.empty(),
          Optional.of(keyId(issuer)),
          Optional.of(certificate.getSerialNumber().toString(16)));
    }

    /** Something that the key of this certificate signed; the digest is the artefact's. */
    public static Event signed(
        String action, String subject, X509CertificateHolder signer, Digest artifact) {
      return new Event(
          action,
          subject,
          Certificates.fingerprint(signer),
          Optional.of(artifact),
          Optional.of(keyId(signer.getSubjectPublicKeyInfo())),
          Optional.empty());
    }
  }

  /**
   * One line. {@code previous} is the digest of the line before, zero for the first; {@code schema}
   * stands in the first line of a log. Logs without schema, keys and serials are of an earlier
   * version and read the same.
   */
  public record Entry(
      long sequence,
      Digest previous,
      Instant time,
      String action,
      String subject,
      Digest certificate,
      Optional<Digest> artifact,
      Optional<Digest> key,
      Optional<String> serial,
      Optional<String> schema) {
    public Entry {
      if (schema.isPresent() && !schema.get().equals(SCHEMA)) {
        throw new IllegalArgumentException(
            "expected schema %s, found %s".formatted(SCHEMA, schema.get()));
      }
    }

    static Entry parse(Bytes line, long number) throws FormatException {
      return Json.read(line, Entry.class, "signing log line " + number);
    }
  }

  /** The id of a key: SHA-256 over its SubjectPublicKeyInfo (DER). */
  public static Digest keyId(SubjectPublicKeyInfo key) {
    try {
      return HashAlgorithm.SHA256.digest(Bytes.copyOf(key.getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("a public key encodes", e);
    }
  }

  /** How far the log reaches: the last line's digest, and how many lines there are. */
  public record Head(Digest digest, long entries) {
    public static final Head EMPTY = new Head(Digest.zero(HashAlgorithm.SHA256), 0);
  }

  /** Appends these events, all at one time; they are on the disk when it returns. */
  public Head append(Instant time, List<Event> events) throws IOException, FormatException {
    synchronized (ONE_WRITER) {
      try (var channel =
          FileChannel.open(
              file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
        channel.lock(); // Against other processes; closing the channel gives it back.
        Head head = endOf(channel);
        var lines = new StringBuilder();
        for (Event event : events) {
          Bytes line = line(head, time, event);
          lines.append(line.utf8()).append('\n');
          head = new Head(HashAlgorithm.SHA256.digest(line), head.entries() + 1);
        }
        write(channel, Bytes.utf8(lines.toString()));
        return head;
      }
    }
  }

  private static Bytes line(Head head, Instant time, Event event) throws FormatException {
    Bytes line = Json.write(entry(head, time, event));
    if (line.size() >= LogLines.MAX_LINE) {
      throw new FormatException(
          "signing log",
          0,
          "an entry of %d bytes; a line may have %d".formatted(line.size(), LogLines.MAX_LINE));
    }
    return line;
  }

  private static Entry entry(Head head, Instant time, Event event) {
    return new Entry(
        head.entries() + 1,
        head.digest(),
        time,
        event.action(),
        event.subject(),
        event.certificate(),
        event.artifact(),
        event.key(),
        event.serial(),
        head.entries() == 0 ? Optional.of(SCHEMA) : Optional.empty());
  }

  private static void write(FileChannel channel, Bytes lines) throws IOException {
    ByteBuffer rest = lines.buffer();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    channel.force(true);
  }

  /** Leaves the channel behind the last whole line; a line that a crash cut off is dropped. */
  private Head endOf(FileChannel channel) throws IOException, FormatException {
    long from = Math.max(0, channel.size() - TAIL_BYTES);
    var tail = ByteBuffer.allocate((int) (channel.size() - from));
    int read = 0;
    while (read >= 0 && tail.hasRemaining()) {
      read = channel.read(tail, from + tail.position());
    }
    byte[] text = tail.array();
    int end = lastNewline(text, text.length);
    channel.truncate(from + end + 1);
    channel.position(from + end + 1);
    if (end < 0) {
      if (from > 0) {
        throw new FormatException("signing log", from, "holds a line that is too long");
      }
      return Head.EMPTY;
    }
    Bytes line = Bytes.copyOf(text).slice(lastNewline(text, end) + 1, end);
    return head(line);
  }

  private Head head(Bytes line) throws FormatException {
    try {
      var entry = Json.read(line, Entry.class, "signing log's last line");
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
    try (var lines = LogLines.open(file)) {
      while (lines.next()) {
        entries.add(lines.entry());
      }
    }
    return entries;
  }

  /** Whether every line carries the digest of the one before it, in sequence. */
  public Verdict<Head> verify() throws IOException, FormatException {
    var chain = new LogChain(file.toString());
    try (var lines = LogLines.open(file)) {
      while (lines.next()) {
        chain.add(lines.line(), lines.entry());
      }
    }
    return Verdict.of(chain.checks(), chain::head);
  }
}
