// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Share;
import dev.trustme.ceremony.SharedSecret;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** {@code pki ceremony combine}: whether shares open their secret. */
@Command(
    name = "combine",
    description = {
      "Find out whether custodians' shares open their secret, and which one is wrong.",
      "",
      "Nothing secret is printed. -o writes the passphrase to a file that only its owner may read;"
          + " commands do not need that, they take --shares."
    },
    footer = {"", "Example:", "  trustme pki ceremony combine alice.txt carol.txt"},
    mixinStandardHelpOptions = true)
final class CeremonyCombineCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "SHARE", arity = "1..*", description = "The shares.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the passphrase here.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  /** What {@code --json} prints. */
  record Report(String schema, String secret, int threshold, int of, List<String> custodians) {
    String text() {
      return "'%s' is open, by %s (any %d of %d)"
          .formatted(secret, String.join(", ", custodians), threshold, of);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (target != null) {
      Outputs.requireAbsent(target, force);
    }
    List<Share> shares = new ArrayList<>();
    try {
      for (Path file : files) {
        shares.add(ShareFiles.read(file));
      }
      try (var secret = SharedSecret.combine(shares)) {
        if (target != null) {
          write(requireNonNull(target), secret.passphrase());
        }
      }
      var label = shares.getFirst().label();
      var report =
          new Report(
              "trustme/shares/1",
              label.secret(),
              label.threshold(),
              label.count(),
              shares.stream().map(s -> s.label().custodian()).toList());
      output.result(report, report::text);
      return ExitCode.ACCEPTED;
    } finally {
      shares.forEach(Share::close);
    }
  }

  private void write(Path file, char[] passphrase) throws IOException {
    byte[] line = (new String(passphrase) + "\n").getBytes(StandardCharsets.UTF_8);
    Outputs.write(file, Bytes.copyOf(line), Outputs.PRIVATE, force);
    Arrays.fill(line, (byte) 0);
    Arrays.fill(passphrase, '\0');
  }
}
