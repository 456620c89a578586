// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Makes EROFS images with mkfs.erofs: no extended attributes, every time stamp and the UUID the
 * same. It reads folders only.
 */
public final class Erofs implements FileSystemMaker {
  private static final String TOOL = "mkfs.erofs";
  private static final String PACKAGE = "erofs-utils";

  /** RFC 9562, version 8; the images are told apart by their root hash. */
  private static final String UUID = "7c673ee7-c41c-831a-89ad-11590e357214";

  private final Instant time;

  /** {@code time} becomes every time stamp of the image. */
  public Erofs(Instant time) {
    this.time = time;
  }

  @Override
  public void ofFolder(Path folder, Path image) throws IOException {
    ImageTool.run(
        PACKAGE,
        List.of(
            TOOL,
            "--quiet",
            "-x-1",
            "-T" + time.getEpochSecond(),
            "-U" + UUID,
            "--all-root",
            image.toString(),
            folder.toString()),
        out -> {});
  }

  /** mkfs.erofs reads folders only. */
  @Override
  public void ofTree(FlatImage tree, Path image) throws IOException {
    Path folder = image.resolveSibling(image.getFileName() + ".root");
    try (var staged = Outputs.stageFolder(folder, false)) {
      UnpackedTree.write(tree, staged.path());
      Files.setAttribute(staged.path(), "unix:mode", 0755);
      ofFolder(staged.path(), image);
    }
  }
}
