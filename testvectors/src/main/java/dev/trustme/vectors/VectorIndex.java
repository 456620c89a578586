// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The index of one family: {@code vectors/FAMILY/index.json}, schema {@code trustme/vectors/1}. */
public record VectorIndex(String schema, String family, String provenance, List<Vector> vectors) {
  public static final String SCHEMA = "trustme/vectors/1";

  public VectorIndex {
    vectors = List.copyOf(vectors);
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema is " + schema + ", expected " + SCHEMA);
    }
    requireTwins(vectors);
  }

  private static void requireTwins(List<Vector> vectors) {
    Map<String, Vector> byId = new HashMap<>();
    for (Vector vector : vectors) {
      if (byId.put(vector.id(), vector) != null) {
        throw new IllegalArgumentException("id " + vector.id() + " twice");
      }
    }
    for (Vector vector : vectors) {
      vector
          .twin()
          .filter(t -> !byId.containsKey(t) || byId.get(t).expect() != Expectation.accept)
          .ifPresent(t -> {
            throw new IllegalArgumentException(
                vector.id() + ": its twin " + t + " is no positive vector of this family");
          });
    }
  }

  /** Reads the index in this folder. */
  public static VectorIndex load(Path folder) throws IOException, FormatException {
    Path file = folder.resolve("index.json");
    try {
      return Json.read(Inputs.read(file), VectorIndex.class, "vector index");
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
