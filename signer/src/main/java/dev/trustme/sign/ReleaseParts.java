// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.Artifact;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Measurement;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
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
  private final Map<String, Set<ShippedDigest>> files = new TreeMap<>();
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

  /** A file that devices read at this path; it may have several digests. */
  void add(String path, ShippedDigest digest) throws FormatException {
    if (!ShippedFiles.isPath(path)) {
      throw new FormatException(
          "release configuration",
          0,
          "files: no path that a device's log can name: " + path.replaceAll("[^ -~]", "?"));
    }
    files.computeIfAbsent(path, p -> new LinkedHashSet<>()).add(digest);
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

  Map<String, List<ShippedDigest>> files() {
    Map<String, List<ShippedDigest>> lists = new TreeMap<>();
    files.forEach((path, digests) -> lists.put(path, List.copyOf(digests)));
    return lists;
  }

  Map<String, List<Digest>> signers() {
    Map<String, List<Digest>> lists = new TreeMap<>();
    signers.forEach((use, fingerprints) -> lists.put(use, List.copyOf(fingerprints)));
    return lists;
  }
}
