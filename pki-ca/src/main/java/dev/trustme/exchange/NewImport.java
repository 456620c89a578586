// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.issue.PkiIndex;
import dev.trustme.json.Json;
import dev.trustme.profile.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A PKI folder that begins with nothing but a profile, to be filled by an import. */
public final class NewImport {
  private NewImport() {}

  /** Into an empty folder that nobody uses yet. */
  public static void prepare(Path folder, String profile, Instant at) throws IOException {
    for (String part : List.of("certs", "chains", "keys", "secure-boot")) {
      Files.createDirectory(folder.resolve(part));
    }
    var index =
        new PkiIndex(
            PkiIndex.SCHEMA, at, Map.of(), Map.of(), Map.of(), Optional.empty(), List.of(), 0);
    Files.write(folder.resolve("pki.json"), Json.writePretty(index).toArray());
    Files.write(folder.resolve("profile.yaml"), Profile.shipped(profile).orElseThrow().toArray());
  }
}
