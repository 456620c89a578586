// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.SealedFile;
import dev.trustme.tss.PolicyAnswers;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code measure unseal}. */
@Command(
    name = "unseal",
    description = {
      "Get back what 'measure seal' locked.",
      "",
      "Exit code 1 if the TPM refuses: another state of the machine, or a wrong authorization."
    },
    footer = {"", "Example:", "  trustme measure unseal disk.sealed -o disk.key"},
    mixinStandardHelpOptions = true)
final class UnsealCommand implements Callable<ExitCode> {
  private static final int MAX_BYTES = 65536;

  @Parameters(paramLabel = "FILE", description = "The sealed file.")
  private @Nullable Path input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write the secret, for its owner alone; - is standard output.")
  private @Nullable String target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final ParentOption parent = new ParentOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    String to = requireNonNull(target);
    if (!to.equals("-")) {
      Outputs.requireAbsent(Path.of(to), force);
    }
    var file = file(requireNonNull(input));
    if (file.auth() && !auth.given()) {
      throw CommandFailure.usage(input + ": asks for an authorization value; use --auth");
    }
    tpm.use(tss -> unseal(tss, file, to));
    return ExitCode.ACCEPTED;
  }

  private static SealedFile file(Path input) throws IOException, FormatException {
    try {
      return SealedFile.parse(Inputs.read(input, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(input.toString());
    }
  }

  private void unseal(TssContext tss, SealedFile file, String to)
      throws IOException, FormatException {
    requireValues(tss, file);
    try (var secret = auth.existing("Authorization of the sealed data");
        var root = parent.load(tss);
        var sealed = tss.keys().load(root, file.blob())) {
      sealed.authorize(secret);
      if (!file.policy().steps().isEmpty()) {
        sealed.authorizeBy(file.policy(), PolicyAnswers.NONE);
      }
      byte[] data = tss.sealing().unseal(sealed);
      try {
        write(data, to);
      } finally {
        Arrays.fill(data, (byte) 0);
      }
    }
  }

  private void write(byte[] data, String to) throws IOException {
    if (to.equals("-")) {
      output.raw(data);
      return;
    }
    Outputs.write(Path.of(to), Bytes.copyOf(data), Outputs.PRIVATE, force);
    output.result(
        new Unsealed("trustme/unsealed/1", to, data.length),
        () -> "%s  %d bytes".formatted(to, data.length));
  }

  /** The TPM would only say that the policy fails: this says which PCR. */
  private static void requireValues(TssContext tss, SealedFile file) throws IOException {
    var wanted = file.values();
    if (wanted.isEmpty()) {
      return;
    }
    var bank = wanted.values().iterator().next().algorithm();
    var now = tss.read(bank, wanted.keySet());
    List<String> differing = new ArrayList<>();
    wanted.forEach((pcr, digest) -> {
      var seen = now.get(pcr);
      if (!digest.equals(seen)) {
        differing.add(
            "%s:%d is %s, sealed for %s"
                .formatted(bank.label(), pcr, seen == null ? "absent" : seen.hex(), digest.hex()));
      }
    });
    if (!differing.isEmpty()) {
      throw CommandFailure.rejected(
          "the machine is in another state: %s; 'trustme measure log --pcr N' shows what it"
                  .formatted(String.join("; ", differing))
              + " measured");
    }
  }

  private record Unsealed(String schema, String file, int bytes) {}
}
