// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.predict.BootPath;
import dev.trustme.release.Floors;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code release.yaml}, the input of {@code sign release}. Names of files are relative to its own
 * folder. {@code layers} are the .json files that {@code sign layer} wrote, {@code containers} and
 * {@code modules} the folders that {@code sign container} and {@code sign modules} wrote.
 */
public record ReleaseConfig(
    String schema,
    String name,
    long sequence,
    Instant notAfter,
    Optional<Floor> floors,
    Boot boot,
    Optional<List<String>> layers,
    Optional<List<String>> containers,
    Optional<List<String>> modules) {
  public static final String SCHEMA = "trustme/release-config/1";

  public ReleaseConfig {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA + ", found " + schema);
    }
  }

  /** How the machine boots: its unified kernel image, and the variable store of its firmware. */
  public record Boot(String path, String uki, String vars) {
    public Boot {
      if (!path.equals(BootPath.DIRECT_UKI)) {
        throw new IllegalArgumentException(
            "boot.path: expected %s, found %s".formatted(BootPath.DIRECT_UKI, path));
      }
    }
  }

  /** What devices shall not go below once they confirmed the release; see {@link Floors}. */
  public record Floor(
      Optional<Long> release,
      Optional<Map<String, Long>> containers,
      Optional<Map<String, Long>> sbat) {
    Floors floors() {
      return new Floors(release.orElse(1L), containers.orElse(Map.of()), sbat.orElse(Map.of()));
    }
  }

  public static ReleaseConfig parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, ReleaseConfig.class, "release configuration");
  }
}
