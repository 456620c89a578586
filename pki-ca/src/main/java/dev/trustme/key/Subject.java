// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.ArtifactKind;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a signature is about.
 *
 * @param name the artefact's file name, for people
 * @param hash of the artefact's bytes as they were given, SHA-256: what the other side can hash
 *     again. It is computed when somebody asks, which a key that is at hand does not.
 * @param facts what else a person would want to know before signing, such as a command line
 */
public record Subject(
    ArtifactKind kind, String name, Supplier<Digest> hash, Map<String, String> facts) {
  public Subject {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }

  public Subject(ArtifactKind kind, String name, Digest sha256, Map<String, String> facts) {
    this(kind, name, () -> sha256, facts);
  }

  public Subject(ArtifactKind kind, String name, Digest sha256) {
    this(kind, name, sha256, Map.of());
  }

  public Subject(ArtifactKind kind, String name, Bytes file) {
    this(kind, name, () -> HashAlgorithm.SHA256.digest(file), Map.of());
  }

  public Digest sha256() {
    return hash.get();
  }

  /** The same with more facts. */
  public Subject with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(facts);
    all.putAll(more);
    return new Subject(kind, name, hash, all);
  }
}
