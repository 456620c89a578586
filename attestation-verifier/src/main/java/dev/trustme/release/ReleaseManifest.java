// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Everything that was shipped together, and the measurements it will cause: the payload of a DSSE
 * envelope of type {@code application/vnd.trustme.release+json}. Schema {@code trustme/release/1};
 * an unknown key is an error. An instance is consistent in itself (every prediction's events replay
 * to its value), which says nothing about who wrote it.
 *
 * @param sequence from 1; only rises from release to release
 * @param floors what devices do not go below any more; absent where nothing rises
 * @param files what the device's system reads and runs, for policies that ask for it
 * @param signers fingerprints (SHA-256 of the DER) of the certificates that signed, by use
 */
public record ReleaseManifest(
    String schema,
    String name,
    long sequence,
    Instant created,
    Instant notAfter,
    Optional<Floors> floors,
    List<Artifact> artifacts,
    List<ContainerEntry> containers,
    List<Measurement> measurements,
    Optional<ShippedFiles> files,
    Map<String, List<Digest>> signers) {
  public static final String SCHEMA = "trustme/release/1";

  public ReleaseManifest {
    artifacts = List.copyOf(artifacts);
    containers = List.copyOf(containers);
    measurements = List.copyOf(measurements);
    signers = copy(signers);
    Fields.require(
        SCHEMA.equals(schema), "schema: expected %s, found %s".formatted(SCHEMA, schema));
    Fields.requireName("name", name);
    Fields.require(sequence >= 1, "sequence: expected 1 or more, found %d".formatted(sequence));
    Fields.require(
        created.isBefore(notAfter),
        "not-after: %s is not after created %s".formatted(notAfter, created));
    requireDistinct("containers", containers, ContainerEntry::name);
    requireDistinct("artifacts", artifacts, a -> a.kind() + " " + a.name());
    requireDistinct("measurements", measurements, Measurement::key);
    if (floors.isPresent()) {
      floors.get().requireBelow(sequence, containers);
    }
  }

  private static Map<String, List<Digest>> copy(Map<String, List<Digest>> signers) {
    Map<String, List<Digest>> copy = new TreeMap<>();
    signers.forEach((use, fingerprints) -> {
      Fields.requireName("signers", use);
      copy.put(use, List.copyOf(fingerprints));
    });
    return java.util.Collections.unmodifiableMap(copy);
  }

  private static <T, K> void requireDistinct(
      String what, Collection<T> items, Function<T, K> keyOf) {
    Set<K> seen = new HashSet<>();
    for (T item : items) {
      K key = keyOf.apply(item);
      Fields.require(seen.add(key), "%s: %s appears twice".formatted(what, key));
    }
  }

  /** The manifest with this release's schema. */
  public static ReleaseManifest of(
      String name,
      long sequence,
      Validity validity,
      Contents contents,
      Map<String, List<Digest>> signers) {
    return new ReleaseManifest(
        SCHEMA,
        name,
        sequence,
        validity.created(),
        validity.notAfter(),
        validity.floors(),
        contents.artifacts(),
        contents.containers(),
        contents.measurements(),
        contents.files(),
        signers);
  }

  /** From when to when a release counts, and what it lets no device go below. */
  public record Validity(Instant created, Instant notAfter, Optional<Floors> floors) {
    public Validity(Instant created, Instant notAfter) {
      this(created, notAfter, Optional.empty());
    }
  }

  /** What a release is made of. */
  public record Contents(
      List<Artifact> artifacts,
      List<ContainerEntry> containers,
      List<Measurement> measurements,
      Optional<ShippedFiles> files) {
    /** Without a list of files. */
    public Contents(
        List<Artifact> artifacts, List<ContainerEntry> containers, List<Measurement> measurements) {
      this(artifacts, containers, measurements, Optional.empty());
    }

    public Contents {
      artifacts = List.copyOf(artifacts);
      containers = List.copyOf(containers);
      measurements = List.copyOf(measurements);
    }
  }

  public static ReleaseManifest parse(Bytes json) throws FormatException {
    return Json.read(json, ReleaseManifest.class, "release manifest");
  }

  /** Compact JSON, keys in the schema's order: the payload to sign. */
  public Bytes encode() {
    return Json.write(this);
  }

  /** Whether it was made before this moment and has not run out. */
  public boolean validAt(Instant at) {
    return !at.isBefore(created) && at.isBefore(notAfter);
  }

  /** What is predicted for one boot path, at one moment of the boot. */
  public List<Measurement> measurements(String path, String phase) {
    return measurements.stream()
        .filter(m -> m.path().equals(path) && m.phase().equals(phase))
        .toList();
  }
}
