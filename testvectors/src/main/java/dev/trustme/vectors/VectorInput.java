// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A vector with its files at hand. */
public record VectorInput(Vector vector, Path folder) {
  /** The path of a file by its role; a vector without it is a broken vector. */
  public Path path(String role) {
    return folder.resolve(required(vector.files().get(role), "file", role));
  }

  public Bytes file(String role) throws IOException {
    return Inputs.read(path(role));
  }

  public boolean has(String role) {
    return vector.files().containsKey(role);
  }

  /** Whether the context has the key. */
  public boolean tells(String key) {
    return vector.context().containsKey(key);
  }

  public String context(String key) {
    return required(vector.context().get(key), "context", key);
  }

  /** The moment to judge at: context {@code at}. */
  public Instant at() {
    return Instant.parse(context("at"));
  }

  /** The trust anchors in the file {@code roots}. */
  public TrustStore roots() throws IOException, FormatException {
    return TrustStore.load(List.of(path("roots")));
  }

  private String required(@Nullable String value, String kind, String name) {
    if (value == null) {
      throw new IllegalStateException(vector.id() + ": names no " + kind + " '" + name + "'");
    }
    return value;
  }
}
