// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.bytes.Digest;

/**
 * One container of a release.
 *
 * @param manifest digest of the signed container manifest (the DSSE payload)
 * @param rootHash dm-verity root hash of the image
 * @param launch digest of the device-independent launch description
 * @param pcr where its start is measured
 */
public record ContainerEntry(
    String name, long version, Digest manifest, Digest rootHash, Digest launch, int pcr) {
  public ContainerEntry {
    Fields.requireName("containers.name", name);
    Fields.require(
        version >= 0, "containers.version: expected 0 or more, found %d".formatted(version));
    Fields.require(
        pcr >= 8 && pcr <= 15, "containers.pcr: expected 8 to 15, found %d".formatted(pcr));
  }
}
