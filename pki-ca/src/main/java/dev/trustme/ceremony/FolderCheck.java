// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.ceremony.Transcript.Done;
import dev.trustme.ceremony.Transcript.FileDigest;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Whether a folder is as the ceremony left it. Signing logs may have grown since: of them only what
 * there was is compared.
 */
final class FolderCheck {
  private static final String LOG = "log.jsonl";

  private FolderCheck() {}

  static List<Check> of(Transcript transcript, Path folder) throws IOException {
    NavigableMap<String, FileDigest> expected = left(transcript);
    NavigableMap<String, FileDigest> seen = FolderFiles.of(folder);
    List<Check> checks = new ArrayList<>();
    for (FileDigest file : expected.values()) {
      var there = seen.get(file.file());
      if (there == null) {
        checks.add(fail("folder-missing", file.sha256().toString(), "no such file", file.file()));
      } else if (!same(file, there, folder)) {
        checks.add(
            fail(
                "folder-file",
                "%s, %d bytes".formatted(file.sha256(), file.size()),
                "%s, %d bytes".formatted(there.sha256(), there.size()),
                file.file()));
      }
    }
    for (String name : seen.keySet()) {
      if (!expected.containsKey(name)) {
        checks.add(fail("folder-extra", "no such file", "one that no step left", name));
      }
    }
    if (checks.isEmpty()) {
      checks.add(Check.pass("folder-files", expected.size() + " files as the ceremony left them"));
    }
    return checks;
  }

  private static NavigableMap<String, FileDigest> left(Transcript transcript) {
    NavigableMap<String, FileDigest> files = new TreeMap<>();
    transcript.inputs().forEach(f -> files.put(f.file(), f));
    for (Done done : transcript.steps()) {
      done.wrote().forEach(f -> files.put(f.file(), f));
      done.removed().forEach(files::remove);
    }
    return files;
  }

  private static boolean same(FileDigest expected, FileDigest seen, Path folder)
      throws IOException {
    if (expected.file().endsWith("/" + LOG) && seen.size() > expected.size()) {
      Path log = folder.resolve(expected.file());
      return FolderFiles.digest(expected.file(), log, expected.size()).equals(expected);
    }
    return expected.equals(seen);
  }

  private static Check fail(String id, String expected, String seen, String where) {
    return Check.fail(id, expected, seen).at(where);
  }
}
