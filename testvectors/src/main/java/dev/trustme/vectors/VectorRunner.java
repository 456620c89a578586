// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Runs vectors against our verifiers and says where the two disagree. */
public final class VectorRunner {
  /** One vector with what came of it. */
  public record Result(String family, Vector vector, Outcome outcome, long nanos) {
    public boolean passed() {
      return outcome.fits(vector);
    }

    /** What a person needs to see of a disagreement. */
    public String difference() {
      return "expected %s%s, got %s%s"
          .formatted(
              vector.expect(),
              vector.reason().map(r -> " (" + r + ")").orElse(""),
              outcome.verdict(),
              outcome.reason().isEmpty() ? "" : " (" + outcome.reason() + ")");
    }
  }

  private final Path root;
  private final Map<String, Family> families = new TreeMap<>();

  /** A runner over the folder that holds one folder a family. */
  public VectorRunner(Path root) {
    this.root = root;
    Families.ALL.forEach(f -> families.put(f.name(), f));
  }

  /** The families that have vectors here; a folder that no family reads is an error. */
  public List<String> families() throws IOException {
    List<String> names = new ArrayList<>();
    try (var folders = Files.list(root)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        String name = folder.getFileName().toString();
        if (!families.containsKey(name)) {
          throw new IOException(folder + ": no family of vectors has this name");
        }
        names.add(name);
      }
    }
    return names;
  }

  public VectorIndex index(String family) throws IOException, FormatException {
    Path folder = root.resolve(family);
    VectorIndex index = VectorIndex.load(folder);
    if (!index.family().equals(family)) {
      throw new FormatException("vector index", 0, "is of family " + index.family())
          .in(folder.toString());
    }
    return index;
  }

  /** Runs one family, or all of them. */
  public List<Result> run(Optional<String> family) throws IOException, FormatException {
    List<Result> results = new ArrayList<>();
    for (String name : family.map(List::of).orElse(families())) {
      if (!families.containsKey(name)) {
        throw new IOException(
            "no family of vectors is named " + name + "; there are " + families());
      }
      for (Vector vector : index(name).vectors()) {
        results.add(run(name, vector));
      }
    }
    return results;
  }

  /** Runs one vector of a family that there is. */
  public Result run(String family, Vector vector) throws IOException {
    Family judge = Objects.requireNonNull(families.get(family));
    return run(judge, new VectorInput(vector, root.resolve(family)));
  }

  private static Result run(Family family, VectorInput input) throws IOException {
    long start = System.nanoTime();
    Outcome outcome;
    try {
      outcome = family.judge(input);
    } catch (FormatException e) {
      outcome = Outcome.malformed(e);
    }
    return new Result(family.name(), input.vector(), outcome, System.nanoTime() - start);
  }
}
