// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki secure-boot lists}: signature lists from certificates, digests and other lists. */
@Command(
    name = "lists",
    description = {
      "Write signature lists (.esl): what a database holds, unsigned.",
      "",
      "Lists that are merged come first, in their order; an entry that is there already (same"
          + " type, owner and data) is not added again."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot lists --owner 7c673ee7-c41c-431a-89ad-11590e357214 \\",
      "      --cert module.pem -o MokList.esl",
      "  trustme pki secure-boot lists --merge dbx-vendor.auth --merge dbx-ours.esl -o dbx.esl"
    },
    mixinStandardHelpOptions = true)
final class SecureBootListsCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private EntryOptions options = new EntryOptions();

  @Option(names = "--owner", paramLabel = "GUID", description = "SignatureOwner of new entries.")
  private @Nullable String owner;

  @Option(names = "--pki", paramLabel = "DIR", description = "Take the owner from this PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      description = "Lists to begin with: .esl, .auth or an efivarfs file; may be repeated.")
  private List<Path> merged = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    if (merged.isEmpty() && !options.given()) {
      throw CommandFailure.usage("give --cert, --image, --hash, --cert-hash or --merge");
    }
    var database = KeyDatabase.EMPTY;
    for (Path each : merged) {
      database = database.merge(SecureBootFiles.database(each, SignatureVariable.db));
    }
    if (options.given()) {
      database = database.merge(options.entries(owner(), output));
    }
    Outputs.write(file, database.encode(), force);
    var report = SecureBootReport.of(file.toString(), SecureBootFiles.read(file));
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }

  private EfiGuid owner() throws IOException, FormatException {
    if ((owner == null) == (pki == null)) {
      throw CommandFailure.usage("give --owner GUID or --pki DIR: who adds these entries");
    }
    return owner != null
        ? SecureBootFiles.guid(owner)
        : new EfiGuid(PkiFolder.open(requireNonNull(pki)).owner());
  }
}
