// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

/** What an archive may hold, by who made it. */
enum ArchiveRules {
  /** A container's layer, by anybody: nothing in it may reach beyond the container. */
  LAYER("OCI layer", 01777, 8L << 30, false),

  /** A device's own root: it may hold devices, FIFOs and setuid programs; its owner is root. */
  ROOT("root archive", 07777, Long.MAX_VALUE, true);

  private final String structure;
  private final int permissions;
  private final long maxContent;
  private final boolean root;

  ArchiveRules(String structure, int permissions, long maxContent, boolean root) {
    this.structure = structure;
    this.permissions = permissions;
    this.maxContent = maxContent;
    this.root = root;
  }

  /** How errors call an entry. */
  String entry(String path) {
    return "%s entry '%s'".formatted(structure, path.replaceAll("\\p{Cntrl}", "?"));
  }

  /** The bits of a mode that stay. */
  int permissions() {
    return permissions;
  }

  /** Most bytes of file content. */
  long maxContent() {
    return maxContent;
  }

  /** Devices and FIFOs are taken, all belongs to root, and {@code .wh.} begins a name as others. */
  boolean root() {
    return root;
  }
}
