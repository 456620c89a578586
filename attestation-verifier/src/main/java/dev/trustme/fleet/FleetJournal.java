// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.FileLocks;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The results of a run on disk (NDJSON): a line that says what the run judges by, then a line for
 * each result. Lines only ever come at its end and are synced before anything else remembers them,
 * so that a run that was killed goes on where the file ends. A line that was cut by that is
 * removed.
 */
public final class FleetJournal implements AutoCloseable {
  private static final long MAX_LINE = 4L << 20;

  private final Path file;
  private final FileChannel channel;
  private final Header header;

  /**
   * What a run judges by, schema {@code trustme/fleet-run/1}: a run goes on only with the same.
   *
   * @param policy SHA-256 over the policy file
   * @param releases SHA-256 over each release file, in the order of these digests
   * @param kept whether challenges and states are kept
   */
  public record Header(
      String schema, UUID run, Digest policy, List<Digest> releases, boolean kept) {
    public static final String SCHEMA = "trustme/fleet-run/1";

    public Header {
      if (!SCHEMA.equals(schema)) {
        throw new IllegalArgumentException("schema: expected " + SCHEMA);
      }
      releases = List.copyOf(releases);
    }

    boolean judgesAs(Header other) {
      return policy.equals(other.policy) && releases.equals(other.releases) && kept == other.kept;
    }
  }

  /** Who is told of the results that an earlier attempt left. */
  interface Earlier {
    void result(FleetResult result) throws IOException;
  }

  private FleetJournal(Path file, FileChannel channel, Header header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
  }

  /** A new file; one that exists is replaced with {@code force} alone. */
  public static FleetJournal create(Path file, Header header, boolean force) throws IOException {
    Bytes first = Bytes.concat(Json.write(header), Bytes.utf8("\n"));
    Outputs.write(file, first, Outputs.PRIVATE, force);
    var channel = locked(file);
    channel.position(channel.size());
    return new FleetJournal(file, channel, header);
  }

  /** The file of a run that did not come to its end, or a new one where there is none. */
  public static FleetJournal resume(Path file, Header header) throws IOException, FormatException {
    if (!Files.exists(file)) {
      return create(file, header, false);
    }
    var channel = locked(file);
    try {
      var lines = new EvidenceLines(Channels.newInputStream(channel.position(0)), MAX_LINE);
      var first = lines.next();
      if (first.isEmpty() || !(first.get() instanceof FleetItem.Content.Found found)) {
        throw new FormatException("results of a fleet", 0, "no line that begins them");
      }
      var begun = Json.read(found.evidence(), Header.class, "results of a fleet");
      if (!begun.judgesAs(header)) {
        throw new IOException(
            file
                + ": these results were begun with another policy, other releases or another"
                + " kind of memory; give the same, or another --out");
      }
      return new FleetJournal(file, channel, begun);
    } catch (FormatException e) {
      channel.close();
      throw e.in(file.toString());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel locked(Path file) throws IOException {
    return FileLocks.take(file, file + ": another run is writing it");
  }

  public UUID run() {
    return header.run();
  }

  /** Tells what is there, removes a line that was cut, and stands at the end. */
  void readEarlier(Earlier earlier) throws IOException, FormatException {
    long end = wholeLines();
    channel.truncate(end);
    var lines = new EvidenceLines(Channels.newInputStream(channel.position(0)), MAX_LINE);
    lines.next();
    for (var line = lines.next(); line.isPresent(); line = lines.next()) {
      earlier.result(result(line, lines.number()));
    }
    channel.position(end);
  }

  private FleetResult result(Optional<FleetItem.Content> line, long number) throws FormatException {
    String place = "%s, line %d".formatted(file, number);
    if (!(line.orElseThrow() instanceof FleetItem.Content.Found found)) {
      throw new FormatException("result", 0, "a line of more than %d bytes".formatted(MAX_LINE))
          .in(place);
    }
    try {
      return Json.read(found.evidence(), FleetResult.class, "result");
    } catch (FormatException e) {
      throw e.in(place);
    }
  }

  /** Up to and with the last line end. */
  private long wholeLines() throws IOException {
    var last = ByteBuffer.allocate(1);
    long end = channel.size();
    while (end > 0) {
      last.clear();
      channel.read(last, end - 1);
      if (last.get(0) == '\n') {
        return end;
      }
      end--;
    }
    return 0;
  }

  /** Adds results; they are on disk when this returns. */
  void append(List<FleetResult> results) throws IOException {
    var lines = new ByteArrayOutputStream();
    for (FleetResult result : results) {
      lines.writeBytes(Json.write(result).toArray());
      lines.write('\n');
    }
    var rest = ByteBuffer.wrap(lines.toByteArray());
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
