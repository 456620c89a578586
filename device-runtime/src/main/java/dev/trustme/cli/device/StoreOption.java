// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.store.DeviceStore;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which store a command works with. */
final class StoreOption {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      required = true,
      description = "The device's folder with trust anchors, containers and the log.")
  private Path folder = Path.of("store");

  Path folder() {
    return folder;
  }

  DeviceStore open() throws IOException, FormatException {
    return DeviceStore.open(folder);
  }
}
