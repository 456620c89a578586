// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks a path step by step: who starts the next image, and what it measures before and after.
 *
 * @param components the programs with their versions, as they name themselves
 */
record PathEvents(List<String> components, List<Measured> events) {
  private static final String STRUCTURE = "boot path";

  static PathEvents of(BootPath path, FirmwareVariables variables) throws FormatException {
    return new Walk(variables).path(path);
  }

  /** One walk; what it knows so far. */
  private static final class Walk {
    private final EventSequence events = new EventSequence();
    private final List<String> components = new ArrayList<>();
    private final FirmwareVariables variables;
    private final FirmwareEvents firmware;
    private ImageLoader loader;
    private Optional<SystemdBootLoader> systemdBoot = Optional.empty();
    private boolean ended;

    Walk(FirmwareVariables variables) throws FormatException {
      this.variables = variables;
      firmware = new FirmwareEvents(events, variables.secureBoot());
      loader = firmware;
    }

    PathEvents path(BootPath path) throws FormatException {
      firmware.secureBootPolicy();
      firmware.bootOptions(path.refusedOptions());
      for (int i = 0; i < path.steps().size(); i++) {
        if (ended) {
          throw refused("nothing follows a kernel");
        }
        switch (path.steps().get(i)) {
          case BootStep.Shim shim -> shim(shim, i);
          case BootStep.SystemdBoot boot -> systemdBoot(boot);
          case BootStep.UnifiedImage uki -> unifiedImage(uki);
          case BootStep.Kernel kernel -> kernel(kernel);
        }
      }
      if (!ended) {
        throw refused("no kernel is started: the last step is a uki or a kernel");
      }
      return new PathEvents(List.copyOf(components), events.events());
    }

    private void shim(BootStep.Shim step, int position) throws FormatException {
      if (position != 0) {
        throw refused("shim is the first step or none");
      }
      var image = ShimImage.of(step.image());
      loader.load(step, "shim");
      var shim = new ShimEvents(events, image, variables);
      shim.state();
      loader = shim;
      components.add(image.toString());
    }

    private void systemdBoot(BootStep.SystemdBoot step) throws FormatException {
      if (systemdBoot.isPresent()) {
        throw refused("systemd-boot starts itself: what it measures then is not known here");
      }
      var boot = SystemdBootLoader.of(step.image());
      loader.load(step, "systemd-boot");
      components.add(boot.info().toString());
      systemdBoot = Optional.of(boot);
    }

    private void unifiedImage(BootStep.UnifiedImage step) throws FormatException {
      var stub = SystemdStub.of(step.image());
      loader.load(step, "uki");
      if (systemdBoot.isPresent()) {
        systemdBoot.get().startImage(events, stub.commandLine());
      }
      stub.add(events);
      components.add(stub.info().toString());
      ended = true;
    }

    private void kernel(BootStep.Kernel step) throws FormatException {
      KernelEvents.requireMeasures(step.image());
      if (step.image().section(".sdmagic").isPresent()) {
        throw refused("a kernel that is a unified kernel image: name it as uki");
      }
      loader.load(step, "kernel");
      switch (step.options()) {
        case BootStep.Entry entry -> fromEntry(step, entry.entry());
        case BootStep.BootOption option -> fromBootOption(step, option.text());
      }
      components.add("Linux");
      ended = true;
    }

    private void fromEntry(BootStep.Kernel step, LoaderEntry entry) throws FormatException {
      var boot =
          systemdBoot.orElseThrow(() -> refused("an entry needs systemd-boot before the kernel"));
      if (entry.initrds().size() != step.initrds().size()) {
        throw refused(
            "the entry names %d initrds, %d are given"
                .formatted(entry.initrds().size(), step.initrds().size()));
      }
      boot.startKernel(events, entry.loadOptions());
      KernelEvents.add(events, "kernel", entry.loadOptions(), boot.joined(step.initrds()));
    }

    private void fromBootOption(BootStep.Kernel step, String text) throws FormatException {
      if (systemdBoot.isPresent() || loader != firmware) {
        throw refused("only firmware starts a kernel with a boot option's data");
      }
      Ascii.require("load-options", Bytes.utf8(text));
      if (!step.initrds().isEmpty()) {
        throw refused(
            "initrds beside load-options: Linux does not measure what initrd= on a command line"
                + " names");
      }
      KernelEvents.add(events, "kernel", text, Bytes.empty());
    }

    private static FormatException refused(String problem) {
      return new FormatException(STRUCTURE, 0, problem);
    }
  }
}
