// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.exchange.Bundle;
import dev.trustme.exchange.Credential;
import dev.trustme.exchange.ExportedFile;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki export}: certificates and keys for other tools. */
@Command(
    name = "export",
    description = {
      "Write certificates, and keys where asked for, in the forms of other tools.",
      "",
      "NAME is a role, an authority, AUTHORITY-ocsp, PK or KEK. Several names make one file of"
          + " certificates or one Java trust store. The format gyroidos is a folder that GyroidOS's"
          + " build takes as it is; it needs no name."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki export --pki pki software-root customer-root -o roots.pem",
      "  trustme pki export --pki pki boot --format pkcs12 --with-key -o boot.p12",
      "  trustme pki export --pki pki customer-root --format jks -o trust.jks",
      "  trustme pki export --pki pki --format gyroidos --with-key --plaintext-keys -o certs"
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<ExitCode> {
  /** The forms. */
  enum Format {
    pem,
    der,
    pkcs12,
    jks,
    gyroidos
  }

  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();
  @Mixin private ExportSecrets protection = new ExportSecrets();

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "What to export.")
  private List<String> names = List.of();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "pem",
      description = "pem, der, pkcs12, jks or gyroidos. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.pem;

  @Option(
      names = "--bundle",
      paramLabel = "WHICH",
      defaultValue = "chain",
      description =
          "leaf, chain (without the root) or full, for pem and pkcs12. Default: ${DEFAULT-VALUE}.")
  private Bundle bundle = Bundle.CHAIN;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE|DIR",
      required = true,
      description = "The file, or the folder of the layout, to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace what exists.")
  private boolean force;

  @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
  private boolean dryRun;

  /** What {@code --json} prints. */
  record Report(
      String schema, String output, List<String> files, List<String> keys, boolean dryRun) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path file = requireNonNull(target);
    if (!dryRun) {
      Outputs.requireAbsent(file, force);
    }
    var folder = PkiFolder.open(requireNonNull(pki));
    Instant at = times.now();
    try (var passphrase = Passphrase.ask("Passphrase of the PKI", secrets::passphrase)) {
      var exports = new Exports(folder, passphrase, protection, output);
      var result =
          format == Format.gyroidos
              ? exports.gyroidos(names, at)
              : exports.file(credentials(folder), format, bundle);
      if (!dryRun) {
        record(folder, result.keysOf(), at);
        write(file, result.files());
      }
      var report = report(file, result);
      output.result(report, () -> text(report));
    }
    return ExitCode.ACCEPTED;
  }

  private List<Credential> credentials(PkiFolder folder) throws IOException, FormatException {
    if (names.isEmpty()) {
      throw CommandFailure.usage(
          "nothing to export: give a name; there are: "
              + String.join(", ", Credential.names(folder)));
    }
    List<Credential> found = new ArrayList<>();
    for (String name : names) {
      if (!Credential.names(folder).contains(name)) {
        throw CommandFailure.usage(
            "no '%s' in %s; there are: %s"
                .formatted(name, pki, String.join(", ", Credential.names(folder))));
      }
      found.add(Credential.of(folder, name));
    }
    return found;
  }

  /** Log first: a crash may leave an entry without an export, never a key outside unlogged. */
  private static void record(PkiFolder folder, List<X509CertificateHolder> keysOf, Instant at)
      throws IOException, FormatException {
    if (keysOf.isEmpty()) {
      return;
    }
    try (var change = folder.begin()) {
      for (var certificate : keysOf) {
        change.log(Event.about("export-key", certificate));
      }
      change.commit(at);
    }
  }

  private void write(Path file, List<ExportedFile> files) throws IOException {
    if (format != Format.gyroidos) {
      var single = files.getFirst();
      var permissions = single.secret() ? Outputs.PRIVATE : Outputs.SHARED;
      Outputs.write(file, single.content(), permissions, force);
      return;
    }
    try (var staged = Outputs.stageFolder(file, force)) {
      for (ExportedFile one : files) {
        one.write(staged.path());
      }
      staged.commit();
    }
  }

  private Report report(Path file, Exports.Result result) {
    return new Report(
        "trustme/export/1",
        file.toString(),
        result.files().stream().map(ExportedFile::name).toList(),
        result.keysOf().stream().map(c -> c.getSubject().toString()).toList(),
        dryRun);
  }

  private static String text(Report report) {
    return "%s  %s %d file%s, %d private key%s"
        .formatted(
            report.output(),
            report.dryRun() ? "would hold" : "holds",
            report.files().size(),
            report.files().size() == 1 ? "" : "s",
            report.keys().size(),
            report.keys().size() == 1 ? "" : "s");
  }
}
