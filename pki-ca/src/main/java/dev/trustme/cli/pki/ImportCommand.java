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
import dev.trustme.exchange.Importer;
import dev.trustme.exchange.NewImport;
import dev.trustme.files.Outputs;
import dev.trustme.issue.NewKeys;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiSession;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki import}: keys and certificates that were made elsewhere. */
@Command(
    name = "import",
    description = {
      "Take in keys and certificates that openssl, sbctl or GyroidOS's scripts made.",
      "",
      "Key and certificate must belong together, the chain must reach a root, and every certificate"
          + " of it must pass the lint; --accept takes one rule's findings as they are, which the"
          + " log records. All is taken in, or nothing; nothing is overwritten. Private keys are"
          + " encrypted anew, as the folder's others are. --lists merges Secure Boot entries; an"
          + " update (.auth) must be signed by a key that the folder's PK or KEK names."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki import --pki pki --role boot --key db.key --cert db.pem",
      "  trustme pki import --pki pki --role boot --key 'pkcs12:db.p12?alias=db'",
      "  trustme pki import --pki pki --authority old-root --key ca.key --cert ca.pem",
      "  trustme pki import --pki pki --variable dbx --lists dbxupdate_x64.bin",
      "  trustme pki import --pki pki --format sbctl --from /var/lib/sbctl --accept role-missing",
      "  trustme pki import --format gyroidos --from test_certificates -o pki"
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();
  @Mixin private LintOptions lint = new LintOptions();
  @Mixin private ImportSource source = new ImportSource();

  @Option(names = "--pki", paramLabel = "DIR", description = "The PKI folder that takes it in.")
  private @Nullable Path pki;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Make a new PKI folder of a gyroidos folder instead.")
  private @Nullable Path target;

  @Option(
      names = "--supersede",
      description = "Take the place of a key that is there, which stays as an earlier generation.")
  private boolean supersede;

  @Option(names = "--plaintext-keys", description = "With -o: do not encrypt the private keys.")
  private boolean plaintextKeys;

  @Option(names = "--dry-run", description = "Do everything but write.")
  private boolean dryRun;

  /** What {@code --json} prints. */
  record Report(
      String schema, String pki, List<String> imported, List<String> accepted, boolean dryRun) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if ((pki == null) == (target == null)) {
      throw CommandFailure.usage("give either --pki DIR or, for a new PKI, -o DIR");
    }
    if (plaintextKeys && target == null) {
      throw CommandFailure.usage(
          "--plaintext-keys: only with -o; a PKI that exists has its own way");
    }
    source.requireComplete(target != null);
    try (var own = Passphrase.ask("Passphrase of the PKI", secrets::passphrase)) {
      var report = target == null ? existing(own) : fresh(own);
      report.accepted().forEach(f -> output.warn("accepted: " + f));
      output.result(report, () -> text(report));
    }
    return ExitCode.ACCEPTED;
  }

  private Report existing(Passphrase own)
      throws IOException, FormatException, GeneralSecurityException {
    try (var transaction = PkiFolder.open(requireNonNull(pki)).begin()) {
      if (source.givesLists()) {
        return lists(new PkiSession(transaction, own, times.now()));
      }
      var keys = NewKeys.in(transaction.folder(), own);
      var importer = new Importer(transaction, keys::encode, rules(), times.now());
      source.into(importer);
      importer.log();
      if (!dryRun) {
        transaction.commit(times.now());
      }
      return report(requireNonNull(pki), importer);
    }
  }

  private Report lists(PkiSession session)
      throws IOException, FormatException, GeneralSecurityException {
    var taken = source.into(session);
    if (!dryRun) {
      session.transaction().commit(session.at());
    }
    return new Report("trustme/import/1", requireNonNull(pki).toString(), taken, List.of(), dryRun);
  }

  private Report fresh(Passphrase own)
      throws IOException, FormatException, GeneralSecurityException {
    Path folder = requireNonNull(target);
    Outputs.requireAbsent(folder, false);
    if (plaintextKeys) {
      output.warn("private keys are written unencrypted");
    }
    var protection = plaintextKeys ? KeyProtection.plaintext() : KeyProtection.encrypted(own);
    try (var staged = Outputs.stageFolder(folder, false)) {
      NewImport.prepare(staged.path(), "gyroidos", times.now());
      Importer importer;
      try (var transaction = PkiFolder.open(staged.path()).begin()) {
        importer =
            new Importer(transaction, key -> KeyFile.encode(key, protection), rules(), times.now());
        source.into(importer);
        importer.log();
        transaction.commit(times.now());
      }
      if (!dryRun) {
        staged.commit();
      }
      return report(folder, importer);
    }
  }

  private Importer.Rules rules() {
    return new Importer.Rules(lint.acceptance(), supersede);
  }

  private Report report(Path folder, Importer importer) {
    return new Report(
        "trustme/import/1", folder.toString(), importer.taken(), importer.accepted(), dryRun);
  }

  private static String text(Report report) {
    return "%s  %s: %s%n'trustme pki show %s' shows the whole"
        .formatted(
            report.pki(),
            report.dryRun() ? "would take in" : "took in",
            String.join(", ", report.imported()),
            report.pki());
  }
}
