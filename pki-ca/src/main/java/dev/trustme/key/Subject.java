// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Digest;
import dev.trustme.trust.ArtifactKind;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a signature is about.
 *
 * @param name the artefact's file name, for people
 * @param sha256 of the artefact's bytes as they were given: what the other side can hash again
 * @param facts what else a person would want to know before signing, such as a command line
 */
public record Subject(ArtifactKind kind, String name, Digest sha256, Map<String, String> facts) {
  public Subject {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }

  public Subject(ArtifactKind kind, String name, Digest sha256) {
    this(kind, name, sha256, Map.of());
  }
}
