// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.bytes.Digest;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.release.ContainerEntry;

/** A container that may run, as whoever vouches for it names it. */
record KnownContainer(String name, long version, Digest manifest, Digest rootHash, Digest launch) {
  static KnownContainer of(ContainerEntry entry) {
    return new KnownContainer(
        entry.name(), entry.version(), entry.manifest(), entry.rootHash(), entry.launch());
  }

  static KnownContainer of(ContainerManifest manifest) {
    return new KnownContainer(
        manifest.name(),
        manifest.version(),
        manifest.digest(),
        manifest.image().verity().rootHash(),
        manifest.launch().digest());
  }

  /** Image and launch follow from the manifest, so that none of them may differ. */
  boolean is(ContainerEvent event) {
    return manifest.equals(event.manifest())
        && rootHash.equals(event.rootHash())
        && launch.equals(event.launch());
  }
}
