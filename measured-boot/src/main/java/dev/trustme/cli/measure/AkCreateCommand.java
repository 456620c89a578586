// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code measure ak create}. */
@Command(
    name = "create",
    description = {
      "Make an attestation key under the endorsement key.",
      "",
      "A restricted signing key: it signs what this TPM says and nothing else. The two blobs are"
          + " tpm2-tools' (tpm2_load -u -r)."
    },
    footer = {
      "",
      "Example:",
      "  trustme measure ak create -u ak.pub -r ak.priv --pem ak.pem --persist 0x81010002",
      "Then: trustme measure quote --ak 0x81010002 ..."
    },
    mixinStandardHelpOptions = true)
final class AkCreateCommand implements Callable<ExitCode> {
  @Option(
      names = "--algorithm",
      defaultValue = "p256",
      paramLabel = "NAME",
      description = "p256 (the default), p384, rsa2048 or rsa3072.")
  private String algorithm = "p256";

  @Option(
      names = "--scheme",
      paramLabel = "NAME",
      description = "rsassa (the default for RSA) or rsapss; ecdsa for the others.")
  private @Nullable String scheme;

  @Option(
      names = "--hash",
      defaultValue = "sha256",
      paramLabel = "NAME",
      description = "The hash of its signatures: sha256, sha384 or sha512.")
  private String hash = "sha256";

  @Option(
      names = "--ek-template",
      defaultValue = "l-1",
      paramLabel = "NAME",
      description = "The endorsement key above: l-1 (the default), l-2, h-1 to h-7.")
  private String template = "l-1";

  @Option(
      names = {"-u", "--public"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write the public blob (TPM2B_PUBLIC).")
  private @Nullable Path publicFile;

  @Option(
      names = {"-r", "--private"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write the private blob; only this TPM can read it.")
  private @Nullable Path privateFile;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "FILE",
      description = "Where to write the key's name.")
  private @Nullable Path nameFile;

  @Option(names = "--pem", paramLabel = "FILE", description = "Where to write the key in PEM.")
  private @Nullable Path pem;

  @Option(
      names = "--persist",
      paramLabel = "HANDLE",
      description = "Keep it in the TPM at this handle, such as 0x81010002.")
  private @Nullable String persist;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var files = new AkFiles(requireNonNull(publicFile), privateFile, nameFile, pem);
    files.requireAbsent(force);
    var wanted = wanted();
    var handle =
        persist == null ? OptionalLong.empty() : OptionalLong.of(TpmWords.persistent(persist));
    tpm.use(tss -> {
      hierarchies.apply(tss);
      create(tss, wanted, handle, files);
    });
    return ExitCode.ACCEPTED;
  }

  private TpmtPublic wanted() {
    var key =
        KeyAlgorithm.byLabel(algorithm)
            .orElseThrow(() -> CommandFailure.usage("--algorithm: unknown: " + algorithm));
    var digest =
        HashAlgorithm.byLabel(hash)
            .filter(h -> h != HashAlgorithm.SHA1)
            .orElseThrow(() -> CommandFailure.usage("--hash: unknown or too weak: " + hash));
    boolean ecc = key.curve().isPresent();
    var signing =
        switch (scheme == null ? (ecc ? "ecdsa" : "rsassa") : scheme) {
          case "ecdsa" -> TpmAlgId.TPM_ALG_ECDSA;
          case "rsassa" -> TpmAlgId.TPM_ALG_RSASSA;
          case "rsapss" -> TpmAlgId.TPM_ALG_RSAPSS;
          default -> throw CommandFailure.usage("--scheme: unknown: " + scheme);
        };
    if (ecc != (signing == TpmAlgId.TPM_ALG_ECDSA)) {
      throw CommandFailure.usage("--scheme: %s does not fit %s".formatted(scheme, algorithm));
    }
    return KeyTemplates.attestation(key, TpmtScheme.of(signing, digest));
  }

  private void create(TssContext tss, TpmtPublic wanted, OptionalLong handle, AkFiles files)
      throws IOException, GeneralSecurityException {
    try (var secret = auth.fresh("New authorization of the attestation key");
        var ek = tss.endorsementKeys().create(TpmWords.template(template))) {
      if (handle.isPresent()) {
        AkPersistCommand.requireFree(tss, handle.getAsLong());
      }
      var blob = tss.keys().create(ek, wanted, secret).blob();
      try (var key = tss.keys().load(ek, blob)) {
        var report = AkReport.of(key);
        files.write(blob, key, force);
        if (handle.isPresent()) {
          tss.keys().persist(key, handle.getAsLong());
        }
        output.result(report, report::text);
      }
    }
  }
}
