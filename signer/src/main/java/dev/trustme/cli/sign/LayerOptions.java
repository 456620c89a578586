// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Times;
import dev.trustme.image.Erofs;
import dev.trustme.image.FileSystemMaker;
import dev.trustme.image.RootSource;
import dev.trustme.image.SealedImage;
import dev.trustme.image.Squashfs;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How {@code sign layer} makes the file system and its hash tree. */
final class LayerOptions {
  private static final String RAW = ".raw";
  private static final int MAX_SALT = 256;

  /** File systems that are made. */
  enum Format {
    squashfs,
    erofs
  }

  /** Digests of a tree. */
  enum Hash {
    sha256,
    sha512
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "What a folder or archive becomes: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Format format = Format.squashfs;

  @Option(names = "--separate", description = "Put the tree into a file of its own.")
  private boolean separate;

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      description = "The tree's digest: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Hash hash = Hash.sha256;

  @Option(
      names = "--salt",
      paramLabel = "HEX",
      description = "The tree's salt, '-' for none; else one that the image's digest gives.")
  private Optional<String> salt = Optional.empty();

  @Option(
      names = "--pad",
      description = "Lengthen a ready image with zeros to whole blocks of 4096 bytes.")
  private boolean pad;

  boolean separate() {
    return separate;
  }

  /** Refuses what does not fit together, before any work is done. */
  void check(RootSource source, Path root, Path output) throws FormatException {
    if (separate && !String.valueOf(output.getFileName()).endsWith(RAW)) {
      throw CommandFailure.usage("--separate: the output's name ends in .raw");
    }
    if (hash == Hash.sha512 && !separate) {
      throw CommandFailure.usage("--hash sha512: with --separate only");
    }
    if (!pad
        && source instanceof RootSource.Image image
        && SealedImage.needsPadding(image.size())) {
      throw new FormatException(
              "file system image",
              image.size(),
              "%d bytes are no multiple of 4096: the end would stay unprotected; --pad adds zeros"
                  .formatted(image.size()))
          .in(root.toString());
    }
    tree();
  }

  FileSystemMaker maker() {
    return switch (format) {
      case squashfs -> new Squashfs(Times.ofContent());
      case erofs -> new Erofs(Times.ofContent());
    };
  }

  SealedImage.Tree tree() {
    var algorithm =
        switch (hash) {
          case sha256 -> HashAlgorithm.SHA256;
          case sha512 -> HashAlgorithm.SHA512;
        };
    return new SealedImage.Tree(algorithm, salt.map(LayerOptions::salt));
  }

  private static Bytes salt(String text) {
    if (text.equals("-")) {
      return Bytes.empty();
    }
    if (!text.matches("([0-9a-f]{2}){1,%d}".formatted(MAX_SALT))) {
      throw CommandFailure.usage("--salt: expected 1 to 256 bytes in lower-case hex, or -");
    }
    return Bytes.fromHex(text);
  }

  /** X.raw gives X and the suffix. */
  Path named(Path output, String suffix) {
    String name = String.valueOf(output.getFileName());
    return output.resolveSibling(name.substring(0, name.length() - RAW.length()) + suffix);
  }
}
