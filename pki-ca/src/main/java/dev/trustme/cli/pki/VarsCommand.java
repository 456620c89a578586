// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.secureboot.EnrolledVariables;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki vars}: a variable store for OVMF with this PKI enrolled. */
@Command(
    name = "vars",
    description = {
      "Enrol PK, KEK and db in a variable store of OVMF, without running firmware.",
      "",
      "The template is an empty store as OVMF's package brings it; the result boots with Secure"
          + " Boot on and only these keys."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki vars --pki pki --template /usr/share/OVMF/OVMF_VARS_4M.fd -o OVMF_VARS.fd"
    },
    mixinStandardHelpOptions = true)
final class VarsCommand implements Callable<ExitCode> {
  private static final long MAX_TEMPLATE = 64L << 20;

  @Mixin private Output output = new Output();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      required = true,
      description = "An empty variable store, such as /usr/share/OVMF/OVMF_VARS_4M.fd.")
  private @Nullable Path template;

  @Option(
      names = "--dbx",
      paramLabel = "FILE",
      description = "Signature lists (.esl) for dbx: what must never boot.")
  private @Nullable Path dbx;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The variable store to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  /** What {@code --json} prints. */
  record Report(String schema, String file, List<String> variables) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    var store = store(requireNonNull(template));
    var enrolled = enrolled(PkiFolder.open(requireNonNull(pki)));
    var conflicts = enrolled.conflicts(store);
    if (!conflicts.isEmpty()) {
      throw CommandFailure.usage(
          "%s: holds %s already; give an empty store (OVMF_VARS_4M.fd)"
              .formatted(template, String.join(", ", conflicts)));
    }
    var variables = enrolled.variables();
    Outputs.write(file, store.with(variables).encode(), force);
    var names = variables.stream().map(OvmfVariableStore.Variable::name).toList();
    output.result(
        new Report("trustme/vars/1", file.toString(), names),
        () -> "%s  holds %s: Secure Boot on".formatted(file, String.join(", ", names)));
    return ExitCode.ACCEPTED;
  }

  private static OvmfVariableStore store(Path file) throws IOException, FormatException {
    try {
      return OvmfVariableStore.parse(Inputs.read(file, MAX_TEMPLATE));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private EnrolledVariables enrolled(PkiFolder folder) throws IOException, FormatException {
    return new EnrolledVariables(
        lists(folder.secureBootFile("PK.esl")),
        lists(folder.secureBootFile("KEK.esl")),
        lists(folder.secureBootFile("db.esl")),
        dbx == null ? Optional.empty() : Optional.of(lists(dbx)),
        folder.created());
  }

  /** The file's content, which must be signature lists. */
  private static Bytes lists(Path file) throws IOException, FormatException {
    Bytes content = Inputs.read(file, MAX_TEMPLATE);
    try {
      if (SignatureList.parseDatabase(content).isEmpty()) {
        throw new FormatException("EFI_SIGNATURE_LIST", 0, "is empty");
      }
      return content;
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
