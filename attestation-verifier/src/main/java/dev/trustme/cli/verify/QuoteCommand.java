// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.attest.VerifiedQuote;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Failures;
import dev.trustme.cli.Output;
import dev.trustme.evidence.Nonce;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify quote}: do these quotes hold under a key that the caller names? */
@Command(
    name = "quote",
    description = {
      "Judge quotes as tpm2-tools write them, one or many at once.",
      "",
      "Of X.msg ('tpm2_quote -m'), the signature is read from X.sig ('-s') and the PCR values from"
          + " X.pcrs ('-o'); the key from X.pem or X.pub and the nonce from X.nonce (hex) beside"
          + " it, unless they are given for all.",
      "",
      "The key is believed because you name it, and the nonce because you give it: whose TPM it is,"
          + " what the values mean and whether the answer is fresh, 'verify evidence' judges."
    },
    footer = {
      "",
      "Example:",
      "  tpm2_quote -c ak.ctx -l sha256:0,7 -q 00112233 -m q.msg -s q.sig -o q.pcrs -g sha256",
      "  trustme verify quote -u ak.pem --nonce 00112233 q.msg",
      "  trustme verify quote quotes/ --json"
    },
    mixinStandardHelpOptions = true)
final class QuoteCommand implements Callable<ExitCode> {
  private static final String SCHEMA = "trustme/quote-verdict/1";

  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "MESSAGE",
      arity = "1..*",
      description = "Files of 'tpm2_quote -m', or folders of such files (*.msg).")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = {"-u", "--key"},
      paramLabel = "FILE",
      description = "The key that signed all of them: PEM, DER, or a TPM2B_PUBLIC.")
  private @Nullable Path keyFile;

  @Option(names = "--nonce", paramLabel = "HEX", description = "The nonce that all of them answer.")
  private @Nullable String nonce;

  /** One quote's verdict, schema {@code trustme/quote-verdict/1}. */
  private record Line(
      String schema, String quote, String verdict, Optional<String> problem, List<Check> failures) {
    static Line of(Path message, Verdict<VerifiedQuote> verdict) {
      return new Line(
          SCHEMA,
          message.toString(),
          verdict.accepted() ? "accepted" : "rejected",
          Optional.empty(),
          verdict.failures());
    }

    ExitCode exitCode() {
      return switch (verdict) {
        case "accepted" -> ExitCode.ACCEPTED;
        case "rejected" -> ExitCode.REJECTED;
        case "malformed" -> ExitCode.MALFORMED;
        default -> ExitCode.IO;
      };
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    var quotes = quotes();
    var shared =
        new QuoteFiles.Shared(
            keyFile == null ? Optional.empty() : Optional.of(QuoteFiles.key(keyFile)), nonce());
    Acceleration.expect(quotes.size(), 0);
    var lines = quotes.parallelStream().map(quote -> judge(quote, shared)).toList();
    lines.forEach(this::tell);
    return ExitCode.worst(lines.stream().map(Line::exitCode).collect(Collectors.toSet()));
  }

  private List<QuoteFiles> quotes() throws IOException {
    List<QuoteFiles> quotes = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        quotes.addAll(QuoteFiles.in(path));
      } else {
        quotes.add(QuoteFiles.of(path));
      }
    }
    if (quotes.isEmpty()) {
      throw CommandFailure.rejected("no quotes (*.msg) are there, so none holds");
    }
    return quotes;
  }

  private Optional<Nonce> nonce() {
    try {
      return Optional.ofNullable(nonce).map(Nonce::fromHex);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--nonce: expected 1 to 64 bytes as lower-case hex");
    }
  }

  private static Line judge(QuoteFiles quote, QuoteFiles.Shared shared) {
    try {
      return Line.of(quote.message(), quote.judge(shared));
    } catch (FormatException e) {
      return problem(quote, "malformed", e);
    } catch (IOException e) {
      return problem(quote, "unreadable", e);
    }
  }

  private static Line problem(QuoteFiles quote, String verdict, Exception e) {
    String words = Failures.words(e);
    return new Line(SCHEMA, quote.message().toString(), verdict, Optional.of(words), List.of());
  }

  private void tell(Line line) {
    if (output.json()) {
      output.result(line, () -> "");
      return;
    }
    String verdict = "%-10s".formatted(line.verdict());
    output.line(
        (line.exitCode() == ExitCode.ACCEPTED ? output.good(verdict) : output.bad(verdict))
            + " "
            + line.quote());
    line.problem().ifPresent(words -> output.line("  " + words));
    for (Check check : line.failures()) {
      output.line(
          "  %s: expected %s, seen %s".formatted(check.id(), check.expected(), check.seen()));
    }
  }
}
