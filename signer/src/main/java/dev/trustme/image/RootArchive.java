// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.OciFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A single file as the files of an image: the tar archive, perhaps compressed, of a root. */
record RootArchive(Path file) implements OciFiles {
  private static final int SHOWN = 4;

  /** An image of one layer, which says nothing of itself. */
  static SourceImage open(Path file) throws IOException, FormatException {
    var files = new RootArchive(file);
    var layer = OciLayer.of(files, "", Optional.empty());
    return new SourceImage(files, Optional.empty(), List.of(layer), List.of());
  }

  static boolean isCompressed(Path file) throws IOException {
    return OciLayer.Form.of(head(file)) != OciLayer.Form.TAR;
  }

  /** Refuses a file that no kind of image begins like. */
  static void requireArchive(Path file) throws IOException, FormatException {
    if (!isCompressed(file) && !RootSource.TAR.in(head(file))) {
      throw new FormatException(
              "container image",
              0,
              "is no folder and no tar archive: begins with "
                  + head(file).slice(0, Math.min(SHOWN, head(file).size())))
          .in(file.toString());
    }
  }

  private static Bytes head(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Bytes.copyOf(in.readNBytes(RootSource.HEAD));
    }
  }

  @Override
  public String path(String name) {
    return file.toString();
  }

  @Override
  public boolean has(String name) {
    return name.isEmpty();
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(file);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public void close() {}
}
