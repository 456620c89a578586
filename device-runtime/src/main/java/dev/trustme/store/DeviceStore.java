// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.store;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.FileLocks;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The device's folder, for its owner alone: {@code device.json}, {@code roots.pem}, {@code
 * containers/NAME/VERSION/}, {@code containers.cel}. A version appears whole or not at all; the
 * highest one is the installed one.
 */
public final class DeviceStore {
  private static final String CONFIG_FILE = "device.json";
  private static final String ROOTS_FILE = "roots.pem";
  private static final String CONTAINERS = "containers";
  private static final String LOG_FILE = "containers.cel";
  private static final String LOCK_FILE = "lock";
  private static final int MAX_NOTE = 64 * 1024;
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final DeviceConfig config;

  private DeviceStore(Path folder, DeviceConfig config) {
    this.folder = folder;
    this.config = config;
  }

  /** Makes a store with these trust anchors; the folder must not exist. */
  public static DeviceStore create(Path folder, TrustStore anchors, DeviceConfig config)
      throws IOException {
    try (var staged = Outputs.stageFolder(folder, false)) {
      Files.setPosixFilePermissions(staged.path(), OWNER_ONLY);
      write(staged.path().resolve(CONFIG_FILE), Json.writePretty(config));
      write(staged.path().resolve(ROOTS_FILE), Bytes.utf8(Certificates.pem(anchors.anchors())));
      Files.createDirectory(staged.path().resolve(CONTAINERS));
      staged.commit();
    }
    return new DeviceStore(folder.toAbsolutePath(), config);
  }

  public static DeviceStore open(Path folder) throws IOException, FormatException {
    Path file = folder.resolve(CONFIG_FILE);
    if (!Files.exists(file)) {
      throw new IOException(
          folder
              + ": is no device store; make one with 'trustme device init --store "
              + folder
              + " --roots FILE'");
    }
    return new DeviceStore(folder.toAbsolutePath(), read(file, DeviceConfig.class));
  }

  private static <T> T read(Path file, Class<T> type) throws IOException, FormatException {
    String name = String.valueOf(file.getFileName());
    return Inputs.parse(file, MAX_NOTE, content -> Json.read(content, type, name));
  }

  private static void write(Path file, Bytes content) throws IOException {
    Outputs.write(file, content, Outputs.PRIVATE, false);
  }

  public DeviceConfig config() {
    return config;
  }

  public TrustStore anchors() throws IOException, FormatException {
    return TrustStore.load(List.of(folder.resolve(ROOTS_FILE)));
  }

  /** Where the container log lies. */
  public Path log() {
    return folder.resolve(LOG_FILE);
  }

  /** The installed containers, by name. */
  public List<InstalledContainer> installed() throws IOException, FormatException {
    try (Stream<Path> names = Files.list(folder.resolve(CONTAINERS))) {
      var sorted = names.map(p -> p.getFileName().toString()).sorted().toList();
      var found = new java.util.ArrayList<InstalledContainer>();
      for (String name : sorted) {
        find(name).ifPresent(found::add);
      }
      return List.copyOf(found);
    }
  }

  /** The highest installed version of the name. */
  public Optional<InstalledContainer> find(String name) throws IOException, FormatException {
    Path versions = folder.resolve(CONTAINERS).resolve(name);
    if (!ContainerManifest.isName(name) || !Files.isDirectory(versions)) {
      return Optional.empty();
    }
    Optional<Long> highest;
    try (Stream<Path> entries = Files.list(versions)) {
      highest =
          entries
              .map(p -> p.getFileName().toString())
              .filter(v -> VERSION.matcher(v).matches())
              .map(Long::valueOf)
              .max(Comparator.naturalOrder());
    }
    return highest.isEmpty()
        ? Optional.empty()
        : Optional.of(container(name, highest.get(), versions));
  }

  private static InstalledContainer container(String name, long version, Path versions)
      throws IOException, FormatException {
    Path home = versions.resolve(Long.toString(version));
    var note = read(home.resolve(InstalledContainer.NOTE_FILE), InstalledContainer.Note.class);
    return new InstalledContainer(name, version, home, note.at());
  }

  /**
   * Begins an installation: a folder to put the files into, which takes its place in the store on
   * commit.
   */
  public Outputs.StagedFolder stage(String name, long version, Instant at) throws IOException {
    Path versions = folder.resolve(CONTAINERS).resolve(name);
    Files.createDirectories(versions);
    var staged = Outputs.stageFolder(versions.resolve(Long.toString(version)), true);
    write(
        staged.path().resolve(InstalledContainer.NOTE_FILE),
        Json.writePretty(new InstalledContainer.Note(InstalledContainer.Note.SCHEMA, at)));
    return staged;
  }

  /** Removes the versions below the one that counts. */
  public void removeOlder(InstalledContainer current) throws IOException {
    try (Stream<Path> entries = Files.list(folder.resolve(CONTAINERS).resolve(current.name()))) {
      for (Path entry : entries.toList()) {
        String version = entry.getFileName().toString();
        if (VERSION.matcher(version).matches() && Long.parseLong(version) < current.version()) {
          Outputs.removeTree(entry);
        }
      }
    }
  }

  /** Keeps other processes from changing the store until it is closed. */
  public FileChannel lock() throws IOException {
    return FileLocks.take(
        folder.resolve(LOCK_FILE),
        folder + ": another command is working on this store; try again");
  }
}
