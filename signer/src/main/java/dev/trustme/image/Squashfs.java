// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes squashfs images with mksquashfs: zstd, no extended attributes, every time stamp the same,
 * so that the same content gives the same bytes on any machine.
 */
public final class Squashfs implements FileSystemMaker {
  private static final String TOOL = "mksquashfs";
  private static final String PACKAGE = "squashfs-tools";
  private static final int LEVEL = 15;

  private final Instant time;

  /** {@code time} becomes every time stamp of the image. */
  public Squashfs(Instant time) {
    this.time = time;
  }

  @Override
  public void ofFolder(Path folder, Path image) throws IOException {
    var command = command(folder.toString(), image);
    command.add("-all-root");
    ImageTool.run(PACKAGE, command, out -> {});
  }

  @Override
  public void ofTree(FlatImage tree, Path image) throws IOException {
    var command = tarCommand(image);
    command.add("-all-root");
    ImageTool.run(PACKAGE, command, tree::writeTo);
  }

  /** A tar archive as the root, owners as in the archive; the root folder itself is root's. */
  public void ofTarWithOwners(TarSource tar, Path image) throws IOException {
    ImageTool.run(PACKAGE, tarCommand(image), tar);
  }

  private List<String> tarCommand(Path image) {
    var command = command("-", image);
    command.addAll(List.of("-tar", "-root-mode", "755", "-root-uid", "0", "-root-gid", "0"));
    return command;
  }

  private List<String> command(String source, Path image) {
    String seconds = Long.toString(time.getEpochSecond());
    return new ArrayList<>(
        List.of(
            TOOL,
            source,
            image.toString(),
            "-noappend",
            "-no-progress",
            "-quiet",
            "-no-xattrs",
            "-no-exports",
            "-comp",
            "zstd",
            "-Xcompression-level",
            Integer.toString(LEVEL),
            "-mkfs-time",
            seconds,
            "-all-time",
            seconds,
            "-root-time",
            seconds));
  }
}
