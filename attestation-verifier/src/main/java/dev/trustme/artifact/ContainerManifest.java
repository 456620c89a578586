// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a container's signer states about it: the payload of type {@link DsseEnvelope#CONTAINER}.
 * The payload is exactly the compact JSON that {@link #encode} writes; any other spelling is
 * malformed, so that digests over parts of it need no canonicalization.
 */
public record ContainerManifest(
    String schema,
    String name,
    long version,
    String platform,
    Image image,
    LaunchDescription launch,
    Optional<SecondFactor> secondFactor,
    Optional<Targets> targets,
    Instant notAfter,
    Requirements requires) {
  public static final String SCHEMA = "trustme/container/1";

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");
  private static final int MAX_NAME = 64;
  private static final Pattern PLATFORM = Pattern.compile("linux/(amd64|arm64)");

  public ContainerManifest {
    require(schema.equals(SCHEMA), "schema: expected " + SCHEMA + ", found " + schema);
    require(
        isName(name),
        "name: expected lower-case letters and digits with single dots or dashes, at most 64");
    require(version >= 1, "version: expected 1 or more, found " + version);
    require(
        PLATFORM.matcher(platform).matches(),
        "platform: expected linux/amd64 or linux/arm64, found " + platform);
    require(
        notAfter.equals(notAfter.truncatedTo(ChronoUnit.SECONDS)),
        "not-after: expected a time in whole seconds, found " + notAfter);
  }

  /** Whether the name is safe as a file name and as an engine's container id. */
  public static boolean isName(String name) {
    return name.length() <= MAX_NAME && NAME.matcher(name).matches();
  }

  /**
   * The image file: a squashfs with its dm-verity tree appended. {@code size} (bytes) and {@code
   * sha256} cover the whole file, tree included.
   */
  public record Image(String mediaType, long size, Digest sha256, Verity verity) {
    /** A squashfs file system followed by its dm-verity hash tree. */
    public static final String SQUASHFS_VERITY = "application/vnd.trustme.image.squashfs.verity";

    public Image {
      require(
          mediaType.equals(SQUASHFS_VERITY),
          "media-type: expected " + SQUASHFS_VERITY + ", found " + mediaType);
      requireSha256(sha256);
      require(
          size >= Verity.BLOCK_SIZE && size % Verity.BLOCK_SIZE == 0,
          "size: expected a multiple of " + Verity.BLOCK_SIZE + ", found " + size);
      require(verity.hashStart() <= size / Verity.BLOCK_SIZE, "hash-start: lies outside the image");
    }
  }

  /**
   * dm-verity of the image: hash type 1, SHA-256, data and hash blocks of 4096 bytes. {@code
   * dataBlocks} and {@code hashStart} count blocks from the start of the file: behind the data
   * comes one block with the {@link VeritySuperblock}, at {@code hashStart} the tree, topmost level
   * first.
   */
  public record Verity(Digest rootHash, Bytes salt, long dataBlocks, long hashStart) {
    public static final int BLOCK_SIZE = VeritySuperblock.BLOCK;
    private static final int MAX_SALT = 256;

    public Verity {
      requireSha256(rootHash);
      require(salt.size() <= MAX_SALT, "salt: longer than " + MAX_SALT + " bytes");
      require(dataBlocks >= 1, "data-blocks: expected 1 or more, found " + dataBlocks);
      require(
          hashStart == dataBlocks + 1,
          "hash-start: expected %d, found %d".formatted(dataBlocks + 1, hashStart));
    }

    /** Where the superblock begins: bytes from the start of the file. */
    public long hashOffset() {
      return dataBlocks * BLOCK_SIZE;
    }
  }

  /** What a person must show before the container's data are unlocked. */
  public enum SecondFactor {
    @JsonProperty("pin")
    PIN,
    @JsonProperty("token")
    TOKEN,
    @JsonProperty("token-and-pin")
    TOKEN_AND_PIN
  }

  /** The devices that may run it, by UUID or by the name of a group; any of them is enough. */
  public record Targets(Optional<List<UUID>> devices, Optional<List<String>> groups) {
    private static final int MAX = 10_000;

    public Targets {
      devices = devices.map(List::copyOf);
      groups = groups.map(List::copyOf);
      int count = devices.map(List::size).orElse(0) + groups.map(List::size).orElse(0);
      require(count >= 1 && count <= MAX, "targets: expected 1 to 10000 devices and groups");
      require(
          groups.stream().flatMap(List::stream).allMatch(ContainerManifest::isName),
          "groups: expected lower-case letters and digits with single dots or dashes");
      requireDistinct("devices", devices.map(List::<Object>copyOf).orElse(List.of()));
      requireDistinct("groups", groups.map(List::<Object>copyOf).orElse(List.of()));
    }

    private static void requireDistinct(String what, List<Object> values) {
      require(new HashSet<>(values).size() == values.size(), what + ": one appears twice");
    }
  }

  /** What a device must provide, or else not start the container. */
  public record Requirements(ContentMode content) {}

  /** How the image's bytes are kept as they were signed. */
  public enum ContentMode {
    /** The kernel checks every block it reads (dm-verity). */
    @JsonProperty("verity")
    VERITY,
    /** All bytes are checked right before every start. */
    @JsonProperty("verified-at-start")
    VERIFIED_AT_START
  }

  public static ContainerManifest parse(Bytes payload) throws FormatException {
    var manifest = Json.read(payload, ContainerManifest.class, "container manifest");
    if (!manifest.encode().equals(payload)) {
      throw new FormatException(
          "container manifest", 0, "is not in its compact form (key order, spaces, spelling)");
    }
    return manifest;
  }

  /** The payload: compact JSON. */
  public Bytes encode() {
    return Json.write(this);
  }

  /** SHA-256 over the payload: how events and releases name this manifest. */
  public Digest digest() {
    return HashAlgorithm.SHA256.digest(encode());
  }

  private static void requireSha256(Digest digest) {
    require(
        digest.algorithm() == HashAlgorithm.SHA256, "expected a sha256 digest, found " + digest);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
