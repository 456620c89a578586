// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.predict.BootDescription;
import dev.trustme.predict.BootFile;
import dev.trustme.predict.BootPath;
import dev.trustme.predict.BootPhase;
import dev.trustme.predict.PredictedPcr;
import dev.trustme.predict.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Predicts what a machine will measure. */
@Command(
    name = "predict",
    description = {
      "Say which events and PCR values a boot will give, before it happens.",
      "",
      "From the signed files, the UEFI variables and a boot description: PCR 4, 7, 9, 11, 12 and,"
          + " with shim, 14, for every path and phase that the description allows. What is not"
          + " known for certain (another version of shim, systemd-boot or systemd's stub) is"
          + " refused, never guessed. With --log, say which path a machine took, or the first event"
          + " of each PCR that differs: exit 0 if a path matches, else 1."
    },
    footer = {
      "",
      "A boot description (names of files are relative to its folder):",
      "  schema: trustme/boot/1",
      "  firmware: {variables: OVMF_VARS.fd}      # or pk, kek, db, dbx: .esl files",
      "  phases: [kernel, enter-initrd, 'enter-initrd:leave-initrd']    # default: kernel",
      "  paths:",
      "    - name: slot-a",
      "      boot: [{uki: a.efi}]",
      "    - name: slot-a-retried                 # after a boot option that Secure Boot refused",
      "      refused-options: [{}]                # {verified-by: db.pem} if only dbx refused it",
      "      boot: [{uki: a.efi}]",
      "    - name: rescue",
      "      boot:",
      "        - {shim: shimx64.efi, verified-by: db.pem}",
      "        - {systemd-boot: systemd-bootx64.efi, verified-by: mok.pem}",
      "        - {kernel: vmlinuz, entry: rescue.conf, initrds: [initrd.img], verified-by: mok.pem}",
      "",
      "Examples:",
      "  trustme measure predict boot.yaml",
      "  trustme measure predict boot.yaml --bank sha256 --bank sha1 -o prediction.json",
      "  trustme measure predict boot.yaml --format pcrlock -o pcrlock.d",
      "  trustme measure predict boot.yaml --log eventlog.bin"
    },
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<ExitCode> {
  private static final long MAX_DESCRIPTION = 1 << 20;

  /** What {@code --format} may say. */
  enum Format {
    json,
    pcrlock,
    pcrsig
  }

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The boot description, YAML or JSON.")
  private Path file = Path.of("");

  @Option(
      names = "--bank",
      paramLabel = "HASH",
      defaultValue = "sha256",
      description = "A PCR bank: sha256 (default), sha1, sha384 or sha512; may be repeated.")
  private List<String> banks = List.of();

  @Option(names = "--path", paramLabel = "NAME", description = "Only this path; may be repeated.")
  private List<String> names = List.of();

  @Option(names = "--pcr", paramLabel = "N", description = "Only this PCR; may be repeated.")
  private List<Integer> pcrs = List.of();

  @Option(
      names = "--format",
      description = {
        "json: the predictions with every event's digests (default); pcrlock: a folder of .pcrlock"
            + " files for systemd-pcrlock; pcrsig: the policies over PCR 11 that a .pcrsig section"
            + " signs."
      })
  private @Nullable Format format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it; a folder for pcrlock, - for standard output.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing output.")
  private boolean force;

  @Option(
      names = "--log",
      paramLabel = "LOG",
      description = "An event log, or an evidence.json with one, to hold against the predictions.")
  private @Nullable Path log;

  @Override
  public ExitCode call() throws IOException, FormatException {
    if (log != null && (format != null || target != null)) {
      throw CommandFailure.usage("--log compares: it goes with neither --format nor --output");
    }
    Set<HashAlgorithm> algorithms = algorithms();
    var description = chosen(description());
    warnOfUnmeasured(description);
    if (log != null) {
      var comparison = LogComparison.of(description, algorithms, log, pcrs);
      output.result(comparison, () -> comparison.text(output));
      return comparison.matched().isEmpty() ? ExitCode.REJECTED : ExitCode.ACCEPTED;
    }
    var predictions = shown(Prediction.of(description, algorithms));
    if (target == null && format == null) {
      var document = PredictionExport.Document.of(algorithms, predictions);
      output.result(document, () -> PredictionExport.table(predictions));
      return ExitCode.ACCEPTED;
    }
    var export = new PredictionExport(algorithms, predictions);
    export.write(format == null ? Format.json : format, Optional.ofNullable(target), force, output);
    return ExitCode.ACCEPTED;
  }

  private Set<HashAlgorithm> algorithms() {
    Set<HashAlgorithm> algorithms = EnumSet.noneOf(HashAlgorithm.class);
    for (String bank : banks) {
      algorithms.add(
          HashAlgorithm.byLabel(bank)
              .orElseThrow(() -> CommandFailure.usage("--bank: unknown hash " + bank)));
    }
    return algorithms;
  }

  private BootDescription description() throws IOException, FormatException {
    Path folder = file.toAbsolutePath().getParent();
    Bytes content = Inputs.read(file, MAX_DESCRIPTION);
    try {
      var parent = folder == null ? Path.of("") : folder;
      return BootFile.parse(content).read(name -> Inputs.map(parent.resolve(name)));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private BootDescription chosen(BootDescription all) {
    List<BootPath> paths = new ArrayList<>();
    for (String name : names) {
      paths.add(
          all.paths().stream()
              .filter(path -> path.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  CommandFailure.usage("--path: %s describes no path %s".formatted(file, name))));
    }
    List<BootPhase> phases = log == null ? all.phases() : List.of(BootPhase.KERNEL);
    return new BootDescription(
        all.variables(), phases, names.isEmpty() ? all.paths() : List.copyOf(paths));
  }

  private void warnOfUnmeasured(BootDescription description) {
    for (BootPath path : description.paths()) {
      if (path.loadsUnmeasuredInitrd()) {
        output.warn(
            "path %s: the initrd that load-options name is loaded, but not measured: any other one"
                    .formatted(path.name())
                + " gives the same PCRs");
      }
    }
  }

  private List<Prediction> shown(List<Prediction> predictions) {
    List<Prediction> shown = new ArrayList<>();
    for (Prediction prediction : predictions) {
      List<PredictedPcr> some =
          prediction.pcrs().stream().filter(p -> pcrs.isEmpty() || pcrs.contains(p.pcr())).toList();
      if (some.isEmpty()) {
        throw CommandFailure.usage(
            "--pcr: path %s predicts none of %s".formatted(prediction.path(), pcrs));
      }
      shown.add(
          new Prediction(prediction.path(), prediction.phase(), prediction.components(), some));
    }
    return shown;
  }
}
