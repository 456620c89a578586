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
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tss.Attestation;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code measure quote}. */
@Command(
    name = "quote",
    description = {
      "Let the TPM sign its PCRs together with a nonce.",
      "",
      "Writes the files that tpm2_quote writes: message, signature and, with -o, the values; or,"
          + " with --evidence, all that a verifier needs in one file."
    },
    footer = {
      "",
      "Example:",
      "  trustme measure quote --ak 0x81010002 --pcrs sha256:0,4,7,11 --nonce 00c0ffee \\",
      "      -m quote.msg -s quote.sig -o quote.pcrs",
      "  trustme measure quote --ak 0x81010002 --pcrs sha256:0,1,2,3,4,5,6,7,8,9,10,11 \\",
      "      --nonce 00c0ffee --evidence evidence.json --certificate ak.pem \\",
      "      --device 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44"
    },
    mixinStandardHelpOptions = true)
final class QuoteCommand implements Callable<ExitCode> {
  private static final int MAX_NONCE = 64;

  @Option(
      names = "--pcrs",
      paramLabel = "BANK:PCR,...",
      required = true,
      description = "What is quoted, such as sha256:0,7+sha1:1.")
  private String pcrs = "";

  @ArgGroup(multiplicity = "1")
  private Nonce nonce = new Nonce();

  @Option(
      names = {"-m", "--message"},
      paramLabel = "FILE",
      description = "Where to write what was signed (TPMS_ATTEST).")
  private @Nullable Path message;

  @Option(
      names = {"-s", "--signature"},
      paramLabel = "FILE",
      description = "Where to write the signature (TPMT_SIGNATURE).")
  private @Nullable Path signature;

  @Option(
      names = {"-o", "--pcr-file"},
      paramLabel = "FILE",
      description = "Where to write the values, for tpm2_checkquote -f.")
  private @Nullable Path values;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Mixin private final EvidenceOutput evidence = new EvidenceOutput();
  @Mixin private final AkOption ak = new AkOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  /** The challenge: one of the two. */
  static final class Nonce {
    @Option(names = "--nonce", paramLabel = "HEX", description = "The verifier's nonce.")
    private @Nullable String hex;

    @Option(
        names = "--nonce-file",
        paramLabel = "FILE",
        description = "The verifier's nonce, as the bytes of a file.")
    private @Nullable Path file;

    private Bytes read() throws IOException {
      if (hex != null && !hex.matches("([0-9a-fA-F]{2})+")) {
        throw CommandFailure.usage("--nonce: expected hexadecimal digits, found " + hex);
      }
      Bytes nonce = hex != null ? Bytes.fromHex(hex) : Inputs.read(requireNonNull(file), 4096);
      if (nonce.isEmpty() || nonce.size() > MAX_NONCE) {
        throw CommandFailure.usage("a nonce has 1 to 64 bytes, found " + nonce.size());
      }
      return nonce;
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var selection = TpmWords.selection(pcrs);
    Bytes challenge = nonce.read();
    if ((message == null) != (signature == null) || (message == null && !evidence.wanted())) {
      throw CommandFailure.usage("expected -m FILE and -s FILE, or --evidence FILE");
    }
    for (Path file : files()) {
      Outputs.requireAbsent(file, force);
    }
    evidence.prepare(force);
    tpm.use(tss -> {
      try (var key = ak.load(tss)) {
        var quoted = tss.attestation().quoteWithValues(key, challenge, TpmtScheme.NULL, selection);
        write(quoted);
        evidence
            .write(tss.attestation(), quoted, challenge, key.key(), force)
            .ifPresent(output::warn);
        output.result(
            new Quoted(
                "trustme/quote/1",
                selection.toString(),
                challenge.hex(),
                quoted.quote().attest(),
                quoted.quote().signature().encode()),
            () ->
                "quoted %s with %s over %s"
                    .formatted(selection, quoted.quote().signature().sigAlg(), challenge.hex()));
      }
    });
    return ExitCode.ACCEPTED;
  }

  private List<Path> files() {
    return Stream.of(message, signature, values).filter(Objects::nonNull).toList();
  }

  private void write(Attestation.QuotedValues quoted) throws IOException {
    if (message != null && signature != null) {
      Outputs.write(message, quoted.quote().attest(), force);
      Outputs.write(signature, quoted.quote().signature().encode(), force);
    }
    if (values != null) {
      Outputs.write(values, quoted.values().encode(), force);
    }
  }

  private record Quoted(String schema, String pcrs, String nonce, Bytes message, Bytes signature) {}
}
