// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.KeyEntries;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that name new entries of a database. */
final class EntryOptions {
  /** Digests that a signature list can hold. */
  enum DigestName {
    sha256(HashAlgorithm.SHA256),
    sha384(HashAlgorithm.SHA384),
    sha512(HashAlgorithm.SHA512);

    private final HashAlgorithm algorithm;

    DigestName(HashAlgorithm algorithm) {
      this.algorithm = algorithm;
    }
  }

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificates (PEM or DER), whole; may be given more than once.")
  private List<Path> certificates = List.of();

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "An EFI program: its Authenticode digest. May be given more than once.")
  private List<Path> images = List.of();

  @Option(
      names = "--hash",
      paramLabel = "DIGEST",
      description = "An Authenticode digest, sha256:HEX. May be given more than once.")
  private List<String> hashes = List.of();

  @Option(
      names = "--cert-hash",
      paramLabel = "FILE",
      description =
          "Certificates, each by the digest of its signed part (dbx only): smaller than whole.")
  private List<Path> certificateHashes = List.of();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "From when on --cert-hash revokes (RFC 3339): only signatures with a time stamp before it"
              + " stay good. Default: always.")
  private @Nullable String from;

  @Option(
      names = "--digest",
      paramLabel = "NAME",
      defaultValue = "sha256",
      description =
          "Of --image and --cert-hash: sha256, sha384 or sha512. Firmware compares an image's digest"
              + " only by the algorithm of its signature. Default: ${DEFAULT-VALUE}.")
  private DigestName digest = DigestName.sha256;

  boolean given() {
    return !(certificates.isEmpty()
        && images.isEmpty()
        && hashes.isEmpty()
        && certificateHashes.isEmpty());
  }

  /** The entries that the options name. */
  KeyDatabase entries(EfiGuid owner, Output output) throws IOException, FormatException {
    var entries = new KeyEntries(owner);
    for (Path file : certificates) {
      SecureBootFiles.certificates(file).forEach(entries::certificate);
    }
    for (Path file : images) {
      entries.image(imageDigest(file, output));
    }
    for (String text : hashes) {
      entries.image(digest(text));
    }
    EfiTime time = from == null ? EfiTime.NONE : EfiTime.of(time(from));
    for (Path file : certificateHashes) {
      for (var certificate : SecureBootFiles.certificates(file)) {
        entries.revoked(certificate, digest.algorithm, time);
      }
    }
    return entries.database();
  }

  private Digest imageDigest(Path file, Output output) throws IOException, FormatException {
    Bytes content = Inputs.read(file);
    try {
      var image = PeImage.parse(content);
      if (image.certificates().isEmpty() && content.size() % 8 != 0) {
        output.warn(
            file
                + ": is unsigned and no multiple of 8 bytes long; programs disagree about its"
                + " digest, so pad it with zeros first");
      }
      return image.authenticodeDigest(digest.algorithm);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static Digest digest(String text) {
    try {
      var digest = Digest.parse(text);
      for (var name : DigestName.values()) {
        if (name.algorithm == digest.algorithm()) {
          return digest;
        }
      }
    } catch (FormatException e) {
      // Said below.
    }
    throw CommandFailure.usage(
        "--hash: expected sha256:, sha384: or sha512: and lower-case hex, found " + text);
  }

  static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw CommandFailure.usage("expected a time like 2026-11-22T10:14:03Z, found " + text);
    }
  }
}
