// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code measure pcr extend}. */
@Command(
    name = "extend",
    description = "Extend a PCR with the hash of a file, or with digests. Only a reset undoes it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme measure pcr extend 13 --file event.json"})
final class PcrExtendCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "PCR", description = "Which PCR, 0 to 23.")
  private String pcr = "";

  @ArgGroup(multiplicity = "1")
  private Measured measured = new Measured();

  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  /** What is measured: one of the two. */
  static final class Measured {
    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "Measure this file's bytes, in every active bank.")
    private @Nullable Path file;

    @Option(
        names = "--digest",
        paramLabel = "ALG:HEX",
        description = "Extend with this digest; one for each bank, the others stay.")
    private List<String> digests = new ArrayList<>();
  }

  @Override
  public ExitCode call() throws IOException {
    int index = PcrReadCommand.pcr(pcr);
    try (var context = TssContext.open(tpm.tcti())) {
      Set<HashAlgorithm> active = context.activeBanks(index);
      List<Digest> digests = digests(active);
      context.extend(index, digests);
      warnOfOthers(active, digests);
      List<Digest> values = new ArrayList<>();
      for (Digest digest : digests) {
        values.addAll(context.read(digest.algorithm(), List.of(index)).values());
      }
      output.result(new Extended("trustme/pcr-extended/1", index, values), () -> text(values));
    }
    return ExitCode.ACCEPTED;
  }

  private List<Digest> digests(Set<HashAlgorithm> active) throws IOException {
    Path file = measured.file;
    if (file != null) {
      Bytes content = Inputs.read(file);
      return active.stream().map(bank -> bank.digest(content)).toList();
    }
    List<Digest> digests = new ArrayList<>();
    Set<HashAlgorithm> banks = EnumSet.noneOf(HashAlgorithm.class);
    for (String text : measured.digests) {
      try {
        var digest = Digest.parse(text);
        if (!banks.add(digest.algorithm()) || !active.contains(digest.algorithm())) {
          throw CommandFailure.usage(
              "--digest: bank %s is not active or comes twice"
                  .formatted(digest.algorithm().label()));
        }
        digests.add(digest);
      } catch (FormatException e) {
        throw CommandFailure.usage("--digest: " + e.problem());
      }
    }
    return digests;
  }

  private void warnOfOthers(Set<HashAlgorithm> active, List<Digest> digests) {
    for (HashAlgorithm bank : active) {
      if (digests.stream().noneMatch(digest -> digest.algorithm() == bank)) {
        output.warn("bank %s is active and was not extended".formatted(bank.label()));
      }
    }
  }

  private String text(List<Digest> values) {
    return values.stream()
        .map(v -> "%s:%s  %s".formatted(v.algorithm().label(), pcr, v.hex()))
        .collect(Collectors.joining("\n"));
  }

  private record Extended(String schema, int pcr, List<Digest> values) {}
}
