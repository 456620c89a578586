// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.PkiFolder;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot update}: changes a database and signs the update that brings it. */
@Command(
    name = "update",
    description = {
      "Change KEK, db or dbx in the PKI folder and sign the update with the folder's PK or KEK.",
      "",
      "The update holds the complete new content, and its time stamp is later than the one before;"
          + " --append FILE adds one that only brings the new entries. An update of PK is written to"
          + " -o alone: another platform key (--lists), or none any more (--delete)."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot update db --pki pki --cert vendor.pem",
      "  trustme pki secure-boot update dbx --pki pki --merge dbxupdate_x64.bin",
      "  trustme pki secure-boot update PK --pki pki --delete -o clear-pk.auth"
    },
    mixinStandardHelpOptions = true)
final class SecureBootUpdateCommand implements Callable<ExitCode> {
  @Mixin private UpdateOptions update = new UpdateOptions();
  @Mixin private EntryOptions options = new EntryOptions();

  @Parameters(paramLabel = "VARIABLE", description = "PK, KEK, db, dbx, dbt or dbr.")
  private String name = "";

  @Option(
      names = "--lists",
      paramLabel = "FILE",
      description = "The new content as a whole, instead of what is there.")
  private @Nullable Path lists;

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      description = "Add the entries of .esl, .auth or efivarfs files; may be repeated.")
  private List<Path> merged = List.of();

  @Option(
      names = "--remove",
      paramLabel = "FILE",
      description = "Take the entries of this file out; may be repeated.")
  private List<Path> removed = List.of();

  @Option(names = "--delete", description = "PK only: no platform key any more (setup mode).")
  private boolean delete;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var variable = SecureBootFiles.updated(name);
    boolean changes = options.given() || !merged.isEmpty() || !removed.isEmpty();
    if (delete && variable != SignatureVariable.PK) {
      throw CommandFailure.usage("--delete is for PK");
    }
    if (delete == (changes || lists != null)) {
      throw CommandFailure.usage(
          "say what changes: --lists, --cert, --image, --hash, --cert-hash, --merge or --remove"
              + " (PK: --lists or --delete)");
    }
    return update.run(variable, (folder, current) -> changed(variable, folder, current));
  }

  private KeyDatabase changed(SignatureVariable variable, PkiFolder folder, KeyDatabase current)
      throws IOException, FormatException {
    if (delete) {
      return KeyDatabase.EMPTY;
    }
    var next = lists == null ? current : SecureBootFiles.entries(requireNonNull(lists), variable);
    for (Path file : merged) {
      next = next.merge(SecureBootFiles.entries(file, variable));
    }
    if (options.given()) {
      next = next.merge(options.entries(new EfiGuid(folder.owner()), update.output()));
    }
    for (Path file : removed) {
      next = next.without(SecureBootFiles.entries(file, variable));
    }
    if (variable == SignatureVariable.PK && next.entries().size() != 1) {
      throw CommandFailure.usage("PK holds one certificate; give it with --lists");
    }
    if (variable == SignatureVariable.KEK
        && !next.certificates().contains(folder.keyExchangeKey())) {
      throw CommandFailure.usage(
          "KEK would not hold the folder's own key, whose updates of db and dbx devices would then"
              + " refuse");
    }
    return next;
  }
}
