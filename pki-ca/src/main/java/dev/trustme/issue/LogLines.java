// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.issue.SigningLog.Entry;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The lines of a signing log one after the other, in memory that does not grow with the log. Bytes
 * behind the last line end are of a write that was interrupted: they are counted, not read.
 */
public final class LogLines implements AutoCloseable {
  /** What a line may have, in bytes. */
  public static final int MAX_LINE = 64 * 1024;

  private final InputStream in;
  private final String name;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private Bytes line = Bytes.empty();
  private long number;
  private long offset;
  private int torn;

  private LogLines(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  public static LogLines open(Path file) throws IOException {
    Inputs.requireReadable(file);
    return of(Files.newInputStream(file), file.toString());
  }

  /** Reads this stream, which {@link #close} closes. */
  public static LogLines of(InputStream in, String name) {
    return new LogLines(new BufferedInputStream(in, MAX_LINE), name);
  }

  /** Goes to the next whole line; false where there is none. */
  public boolean next() throws IOException, FormatException {
    text.reset();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        torn = text.size();
        return false;
      }
      text.write(b);
      if (text.size() > MAX_LINE) {
        throw new FormatException(
                "signing log line " + (number + 1),
                offset,
                "is longer than %d bytes".formatted(MAX_LINE))
            .in(name);
      }
    }
    line = Bytes.copyOf(text.toByteArray());
    offset += line.size() + 1L;
    number++;
    return true;
  }

  /** The line as it is, without its line end: what the next one carries the digest of. */
  public Bytes line() {
    return line;
  }

  /** What the line says. */
  public Entry entry() throws FormatException {
    try {
      return Entry.parse(line, number);
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  /** The line's number, from 1. */
  public long number() {
    return number;
  }

  /** Bytes read so far. */
  public long offset() {
    return offset;
  }

  /** Bytes behind the last whole line, once there is no next one. */
  public int torn() {
    return torn;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
