// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.ceremony.Action.Split;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What there would be after the steps so far: files, PKI folders, secrets. */
final class ScriptState {
  final Set<String> secrets = new HashSet<>();
  final Map<String, Split> splits = new LinkedHashMap<>();
  final Set<String> combined = new HashSet<>();

  private final Set<String> files = new HashSet<>();
  private final Set<String> folders = new HashSet<>();
  private final Set<String> gone = new HashSet<>();

  void write(String file) {
    files.add(file);
    gone.remove(file);
  }

  /** A new PKI folder; false where something of that name exists. */
  boolean pki(String folder) {
    return !has(folder) && folders.add(folder);
  }

  boolean isPki(String folder) {
    return folders.contains(folder);
  }

  /** A file, a folder of files, or anything in a PKI folder that is not known to be gone. */
  boolean has(String path) {
    return files.contains(path)
        || files.stream().anyMatch(f -> f.startsWith(path + "/"))
        || folders.contains(path)
        || (!wiped(path) && folders.stream().anyMatch(f -> path.startsWith(f + "/")));
  }

  boolean wiped(String path) {
    return gone.stream().anyMatch(g -> path.equals(g) || path.startsWith(g + "/"));
  }

  void wipe(String path) {
    files.removeIf(f -> f.equals(path) || f.startsWith(path + "/"));
    folders.removeIf(f -> f.equals(path) || f.startsWith(path + "/"));
    gone.add(path);
  }
}
