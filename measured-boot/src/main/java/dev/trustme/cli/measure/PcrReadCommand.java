// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code measure pcr read}. */
@Command(
    name = "read",
    description = "Print PCR values, all as of one moment.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure pcr read sha256:7,11,13"})
final class PcrReadCommand implements Callable<ExitCode> {
  static final String SCHEMA = "trustme/pcr-values/1";

  @Parameters(
      arity = "0..1",
      paramLabel = "BANK[:PCR,...]",
      defaultValue = "sha256",
      description = "Which PCRs; all of the bank sha256 where nothing is said.")
  private String selection = "sha256";

  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException {
    String[] parts = selection.split(":", 2);
    var bank =
        HashAlgorithm.byLabel(parts[0])
            .orElseThrow(() -> CommandFailure.usage("unknown bank " + parts[0]));
    List<Integer> pcrs =
        parts.length == 1
            ? IntStream.range(0, TpmsPcrSelection.PCR_COUNT).boxed().toList()
            : Stream.of(parts[1].split(",")).map(PcrReadCommand::pcr).toList();
    try (var context = TssContext.open(tpm.tcti())) {
      SortedMap<Integer, Digest> values = context.read(bank, pcrs);
      output.result(new Values(SCHEMA, bank.label(), values), () -> text(bank, values));
    }
    return ExitCode.ACCEPTED;
  }

  static int pcr(String text) {
    if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) >= TpmsPcrSelection.PCR_COUNT) {
      throw CommandFailure.usage("expected a PCR from 0 to 23, found " + text);
    }
    return Integer.parseInt(text);
  }

  private static String text(HashAlgorithm bank, SortedMap<Integer, Digest> values) {
    return values.entrySet().stream()
        .map(e -> "%s:%-2d  %s".formatted(bank.label(), e.getKey(), e.getValue().hex()))
        .collect(Collectors.joining("\n"));
  }

  /** The JSON document. */
  record Values(String schema, String bank, SortedMap<Integer, Digest> pcrs) {}
}
