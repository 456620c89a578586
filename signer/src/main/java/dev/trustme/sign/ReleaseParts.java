// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Digest;
import dev.trustme.release.Artifact;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a release gathers, one verified part after the other. */
final class ReleaseParts {
  private final List<Artifact> artifacts = new ArrayList<>();
  private final List<ContainerEntry> containers = new ArrayList<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private final Map<String, Set<Digest>> signers = new TreeMap<>();

  void add(Artifact artifact) {
    artifacts.add(artifact);
  }

  void add(ContainerEntry container) {
    containers.add(container);
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  /** The certificate signed something for this use. */
  void signed(String use, Digest fingerprint) {
    signers.computeIfAbsent(use, key -> new LinkedHashSet<>()).add(fingerprint);
  }

  List<Artifact> artifacts() {
    return artifacts;
  }

  List<ContainerEntry> containers() {
    return containers;
  }

  List<Measurement> measurements() {
    return measurements;
  }

  Map<String, List<Digest>> signers() {
    Map<String, List<Digest>> lists = new TreeMap<>();
    signers.forEach((use, fingerprints) -> lists.put(use, List.copyOf(fingerprints)));
    return lists;
  }
}
