// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code trustme device}. */
@Command(
    name = "trustme device",
    description = "Give this device its name; install and start signed containers on it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB")
public final class DeviceMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(
        InitCommand.class,
        EnrolCommand.class,
        InstallCommand.class,
        ListCommand.class,
        StartCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new DeviceMain(), args);
  }
}
