// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A root file system while layers are laid over each other: paths without a leading slash, parents
 * before their children. OCI Image Format 1.1, "Image Layer Filesystem Changeset". Nothing is ever
 * reached through a symbolic link, so nothing can lie outside.
 */
final class RootTree {
  private static final int MAX_ENTRIES = 1_000_000;

  private static final Attributes IMPLICIT = new Attributes(0755, 0, 0);

  private final ArchiveRules rules;
  private final NavigableMap<String, Placed> nodes = new TreeMap<>();
  private int layer;

  /** The rules name entries in errors. */
  RootTree(ArchiveRules rules) {
    this.rules = rules;
  }

  /** Permission bits, as far as the rules leave them, and numeric owner. */
  record Attributes(int mode, int uid, int gid) {}

  /** What lies at a path. */
  sealed interface Node {}

  /** A directory. */
  record Directory(Attributes attributes) implements Node {}

  /** A symbolic link; its target is text for the kernel that will read it. */
  record Symlink(Attributes attributes, String target) implements Node {}

  /** A device or FIFO; {@code type} is the archive's. */
  record Special(Attributes attributes, byte type, int major, int minor) implements Node {}

  /** A file; hard links share the instance. Content lies in the spool. */
  static final class RegularFile implements Node {
    private final Attributes attributes;
    private final long offset;
    private final long size;

    RegularFile(Attributes attributes, long offset, long size) {
      this.attributes = attributes;
      this.offset = offset;
      this.size = size;
    }

    Attributes attributes() {
      return attributes;
    }

    /** Where the content begins in the spool. */
    long offset() {
      return offset;
    }

    long size() {
      return size;
    }
  }

  /** {@code implicit}: a parent that no archive named. */
  private record Placed(Node node, int layer, boolean implicit) {}

  /** What comes now lies over what is there. */
  void nextLayer() {
    layer++;
  }

  /** All paths with what lies there, parents first. */
  Map<String, Node> entries() {
    Map<String, Node> entries = new TreeMap<>();
    nodes.forEach((path, placed) -> entries.put(path, placed.node()));
    return entries;
  }

  void put(String path, Node node) throws FormatException {
    requireParents(path);
    var there = nodes.get(path);
    if (there != null && there.layer() == layer && !there.implicit()) {
      throw malformed(path, "appears twice in one layer");
    }
    if (!(node instanceof Directory)) {
      removeBelow(path, Integer.MAX_VALUE);
    }
    nodes.put(path, new Placed(node, layer, false));
    if (nodes.size() > MAX_ENTRIES) {
      throw malformed(path, "more than %d entries".formatted(MAX_ENTRIES));
    }
  }

  /** Another name of a file that is there. */
  void link(String path, String target) throws FormatException {
    var there = nodes.get(target);
    if (there == null || !(there.node() instanceof RegularFile file)) {
      throw malformed(path, "is a hard link to %s, which is no file here".formatted(target));
    }
    put(path, file);
  }

  /** A whiteout: the path, as far as lower layers made it, is gone. */
  void remove(String path) throws FormatException {
    requireParents(path);
    removeBelow(path, layer);
    var there = nodes.get(path);
    if (there != null && there.layer() < layer) {
      nodes.remove(path);
    }
  }

  /** An opaque whiteout: what lower layers put into the directory is gone. */
  void clear(String directory) throws FormatException {
    requireParents(directory + "/x");
    removeBelow(directory, layer);
  }

  private void removeBelow(String path, int beforeLayer) {
    List<String> below = new ArrayList<>();
    nodes
        .subMap(path + "/", true, path + "0", false) // '0' follows '/'.
        .forEach((child, placed) -> {
          if (placed.layer() < beforeLayer) {
            below.add(child);
          }
        });
    below.forEach(nodes::remove);
  }

  /** Parents are directories; one that no archive names is made. */
  private void requireParents(String path) throws FormatException {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String parent = path.substring(0, slash);
      var there = Optional.ofNullable(nodes.get(parent));
      if (there.isEmpty()) {
        nodes.put(parent, new Placed(new Directory(IMPLICIT), layer, true));
      } else if (!(there.get().node() instanceof Directory)) {
        throw malformed(path, "lies below %s, which is no directory".formatted(parent));
      }
    }
  }

  private FormatException malformed(String path, String problem) {
    return new FormatException(rules.entry(path), 0, problem);
  }
}
