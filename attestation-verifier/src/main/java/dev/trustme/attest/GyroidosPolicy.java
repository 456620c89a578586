// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsPcrSelection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is demanded of GyroidOS devices: YAML, schema {@code trustme/gyroidos-policy/1}. An unknown
 * key or value is an error.
 *
 * @param tolerate which limits of the protocol are taken for a warning; each by its name
 */
public record GyroidosPolicy(
    String schema, Trust trust, Require require, Optional<List<String>> tolerate) {
  public static final String SCHEMA = "trustme/gyroidos-policy/1";

  public GyroidosPolicy {
    Policy.require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
    tolerate = tolerate.map(List::copyOf);
    for (String id : tolerate.orElse(List.of())) {
      Policy.require(
          GyroidosCheck.byId(id).filter(GyroidosCheck::limit).isPresent(),
          "tolerate: expected limits among %s, found %s".formatted(GyroidosCheck.allLimits(), id));
    }
  }

  /**
   * Whom to believe.
   *
   * @param devices who certified the devices' keys; paths are relative to the policy's folder
   */
  public record Trust(Policy.Roots devices) {}

  /**
   * What must hold. Every quoted PCR is of exactly one kind: it has a value that is named, or it is
   * that of the IMA log, or that of the containers.
   *
   * @param pcrs values of the SHA-256 bank by PCR
   * @param ima the PCR that the IMA log leads to
   */
  public record Require(
      Map<String, Digest> pcrs, Optional<Integer> ima, Optional<Containers> containers) {
    private static final int LAST_PCR = 15;

    public Require {
      pcrs = Collections.unmodifiableMap(new TreeMap<>(pcrs));
      Policy.require(!pcrs.isEmpty(), "require.pcrs: expected at least one value");
      pcrs.forEach((pcr, value) ->
          Policy.require(
              pcr.matches("[0-9]|1[0-5]") && value.algorithm() == HashAlgorithm.SHA256,
              "require.pcrs: expected PCR 0 to 15 and digests sha256:…"));
      var logged = Stream.concat(ima.stream(), containers.map(Containers::pcr).stream()).toList();
      Set<Integer> all =
          new HashSet<>(pcrs.keySet().stream().map(Integer::valueOf).collect(Collectors.toSet()));
      for (int pcr : logged) {
        Policy.require(
            pcr >= 0 && pcr <= LAST_PCR && all.add(pcr),
            "require: PCR %d is named twice, or is none of 0 to 15".formatted(pcr));
      }
    }

    /** The values that are named. */
    SortedMap<Integer, Digest> expected() {
      SortedMap<Integer, Digest> expected = new TreeMap<>();
      pcrs.forEach((pcr, value) -> expected.put(Integer.valueOf(pcr), value));
      return expected;
    }

    TpmsPcrSelection selection() {
      var quoted = new TreeSet<>(expected().keySet());
      ima.ifPresent(quoted::add);
      containers.map(Containers::pcr).ifPresent(quoted::add);
      return TpmsPcrSelection.of(HashAlgorithm.SHA256, quoted);
    }
  }

  /**
   * The containers that may run.
   *
   * @param pcr the PCR that the device extends with their images
   * @param images hashes of their images
   */
  public record Containers(int pcr, List<Digest> images) {
    public Containers {
      images = List.copyOf(images);
    }
  }

  boolean tolerates(String id) {
    return tolerate.filter(ids -> ids.contains(id)).isPresent();
  }

  public static GyroidosPolicy parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, GyroidosPolicy.class, "gyroidos policy");
  }
}
