// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.predict.BootPath;
import dev.trustme.release.Floors;
import dev.trustme.release.ShippedFiles;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code release.yaml}, the input of {@code sign release}. Names of files are relative to its own
 * folder. {@code layers} are the .json files that {@code sign layer} wrote, {@code containers} and
 * {@code modules} the folders that {@code sign container} and {@code sign modules} wrote; {@code
 * files} is what the device's system reads and runs.
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
    Optional<List<String>> modules,
    Optional<List<FileSet>> files) {
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

  /**
   * Files that a device reads: of a folder, of a tar archive, or of a list of sums, one of them.
   *
   * @param at the folder that they are in on the device; / unless given
   * @param hash of their content; sha256 unless given
   */
  public record FileSet(
      Optional<String> folder,
      Optional<String> tar,
      Optional<String> sums,
      Optional<String> at,
      Optional<HashAlgorithm> hash) {
    public FileSet {
      if (Stream.of(folder, tar, sums).filter(Optional::isPresent).count() != 1) {
        throw new IllegalArgumentException("files: expected one of folder, tar and sums");
      }
      if (at.filter(a -> !a.equals("/") && !ShippedFiles.isPath(a)).isPresent()) {
        throw new IllegalArgumentException("files.at: expected an absolute path");
      }
      if (hash.filter(h -> h.size() < HashAlgorithm.SHA256.size()).isPresent()) {
        throw new IllegalArgumentException("files.hash: expected sha256 or a stronger hash");
      }
    }

    /** Where the file with this name, relative to the set, lies on a device. */
    String path(String name) {
      String folderThere = at.orElse("/");
      return (folderThere.equals("/") ? "/" : folderThere + "/") + name;
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
