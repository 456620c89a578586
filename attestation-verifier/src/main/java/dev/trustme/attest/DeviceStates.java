// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The last accepted state of each device, one file each, replaced whole. */
public final class DeviceStates {
  private static final long MAX_FILE = 4096;
  private static final int AT_ONCE = 16;
  private static final int FEW = 4;

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

  /**
   * The same for many devices, each once. Several at once: a file system writes its journal once
   * for all who wait for it.
   */
  public void acceptAll(Collection<DeviceState> states) throws IOException {
    if (states.size() <= FEW) {
      for (DeviceState state : states) {
        accept(state);
      }
      return;
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> waiting = new ArrayList<>();
      for (DeviceState state : states) {
        waiting.add(
            pool.submit(() -> {
              accept(state);
              return state;
            }));
      }
      for (Future<?> one : waiting) {
        require(one);
      }
    }
  }

  private static void require(Future<?> one) throws IOException {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Path file(DeviceId device) {
    return folder.resolve(device.uuid() + ".json");
  }
}
