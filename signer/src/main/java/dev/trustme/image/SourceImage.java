// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.oci.FolderFiles;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.TarFiles;
import dev.trustme.sign.ContainerConfig.ImageDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A container image as its layers and what it says of itself, whatever it came in: an OCI layout
 * (folder or tar archive), a docker archive, or the tar archive of a root file system. What was
 * read is checked; the layers are when they are flattened.
 */
public final class SourceImage implements AutoCloseable {
  private final OciFiles files;
  private final Optional<OciConfig> config;
  private final List<OciLayer> layers;
  private final List<OciDescriptor> signable;

  SourceImage(
      OciFiles files,
      Optional<OciConfig> config,
      List<OciLayer> layers,
      List<OciDescriptor> signable) {
    this.files = files;
    this.config = config;
    this.layers = List.copyOf(layers);
    this.signable = List.copyOf(signable);
  }

  public static SourceImage open(Path input, ImageChoice wanted)
      throws IOException, FormatException {
    if (Files.isDirectory(input)) {
      return OciLayout.open(new FolderFiles(input), wanted);
    }
    Inputs.requireReadable(input);
    RootArchive.requireArchive(input);
    OciFiles files =
        RootArchive.isCompressed(input) ? new RootArchive(input) : TarFiles.open(input);
    try {
      if (files.has(LayoutFile.NAME)) {
        return OciLayout.open(files, wanted);
      }
      if (files.has(DockerArchive.MANIFEST)) {
        return DockerArchive.open(files, wanted);
      }
      files.close();
      return RootArchive.open(input);
    } catch (IOException | FormatException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** For which platform it says it is. */
  public Optional<String> platform() {
    return config.map(OciConfig::platform);
  }

  /** How it would like to run; an unusable wish is an IllegalArgumentException. */
  public ImageDefaults defaults() {
    return config.map(OciConfig::defaults).orElse(OciConfig.NOTHING);
  }

  /**
   * Lays all layers over each other and forgets the result: whether this image can be sealed. File
   * content goes to {@code spool}, a new file, for the time being.
   */
  public void check(Path spool) throws IOException, FormatException {
    FlatImage.of(this, spool).close();
  }

  OciFiles files() {
    return files;
  }

  /** Lowest first. */
  List<OciLayer> layers() {
    return layers;
  }

  /**
   * The manifests that a signature can be about: that of the image; where it has several platforms,
   * the index and all images in it, which are then complete and checked.
   */
  public List<OciDescriptor> signable() {
    return signable;
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
