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
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.secureboot.EnrolledVariables;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki vars}: a variable store for OVMF with this PKI enrolled. */
@Command(
    name = "vars",
    description = {
      "Enrol PK, KEK, db and dbx in a variable store of OVMF, without running firmware.",
      "",
      "The template is an empty store as OVMF's package brings it; the result boots with Secure"
          + " Boot on and only these keys. A store that holds keys already is refused, unless"
          + " --replace says that this PKI's take their place."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki vars --pki pki --template /usr/share/OVMF/OVMF_VARS_4M.fd -o OVMF_VARS.fd",
      "  trustme pki vars --pki pki --template OVMF_VARS_4M.fd --mok module.pem --mok-list-trusted"
          + " -o OVMF_VARS.fd"
    },
    mixinStandardHelpOptions = true)
final class VarsCommand implements Callable<ExitCode> {
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
      description = "Signature lists for dbx instead of the PKI's own: what must never boot.")
  private @Nullable Path dbx;

  @Option(
      names = "--mok",
      paramLabel = "FILE",
      description = "For shim's MokList: certificates (PEM or DER), or signature lists.")
  private @Nullable Path mok;

  @Option(
      names = "--mokx",
      paramLabel = "FILE",
      description = "For shim's MokListX, its own dbx: certificates or signature lists.")
  private @Nullable Path mokx;

  @Option(
      names = "--mok-list-trusted",
      description = "Let the kernel take MokList's certificates into its keyrings.")
  private boolean mokListTrusted;

  @Option(names = "--replace", description = "Replace keys that the template holds.")
  private boolean replace;

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
    var store = SecureBootFiles.store(requireNonNull(template));
    var enrolled = enrolled(PkiFolder.open(requireNonNull(pki)));
    var conflicts = enrolled.conflicts(store);
    if (!conflicts.isEmpty() && !replace) {
      throw CommandFailure.usage(
          "%s: holds %s already; give an empty store (OVMF_VARS_4M.fd), or --replace"
              .formatted(template, String.join(", ", conflicts)));
    }
    var variables = enrolled.variables();
    var written =
        store
            .edit(variables, others(variables))
            .orElseThrow(() -> SecureBootEditCommand.full(store, variables));
    Outputs.write(file, written.encode(), force);
    var names = variables.stream().map(OvmfVariableStore.Variable::name).toList();
    output.result(
        new Report("trustme/vars/1", file.toString(), names),
        () -> "%s  holds %s: Secure Boot on".formatted(file, String.join(", ", names)));
    return ExitCode.ACCEPTED;
  }

  /** With --replace, no other key variable of the template stays. */
  private static Set<OvmfVariableStore.Key> others(List<OvmfVariableStore.Variable> variables) {
    var set = variables.stream().map(OvmfVariableStore.Variable::key).collect(Collectors.toSet());
    return Arrays.stream(SignatureVariable.values())
        .map(v -> new OvmfVariableStore.Key(v.name(), v.vendor()))
        .filter(key -> !set.contains(key))
        .collect(Collectors.toSet());
  }

  private EnrolledVariables enrolled(PkiFolder folder) throws IOException, FormatException {
    Map<SignatureVariable, KeyDatabase> lists = new EnumMap<>(SignatureVariable.class);
    for (var variable :
        List.of(SignatureVariable.PK, SignatureVariable.KEK, SignatureVariable.db)) {
      Path file = folder.secureBootFile(variable + ".esl");
      lists.put(variable, SecureBootFiles.entries(file, variable));
    }
    lists.put(
        SignatureVariable.dbx,
        dbx == null
            ? PlatformUpdate.content(folder, SignatureVariable.dbx)
            : SecureBootFiles.entries(dbx, SignatureVariable.dbx));
    if (mok != null) {
      lists.put(SignatureVariable.MokList, certificatesOrLists(mok, folder));
    }
    if (mokx != null) {
      lists.put(SignatureVariable.MokListX, certificatesOrLists(mokx, folder));
    }
    return new EnrolledVariables(lists, mokListTrusted, at(folder));
  }

  /** Not before the last update that the folder signed: an older one must not be taken again. */
  private static Instant at(PkiFolder folder) throws IOException, FormatException {
    Instant at = folder.created();
    for (var variable : SignatureVariable.values()) {
      if (variable.authenticated()) {
        var time = PlatformUpdate.time(folder, variable);
        if (time.isPresent() && time.get().toInstant().isAfter(at)) {
          at = time.get().toInstant();
        }
      }
    }
    return at;
  }

  private static KeyDatabase certificatesOrLists(Path file, PkiFolder folder)
      throws IOException, FormatException {
    Bytes content = Inputs.read(file, SecureBootFiles.MAX_BYTES);
    return SecureBootFiles.looksLikeCertificate(content)
        ? KeyDatabase.ofCertificates(
            new EfiGuid(folder.owner()), SecureBootFiles.certificates(file))
        : SecureBootFiles.entries(file, SignatureVariable.MokList);
  }
}
