// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.util.List;

/**
 * Leave to start a container now, with the very image that was verified, still open; only {@link
 * StartGuard} makes one. Closing it closes the image.
 */
public final class StartPermit implements AutoCloseable {
  private final ContainerManifest manifest;
  private final OpenedFile image;
  private final List<Check> checks;

  StartPermit(ContainerManifest manifest, OpenedFile image, List<Check> checks) {
    this.manifest = manifest;
    this.image = image;
    this.checks = List.copyOf(checks);
  }

  public ContainerManifest manifest() {
    return manifest;
  }

  public OpenedFile image() {
    return image;
  }

  public List<Check> checks() {
    return checks;
  }

  @Override
  public void close() throws IOException {
    image.close();
  }
}
