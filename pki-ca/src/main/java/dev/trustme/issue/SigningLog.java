// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.lint.Finding;
import dev.trustme.trust.Certificates;
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
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What was signed, by which certificate and when: one JSON document a line ({@code log.jsonl}),
 * each carrying the SHA-256 of the line before it, so that no line can be changed or taken from the
 * middle. That the end was cut shows only who kept the {@link Head}.
 */
public final class SigningLog {
  public static final String SCHEMA = "trustme/log/2";

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
   * its SubjectPublicKeyInfo; {@code serial} (hex) is the certificate's, where nothing but the
   * certificate is meant: with a key it was issued, without one something was done about it.
   */
  public record Event(
      String action,
      String subject,
      Digest certificate,
      Optional<Digest> artifact,
      Optional<Digest> key,
      Optional<String> serial) {
    static final String ACCEPTED = "accept-finding";

    /** Something done with a certificate that signed nothing and was not issued here or then. */
    public static Event about(String action, X509CertificateHolder certificate) {
      return about(action, certificate.getSubject().toString(), certificate);
    }

    /** A finding about a certificate that somebody took as it is. */
    public static Event accepted(Finding finding, X509CertificateHolder certificate) {
      return about(
          ACCEPTED, "%s: %s".formatted(finding.rule().id(), certificate.getSubject()), certificate);
    }

    private static Event about(String action, String subject, X509CertificateHolder certificate) {
      return new Event(
          action,
          subject,
          Certificates.fingerprint(certificate),
          Optional.empty(),
          Optional.empty(),
          Optional.of(certificate.getSerialNumber().toString(16)));
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

    /** Whether it says that a certificate was issued; earlier versions of the log did not tell. */
    public boolean tellsOfIssuance() {
      return serial.isPresent() && key.isPresent();
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

  /** What an append will write behind the first {@code offset} bytes, and the head after it. */
  record Addition(long offset, Bytes lines, Head head) {}

  /** Appends these events, all at one time; they are on the disk when it returns. */
  public Head append(Instant time, List<Event> events) throws IOException, FormatException {
    Path folder = requireNonNull(file.toAbsolutePath().getParent());
    var lock = FolderLock.acquire(folder);
    try (lock;
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

  private static Addition addition(End end, Instant time, List<Event> events)
      throws FormatException {
    Head head = end.head();
    var lines = new StringBuilder();
    for (Event event : events) {
      Bytes line = line(head, time, event);
      lines.append(line.utf8()).append('\n');
      head = new Head(HashAlgorithm.SHA256.digest(line), head.entries() + 1);
    }
    return new Addition(end.offset(), Bytes.utf8(lines.toString()), head);
  }

  private static Bytes line(Head head, Instant time, Event event) throws FormatException {
    Bytes line = Json.write(entry(head, time, event));
    if (line.size() > LogLines.MAX_LINE) {
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
