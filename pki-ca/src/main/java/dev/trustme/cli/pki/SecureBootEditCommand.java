// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.secureboot.EnrolledVariables;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot edit}: sets and removes variables of a store, without firmware. */
@Command(
    name = "edit",
    description = {
      "Set or remove variables in a variable store of OVMF: PK, KEK, db, dbx, MokList, MokListX and"
          + " MokListTrusted.",
      "",
      "No signature is asked for: whoever writes the flash needs none. All other variables stay."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki secure-boot edit OVMF_VARS.fd --set MokList=mok.esl --mok-list-trusted on"
          + " -o new.fd"
    },
    mixinStandardHelpOptions = true)
final class SecureBootEditCommand implements Callable<ExitCode> {
  private static final String MOK_LIST_TRUSTED = "MokListTrusted";

  /** A switch. */
  enum Switch {
    on,
    off
  }

  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Parameters(paramLabel = "STORE", description = "The variable store, which stays as it is.")
  private @Nullable Path store;

  @Option(
      names = "--set",
      paramLabel = "NAME=FILE",
      description = "Content of a variable: .esl, .auth or an efivarfs file. May be repeated.")
  private Map<String, Path> set = new LinkedHashMap<>();

  @Option(names = "--remove", paramLabel = "NAME", description = "A variable to remove.")
  private List<String> removed = List.of();

  @Option(
      names = "--mok-list-trusted",
      paramLabel = "on|off",
      description = "Whether the kernel may take MokList's certificates into its keyrings.")
  private @Nullable Switch mokListTrusted;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The variable store to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Option(names = "--dry-run", description = "Say what would change; write nothing.")
  private boolean dryRun;

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    var before = SecureBootFiles.store(requireNonNull(store));
    Instant at = times.now();
    List<Variable> added = added(at);
    Set<OvmfVariableStore.Key> gone = gone(before);
    if (added.isEmpty() && gone.isEmpty()) {
      throw CommandFailure.usage("give --set, --remove or --mok-list-trusted");
    }
    var after = before.edit(added, gone).orElseThrow(() -> full(before, added));
    if (!dryRun) {
      Outputs.write(file, after.encode(), force);
    }
    var names = after.variables().stream().map(Variable::name).toList();
    output.result(
        new VarsCommand.Report("trustme/vars/1", file.toString(), names),
        () ->
            "%s  holds %s%s"
                .formatted(
                    file, String.join(", ", names), dryRun ? " (nothing written: --dry-run)" : ""));
    return ExitCode.ACCEPTED;
  }

  static CommandFailure full(OvmfVariableStore store, List<Variable> added) {
    return CommandFailure.usage(
        "the variables need %d bytes, but the store has room for %d"
            .formatted(added.stream().mapToInt(OvmfVariableStore::size).sum(), store.free()));
  }

  private List<Variable> added(Instant at) throws IOException, FormatException {
    List<Variable> added = new ArrayList<>();
    for (var each : set.entrySet()) {
      var variable = SecureBootFiles.variable(each.getKey());
      var content = SecureBootFiles.entries(each.getValue(), variable);
      added.add(EnrolledVariables.variable(variable, content, at));
    }
    if (mokListTrusted == Switch.on) {
      added.add(
          new Variable(
              MOK_LIST_TRUSTED,
              EfiGuid.SHIM_LOCK,
              SignatureVariable.BOOT_SERVICES,
              EfiTime.NONE,
              Bytes.fromHex("01")));
    }
    return added;
  }

  private Set<OvmfVariableStore.Key> gone(OvmfVariableStore before) {
    Set<OvmfVariableStore.Key> gone = new LinkedHashSet<>();
    for (String name : removed) {
      var variable = SecureBootFiles.variable(name);
      if (before.variable(name, variable.vendor()).isEmpty()) {
        throw CommandFailure.usage("%s: holds no variable %s".formatted(store, name));
      }
      gone.add(new OvmfVariableStore.Key(name, variable.vendor()));
    }
    if (mokListTrusted == Switch.off) {
      gone.add(new OvmfVariableStore.Key(MOK_LIST_TRUSTED, EfiGuid.SHIM_LOCK));
    }
    return gone;
  }
}
