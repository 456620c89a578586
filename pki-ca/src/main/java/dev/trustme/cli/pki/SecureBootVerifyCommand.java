// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.UpdateVerifier;
import dev.trustme.artifact.VerifiedUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.secureboot.KeyFileContent;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot verify}: would firmware take this update? */
@Command(
    name = "verify",
    description = {
      "Decide about a signed update (.auth) as firmware does.",
      "",
      "Firmware is given as a variable store (--vars), as a PKI folder, or as the certificates of"
          + " PK or KEK (--signer). Without any of them, PK is judged as a first enrolment. The file"
          + " does not say which variable it is for: its name does (db.auth), or --variable."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot verify db.auth --pki pki",
      "  trustme pki secure-boot verify dbxupdate_x64.bin --variable dbx --signer kek.esl"
    },
    mixinStandardHelpOptions = true)
final class SecureBootVerifyCommand implements Callable<ExitCode> {
  /** How SetVariable is called. */
  enum Write {
    replace,
    append
  }

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The signed update.")
  private @Nullable Path file;

  @Option(names = "--variable", paramLabel = "NAME", description = "PK, KEK, db, dbx, dbt or dbr.")
  private @Nullable String name;

  @Option(
      names = "--as",
      paramLabel = "HOW",
      description = "replace or append. Default: as it was signed, which the answer says.")
  private @Nullable Write write;

  @Option(
      names = "--signer",
      paramLabel = "FILE",
      description = "Certificates of PK or KEK: PEM, DER or signature lists.")
  private @Nullable Path signer;

  @Option(names = "--vars", paramLabel = "FILE", description = "A variable store of OVMF.")
  private @Nullable Path vars;

  @Option(names = "--pki", paramLabel = "DIR", description = "The PKI folder that is enrolled.")
  private @Nullable Path pki;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String file,
      String variable,
      String as,
      String verdict,
      List<Check> checks,
      int entries) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path path = requireNonNull(file);
    var variable = SecureBootFiles.updated(name == null ? nameOf(path) : name);
    if (!(SecureBootFiles.read(path) instanceof KeyFileContent.Update update)) {
      throw new FormatException("EFI_VARIABLE_AUTHENTICATION_2", 0, "is no signed update")
          .in(path.toString());
    }
    var state = state(variable);
    try {
      boolean append =
          write == null
              ? UpdateVerifier.signedToAppend(update.update(), variable)
              : write == Write.append;
      var verdict = UpdateVerifier.verify(update.update(), variable, append, state);
      var report =
          new Report(
              "trustme/secure-boot-verdict/1",
              path.toString(),
              variable.name(),
              append ? "append" : "replace",
              verdict.accepted() ? "accepted" : "rejected",
              verdict.checks(),
              update.database().entries().size());
      output.result(report, () -> text(report, verdict));
      return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  private static String nameOf(Path path) {
    String name = path.getFileName().toString().replaceFirst("\\..*", "");
    if (SignatureVariable.byName(name).isEmpty()) {
      throw CommandFailure.usage(path + ": give --variable; its name does not say");
    }
    return name;
  }

  private UpdateVerifier.State state(SignatureVariable variable)
      throws IOException, FormatException {
    int given = (signer == null ? 0 : 1) + (vars == null ? 0 : 1) + (pki == null ? 0 : 1);
    if (given > 1 || (given == 0 && variable != SignatureVariable.PK)) {
      throw CommandFailure.usage("give --signer, --vars or --pki: who may change " + variable);
    }
    if (signer != null) {
      return new UpdateVerifier.State(signers(signer, variable), Optional.empty());
    }
    if (pki != null) {
      Path lists = pki.resolve("secure-boot").resolve(variable.authority() + ".esl");
      return new UpdateVerifier.State(signers(lists, variable), Optional.empty());
    }
    if (vars == null) {
      return UpdateVerifier.State.SETUP_MODE;
    }
    var store = SecureBootFiles.read(vars);
    if (variable == SignatureVariable.PK && store.database(variable).isEmpty()) {
      return UpdateVerifier.State.SETUP_MODE;
    }
    Optional<EfiTime> stored = store.time(variable);
    return new UpdateVerifier.State(signers(vars, variable), stored);
  }

  private static List<X509CertificateHolder> signers(Path file, SignatureVariable variable)
      throws IOException, FormatException {
    Bytes content = Inputs.read(file, SecureBootFiles.MAX_BYTES);
    if (SecureBootFiles.looksLikeCertificate(content)) {
      return SecureBootFiles.certificates(file);
    }
    try {
      return SecureBootFiles.database(file, variable.authority()).certificates();
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private String text(Report report, Verdict<VerifiedUpdate> verdict) {
    var text = new StringBuilder();
    text.append(report.file()).append(' ');
    text.append(
        verdict.accepted()
            ? output.good("would be taken as %s of %s".formatted(how(report), report.variable()))
            : output.bad("would be refused as %s of %s".formatted(how(report), report.variable())));
    for (var check : verdict.checks()) {
      text.append(
          check.failed()
              ? "\n  %-22s expected %s\n  %-22s found %s"
                  .formatted(check.id(), check.expected(), "", check.seen())
              : "\n  %-22s %s".formatted(check.id(), check.seen()));
      if (!check.advice().isEmpty()) {
        text.append("\n  %-22s %s".formatted("", check.advice()));
      }
    }
    return text.toString();
  }

  private static String how(Report report) {
    return report.as().equals("append") ? "an append" : "a complete update";
  }
}
