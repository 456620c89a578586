// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.SealedFile;
import dev.trustme.tss.Sealing;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code measure seal}. */
@Command(
    name = "seal",
    description = {
      "Lock a small secret (up to 128 bytes) into this TPM.",
      "",
      "It comes out only here, and with --pcrs only while those PCRs hold the values they have now,"
          + " or those of --pcr-values: a prediction of the next boot."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure seal disk.key -o disk.sealed --pcrs sha256:7,11",
      "  trustme measure seal disk.key -o disk.sealed --pcrs sha256:7 --pcr-values next.txt --auth",
      "Then: trustme measure unseal disk.sealed -o disk.key"
    },
    mixinStandardHelpOptions = true)
final class SealCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "FILE", description = "The secret.")
  private @Nullable Path input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write the sealed file.")
  private @Nullable Path target;

  @Option(
      names = "--pcrs",
      paramLabel = "BANK:PCR,...",
      description = "Bind to these PCRs of one bank.")
  private @Nullable String pcrs;

  @Option(
      names = "--pcr-values",
      paramLabel = "FILE",
      description =
          "Values to bind to instead of the present ones, as 'measure replay' reads them.")
  private @Nullable Path values;

  @Option(
      names = {"-u", "--public"},
      paramLabel = "FILE",
      description = "Also write the public blob, for tpm2_load -u.")
  private @Nullable Path publicFile;

  @Option(
      names = {"-r", "--private"},
      paramLabel = "FILE",
      description = "Also write the private blob, for tpm2_load -r.")
  private @Nullable Path privateFile;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final ParentOption parent = new ParentOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path to = requireNonNull(target);
    for (Path file : new Path[] {to, publicFile, privateFile}) {
      if (file != null) {
        Outputs.requireAbsent(file, force);
      }
    }
    if (values != null && pcrs == null) {
      throw CommandFailure.usage("--pcr-values: --pcrs says which of them count");
    }
    if (pcrs == null && !auth.given()) {
      throw CommandFailure.usage("--pcrs or --auth: something must guard the secret");
    }
    byte[] data = Inputs.read(requireNonNull(input), Sealing.MAX_BYTES).toArray();
    if (data.length == 0) {
      throw CommandFailure.usage(input + ": is empty");
    }
    try {
      tpm.use(tss -> seal(tss, data, to));
      return ExitCode.ACCEPTED;
    } finally {
      Arrays.fill(data, (byte) 0);
    }
  }

  private void seal(TssContext tss, byte[] data, Path to) throws IOException, FormatException {
    var bound = values(tss);
    var policy = SealedFile.policy(bound, auth.given());
    KeyBlob blob;
    try (var secret = auth.fresh("New authorization of the sealed data");
        var root = parent.load(tss)) {
      blob =
          tss.sealing()
              .seal(root, data, secret, SealedFile.policyDigest(policy, HashAlgorithm.SHA256));
    }
    var file = SealedFile.of(blob, bound, auth.given());
    Outputs.write(to, file.encode(), Outputs.PRIVATE, force);
    if (publicFile != null) {
      Outputs.write(publicFile, blob.encodePublic(), force);
    }
    if (privateFile != null) {
      Outputs.write(privateFile, blob.encodePrivate(), Outputs.PRIVATE, force);
    }
    output.result(
        file, () -> "%s  opens with 'trustme measure unseal %s -o FILE'".formatted(to, to));
  }

  private SortedMap<Integer, Digest> values(TssContext tss) throws IOException, FormatException {
    if (pcrs == null) {
      return new TreeMap<>();
    }
    var banks = TpmWords.selection(pcrs).pcrSelections();
    if (banks.size() != 1) {
      throw CommandFailure.usage("--pcrs: one bank, found " + pcrs);
    }
    var bank = banks.get(0);
    if (values == null) {
      return tss.read(bank.hash(), bank.pcrs());
    }
    SortedMap<Integer, Digest> predicted = new TreeMap<>();
    for (var value : PcrFile.read(values)) {
      if (value.digest().algorithm() == bank.hash() && bank.pcrs().contains(value.pcr())) {
        predicted.put(value.pcr(), value.digest());
      }
    }
    if (predicted.size() != bank.pcrs().size()) {
      throw CommandFailure.usage(
          "--pcr-values: holds %s of %s".formatted(predicted.keySet(), bank));
    }
    return predicted;
  }
}
