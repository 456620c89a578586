// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.vectors.Expectation;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.VectorIndex;
import dev.trustme.vectors.VectorRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Collects the vectors of one family and writes them. */
final class FamilyMaker {
  private final Path folder;
  private final String family;
  private final String provenance;
  private final List<Vector> vectors = new ArrayList<>();

  FamilyMaker(Path root, String family, String provenance) throws IOException {
    this.folder = root.resolve(family);
    this.family = family;
    this.provenance = provenance;
    Outputs.removeTree(folder);
    Files.createDirectories(folder);
  }

  FamilyMaker file(String name, Bytes content) throws IOException {
    Outputs.write(folder.resolve(name), content, false);
    return this;
  }

  Vector accept(String id, String comment, Map<String, String> files, Map<String, String> context) {
    var vector =
        new Vector(
            id,
            comment,
            List.of(),
            Optional.empty(),
            files,
            context,
            Expectation.accept,
            Optional.empty());
    vectors.add(vector);
    return vector;
  }

  /** A negative that has another file in this role than its twin. */
  FamilyMaker otherFile(
      Vector twin, String id, String comment, String role, Bytes content, String reason)
      throws IOException {
    String suffix = Objects.requireNonNull(twin.files().get(role)).replaceFirst("^[^.]*", "");
    String name = id + suffix;
    file(name, content);
    var files = new TreeMap<>(twin.files());
    files.put(role, name);
    return negative(twin, id, comment, files, twin.context(), reason);
  }

  /** A negative that is told another thing than its twin. */
  FamilyMaker otherContext(
      Vector twin, String id, String comment, String key, String value, String reason) {
    var context = new TreeMap<>(twin.context());
    context.put(key, value);
    return negative(twin, id, comment, twin.files(), context, reason);
  }

  /**
   * A negative that has another file than its twin, for the reason that our verifier gives; that it
   * is the right one is looked at by people.
   */
  FamilyMaker refuse(Vector twin, String id, String comment, String role, Bytes content)
      throws IOException {
    otherFile(twin, id, comment, role, content, "unknown");
    return judged();
  }

  /** The same for what it is told. */
  FamilyMaker refuseContext(Vector twin, String id, String comment, String key, String value)
      throws IOException {
    otherContext(twin, id, comment, key, value, "unknown");
    return judged();
  }

  private FamilyMaker judged() throws IOException {
    var last = vectors.removeLast();
    var outcome = new VectorRunner(folder.resolveSibling("")).run(family, last).outcome();
    if (outcome.verdict() == Expectation.accept) {
      throw new IllegalStateException(family + "/" + last.id() + " was accepted");
    }
    vectors.add(
        new Vector(
            last.id(),
            last.comment(),
            last.flags(),
            last.twin(),
            last.files(),
            last.context(),
            outcome.verdict(),
            Optional.of(outcome.reason())));
    return this;
  }

  /** A reason with a colon and a space is that of a malformed input: {@code structure: problem}. */
  private FamilyMaker negative(
      Vector twin,
      String id,
      String comment,
      Map<String, String> files,
      Map<String, String> context,
      String reason) {
    var expect = reason.contains(": ") ? Expectation.malformed : Expectation.reject;
    vectors.add(
        new Vector(
            id,
            comment,
            List.of(),
            Optional.of(twin.id()),
            files,
            context,
            expect,
            Optional.of(reason)));
    return this;
  }

  void write() throws IOException {
    var index = new VectorIndex(VectorIndex.SCHEMA, family, provenance, vectors);
    file("index.json", Json.writePretty(index));
  }

  /** The bytes with one of them exchanged. */
  static Bytes with(Bytes original, int offset, int... replacement) {
    byte[] changed = original.toArray();
    for (int i = 0; i < replacement.length; i++) {
      changed[offset + i] = (byte) replacement[i];
    }
    return Bytes.copyOf(changed);
  }
}
