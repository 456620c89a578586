// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.vectors.Expectation;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.VectorIndex;
import dev.trustme.vectors.VectorRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Collects attacks with the check that has to find each, as the person who wrote it says. What the
 * check then sees is added from the verifier's answer, once that is the expected check.
 */
final class AttackMaker {
  private final Path root;
  private final String name;
  private final FamilyMaker family;
  private final List<Vector> vectors = new ArrayList<>();
  private final Map<String, String> expected = new HashMap<>();

  AttackMaker(Path root, String name, String provenance) throws IOException {
    this.root = root;
    this.name = name;
    this.family = new FamilyMaker(root, name, provenance);
  }

  AttackMaker file(String name, Bytes content) throws IOException {
    family.file(name, content);
    return this;
  }

  Vector accept(String id, String comment, Map<String, String> files, Map<String, String> context) {
    var vector = family.accept(id, comment, files, context);
    vectors.add(vector);
    return vector;
  }

  /** A positive that has another file in this role. */
  Vector accept(Vector like, String id, String comment, String role, Bytes content)
      throws IOException {
    return accept(id, comment, files(like, id, role, content), like.context());
  }

  /** A positive that has other files in these roles. */
  Vector acceptFiles(Vector like, String id, String comment, Map<String, Bytes> contents)
      throws IOException {
    var files = new TreeMap<>(like.files());
    for (var content : new TreeMap<>(contents).entrySet()) {
      String role = content.getKey();
      files.put(role, files(like, id, role, content.getValue()).get(role));
    }
    return accept(id, comment, files, like.context());
  }

  void reject(Vector twin, String id, String comment, String role, Bytes content, String check)
      throws IOException {
    negative(twin, id, comment, files(twin, id, role, content), twin.context(), check);
  }

  void without(Vector twin, String id, String comment, String role, String check) {
    var files = new TreeMap<>(twin.files());
    files.remove(role);
    negative(twin, id, comment, files, twin.context(), check);
  }

  void context(Vector twin, String id, String comment, String key, String value, String check) {
    var context = new TreeMap<>(twin.context());
    context.put(key, value);
    negative(twin, id, comment, twin.files(), context, check);
  }

  private Map<String, String> files(Vector like, String id, String role, Bytes content)
      throws IOException {
    String model = Objects.requireNonNullElse(like.files().get(role), role + ".json");
    String name = "%s-%s%s".formatted(id, role, model.replaceFirst("^[^.]*", ""));
    if (like.files().containsValue(name)) {
      throw new IllegalArgumentException(name + " twice");
    }
    family.file(name, content);
    var files = new TreeMap<>(like.files());
    files.put(role, name);
    return files;
  }

  private void negative(
      Vector twin,
      String id,
      String comment,
      Map<String, String> files,
      Map<String, String> context,
      String check) {
    expected.put(id, check);
    vectors.add(negative(twin.id(), id, comment, files, context, Expectation.reject, check));
  }

  private static Vector negative(
      String twin,
      String id,
      String comment,
      Map<String, String> files,
      Map<String, String> context,
      Expectation expect,
      String reason) {
    return new Vector(
        id, comment, List.of(), Optional.of(twin), files, context, expect, Optional.of(reason));
  }

  /** Judges every vector; a verifier that finds another thing than it must is an error. */
  void write(String provenance) throws IOException, FormatException {
    index(provenance, vectors);
    List<Vector> told = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (var result : new VectorRunner(root).run(Optional.of(name))) {
      var vector = result.vector();
      String check = expected.get(vector.id());
      var outcome = result.outcome();
      boolean right =
          check == null
              ? outcome.verdict() == Expectation.accept
              : outcome.verdict() != Expectation.accept && outcome.reason().startsWith(check);
      if (!right) {
        wrong.add(result.family() + "/" + vector.id() + " " + result.difference());
        continue;
      }
      told.add(check == null ? vector : told(vector, outcome.verdict(), outcome.reason()));
    }
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(String.join("\n", wrong));
    }
    index(provenance, told);
  }

  private static Vector told(Vector vector, Expectation expect, String reason) {
    return negative(
        vector.twin().orElseThrow(),
        vector.id(),
        vector.comment(),
        vector.files(),
        vector.context(),
        expect,
        reason);
  }

  private void index(String provenance, List<Vector> all) throws IOException {
    var index = new VectorIndex(VectorIndex.SCHEMA, name, provenance, all);
    Outputs.write(root.resolve(name).resolve("index.json"), Json.writePretty(index), true);
  }
}
