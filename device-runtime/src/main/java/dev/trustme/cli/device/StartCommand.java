// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.cli.measure.TpmOption;
import dev.trustme.enforce.StartGuard;
import dev.trustme.enforce.StartPermit;
import dev.trustme.launch.ContainerLauncher;
import dev.trustme.launch.Engine;
import dev.trustme.measure.ContainerMeasurer;
import dev.trustme.measure.MeasuredStart;
import dev.trustme.store.DeviceStore;
import dev.trustme.store.InstalledContainer;
import dev.trustme.trust.Verdict;
import dev.trustme.tss.TssContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device start}. */
@Command(
    name = "start",
    description = {
      "Verify an installed container, measure it into the TPM, then run it in the foreground.",
      "What is not as it was signed does not start, and leaves no trace on the machine.",
      "Its output passes through (with --json: to standard error). The exit code speaks of the",
      "start; the container's own exit code is in the text or document."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme device start web --store /var/lib/trustme"})
final class StartCommand implements Callable<ExitCode> {
  /** Which engine runs the container. */
  enum Choice {
    auto,
    crun,
    runc
  }

  @Parameters(paramLabel = "NAME", description = "The container's name.")
  private String name = "";

  @Mixin private final StoreOption store = new StoreOption();
  @Mixin private final TpmOption tpm = new TpmOption();

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "auto",
      description = "crun, runc, or auto: crun where control groups are version 2 alone.")
  private Choice choice = Choice.auto;

  @Mixin private final Times times = new Times();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, InterruptedException {
    var device = store.open();
    var container =
        device
            .find(name)
            .orElseThrow(() ->
                CommandFailure.usage(
                    "%s is not installed; see 'trustme device list --store %s'"
                        .formatted(name, store.folder())));
    var verdict = new StartGuard(device.anchors(), times.now()).check(container);
    return switch (verdict) {
      case Verdict.Rejected<StartPermit> rejected -> refuse(container, rejected);
      case Verdict.Accepted<StartPermit> accepted -> {
        try (var permit = accepted.value();
            var launcher = ContainerLauncher.take(engine(), name)) {
          yield start(device, container, permit, launcher);
        }
      }
    };
  }

  private ExitCode refuse(InstalledContainer container, Verdict<?> verdict) {
    return Decision.refuse(output, name, Optional.of(container.version()), verdict);
  }

  private Engine engine() throws IOException {
    return switch (choice) {
      case auto -> Engine.choose();
      case crun -> Engine.of(Engine.Kind.CRUN);
      case runc -> Engine.of(Engine.Kind.RUNC);
    };
  }

  private ExitCode start(
      DeviceStore device,
      InstalledContainer container,
      StartPermit permit,
      ContainerLauncher launcher)
      throws IOException, FormatException, InterruptedException {
    return switch (measure(device, permit)) {
      case Verdict.Rejected<MeasuredStart> rejected -> refuse(container, rejected);
      case Verdict.Accepted<MeasuredStart> accepted -> {
        for (String limit : launcher.unkeptLimits(permit.manifest().launch())) {
          output.warn("this machine has no control group for the limit of " + limit);
        }
        run(device, container, accepted.value(), launcher);
        yield ExitCode.ACCEPTED;
      }
    };
  }

  private Verdict<MeasuredStart> measure(DeviceStore device, StartPermit permit)
      throws IOException, FormatException {
    var lock = device.lock();
    try (var context = TssContext.open(tpm.tcti())) {
      return new ContainerMeasurer(context, device.config().pcr(), device.log()).measure(permit);
    } finally {
      lock.close();
    }
  }

  private void run(
      DeviceStore device,
      InstalledContainer container,
      MeasuredStart measured,
      ContainerLauncher launcher)
      throws IOException, InterruptedException {
    int pcr = device.config().pcr();
    var record = measured.record();
    output.line(
        "%s   %s %d   verified, measured into PCR %d as record %d"
            .formatted(output.good("started"), name, container.version(), pcr, record.recnum()));
    var out = new FileOutputStream(output.json() ? FileDescriptor.err : FileDescriptor.out);
    var err = new FileOutputStream(FileDescriptor.err);
    int code = launcher.run(measured, out, err);
    output.result(
        new Ended(
            "trustme/device-start/1",
            name,
            container.version(),
            pcr,
            record.recnum(),
            record.digest(HashAlgorithm.SHA256).orElseThrow().toString(),
            code),
        () -> "ended     %s %d   exit code %d".formatted(name, container.version(), code));
  }

  private record Ended(
      String schema,
      String container,
      long version,
      int pcr,
      long record,
      String measured,
      int exitCode) {}
}
