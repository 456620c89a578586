// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.bytes.Digest;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One shipped file.
 *
 * @param kind {@code uki}, {@code layer}, {@code module}
 * @param size in bytes
 * @param digests by what is hashed and how: {@code sha256} (the file), {@code authenticode-sha256}
 *     (what firmware measures)
 * @param signer fingerprint of the certificate that signed the file; absent for unsigned files
 * @param stub for a UKI, the stub it is built on, as its {@code .sdmagic} says
 */
public record Artifact(
    String kind,
    String name,
    long size,
    Map<String, Digest> digests,
    Optional<Digest> signer,
    Optional<String> stub) {
  public Artifact {
    digests = Collections.unmodifiableMap(new TreeMap<>(digests));
    Fields.requireName("artifacts.kind", kind);
    Fields.requireText("artifacts.name", name);
    Fields.require(size >= 0, "artifacts.size: expected 0 or more, found %d".formatted(size));
    Fields.require(digests.containsKey("sha256"), "artifacts.digests: sha256 is missing");
    digests.keySet().forEach(key -> Fields.requireName("artifacts.digests", key));
    stub.ifPresent(text -> Fields.requireText("artifacts.stub", text));
  }
}
