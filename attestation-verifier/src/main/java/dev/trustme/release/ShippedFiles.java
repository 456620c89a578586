// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files that a release ships, by the path that a device reads them at: a JSON object of paths,
 * each with its digests. A path may have more than one (a file's hash and its fs-verity digest, or
 * two versions); a file that is read at two paths is there twice.
 */
public final class ShippedFiles {
  /** Longest path, in bytes: PATH_MAX without its NUL. */
  public static final int MAX_PATH = 4095;

  private final SortedMap<String, List<ShippedDigest>> byPath;
  private final Map<Bytes, List<ShippedDigest>> byLoggedName;

  @JsonCreator
  public ShippedFiles(Map<String, List<ShippedDigest>> files) {
    Fields.require(!files.isEmpty(), "files: expected at least one");
    SortedMap<String, List<ShippedDigest>> sorted = new TreeMap<>();
    byLoggedName = HashMap.newHashMap(files.size());
    files.forEach((path, digests) -> {
      requirePath(path);
      Fields.require(!digests.isEmpty(), "files: a path without a digest");
      sorted.put(path, List.copyOf(digests));
      byLoggedName.merge(loggedName(path), List.copyOf(digests), ShippedFiles::both);
    });
    byPath = Collections.unmodifiableSortedMap(sorted);
  }

  private static List<ShippedDigest> both(List<ShippedDigest> one, List<ShippedDigest> other) {
    var both = new ArrayList<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }

  private static void requirePath(String path) {
    Fields.require(isPath(path), "files: expected absolute paths without . and .. and controls");
  }

  /** Whether a kernel that has a root would call a file so. */
  public static boolean isPath(String path) {
    return path.startsWith("/")
        && !path.endsWith("/")
        && Bytes.utf8(path).size() <= MAX_PATH
        && path.codePoints().noneMatch(Character::isISOControl)
        && List.of(path.substring(1).split("/", -1)).stream()
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /** As the kernel writes a path into its log: with underscores in place of spaces. */
  private static Bytes loggedName(String path) {
    return Bytes.utf8(path.replace(' ', '_'));
  }

  /** The digests at the path that the kernel's log calls so; empty if the release has none. */
  public List<ShippedDigest> at(Bytes loggedName) {
    return byLoggedName.getOrDefault(loggedName, List.of());
  }

  /** All of them, sorted by path. */
  @JsonValue
  public SortedMap<String, List<ShippedDigest>> byPath() {
    return byPath;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShippedFiles that && byPath.equals(that.byPath);
  }

  @Override
  public int hashCode() {
    return byPath.hashCode();
  }
}
