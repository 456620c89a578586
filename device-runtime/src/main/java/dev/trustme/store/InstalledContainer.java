// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.store;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A container in the store, by its folder's name and its note of installation: nothing of it is
 * trusted before the start guard has looked at the files.
 */
public record InstalledContainer(String name, long version, Path folder, Instant installedAt) {
  /** The note beside the files: when the container was installed. */
  static final String NOTE_FILE = "installed.json";

  /** The signed manifest in a version's folder. */
  public static final String MANIFEST_FILE = "manifest.dsse.json";

  /** The image in a version's folder. */
  public static final String IMAGE_FILE = "image.squashfs";

  /** The content of {@link #NOTE_FILE}. */
  record Note(String schema, Instant at) {
    static final String SCHEMA = "trustme/installed/1";

    Note {
      if (!schema.equals(SCHEMA)) {
        throw new IllegalArgumentException("schema: expected " + SCHEMA + ", found " + schema);
      }
    }
  }

  public Path manifest() {
    return folder.resolve(MANIFEST_FILE);
  }

  public Path image() {
    return folder.resolve(IMAGE_FILE);
  }
}
