// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Makes a read-only file system image; the same content gives the same bytes on any machine. */
public sealed interface FileSystemMaker permits Squashfs, Erofs {
  /** Writes a tar archive to the stream. */
  @FunctionalInterface
  interface TarSource {
    void writeTo(OutputStream out) throws IOException;
  }

  /** A folder as the root, all of it owned by root. */
  void ofFolder(Path folder, Path image) throws IOException;

  /** The root of a tar archive, all of it owned by root. */
  void ofTree(FlatImage tree, Path image) throws IOException;
}
