// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.FileLocks;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What a running container needs on the host, under {@code /run/trustme/NAME}: the engine's bundle,
 * its state and its log. One process owns it at a time, by a lock that ends with the process; what
 * a dead owner left is removed by the next.
 */
final class RuntimeFolder implements AutoCloseable {
  /** The mount point of the image, within the bundle. */
  static final String ROOTFS = "rootfs";

  private static final Path RUN = Path.of("/run/trustme");

  /** The container's own user must get to its root through these folders, and see nothing. */
  private static final Set<PosixFilePermission> PASSAGE =
      PosixFilePermissions.fromString("rwx--x--x");

  private final String name;
  private final FileChannel lock;

  private RuntimeFolder(String name, FileChannel lock) {
    this.name = name;
    this.lock = lock;
  }

  /** Takes the folder of this container, as yet without content. */
  static RuntimeFolder take(String name) throws IOException {
    Files.createDirectories(RUN);
    Files.setPosixFilePermissions(RUN, PASSAGE);
    Path lock = RUN.resolve(name + ".lock");
    return new RuntimeFolder(
        name, FileLocks.take(lock, name + " is running already; stop it first"));
  }

  void fill(Bytes config) throws IOException {
    Files.createDirectory(bundle());
    Files.setPosixFilePermissions(bundle(), PASSAGE);
    Files.createDirectory(bundle().resolve(ROOTFS));
    Outputs.write(bundle().resolve("config.json"), config, Outputs.PRIVATE, false);
  }

  /** The engine's name of a container, which is also its control group's. */
  static String id(String name) {
    return "trustme-" + name;
  }

  String id() {
    return id(name);
  }

  Path bundle() {
    return RUN.resolve(name);
  }

  Path state() {
    return bundle().resolve("state");
  }

  Path engineLog() {
    return bundle().resolve("engine.log");
  }

  void remove() throws IOException {
    Outputs.removeTree(bundle());
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
