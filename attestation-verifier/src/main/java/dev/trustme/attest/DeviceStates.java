// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.AtOnce;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** The last accepted state of each device, one file each, replaced whole. */
public final class DeviceStates {
  private static final long MAX_FILE = 4096;

  private final Path folder;

  private DeviceStates(Path folder) {
    this.folder = folder;
  }

  /** The store in this state folder, for the owner only. */
  public static DeviceStates in(Path state) throws IOException {
    Path folder = state.resolve("devices");
    StateFolders.create(folder);
    return new DeviceStates(folder);
  }

  public Optional<DeviceState> last(DeviceId device) throws IOException, FormatException {
    Path file = file(device);
    return Files.exists(file)
        ? Optional.of(Inputs.parse(file, MAX_FILE, DeviceState::parse))
        : Optional.empty();
  }

  public void accept(DeviceState state) throws IOException {
    Outputs.write(file(state.device()), Json.writePretty(state), Outputs.PRIVATE, true);
  }

  /** The same for many devices, each once. */
  public void acceptAll(Collection<DeviceState> states) throws IOException {
    AtOnce.forEach(states, this::accept);
  }

  private Path file(DeviceId device) {
    return folder.resolve(device.uuid() + ".json");
  }
}
