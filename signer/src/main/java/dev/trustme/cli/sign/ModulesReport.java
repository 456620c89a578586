// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Digest;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Failures;
import dev.trustme.sign.ModuleBatch;
import dev.trustme.sign.ModuleResult;
import dev.trustme.sign.ModuleResult.Kind;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code sign modules --json} prints.
 *
 * @param counts of modules by what became of them
 * @param form what the signatures look like; empty where signatures were taken off
 * @param failed if there are any, nothing was written
 */
record ModulesReport(
    String schema,
    String output,
    Map<String, Integer> counts,
    Optional<Digest> signer,
    Optional<String> form,
    List<Module> modules,
    List<Failed> failed) {
  private static final int SHOWN = 20;

  ModulesReport {
    counts = new TreeMap<>(counts);
    modules = List.copyOf(modules);
    failed = List.copyOf(failed);
  }

  /** One module; the digest is of the module as it is now, uncompressed. */
  record Module(String name, String result, Digest sha256) {}

  /** One that could not be done. */
  record Failed(String file, String problem, int exitCode) {}

  static ModulesReport of(
      String output, ModuleBatch.Outcome outcome, Optional<Digest> signer, Optional<String> form) {
    return new ModulesReport(
        "trustme/signed-modules/2",
        output,
        Arrays.stream(Kind.values()).collect(Collectors.toMap(Kind::label, outcome::count)),
        signer,
        form,
        outcome.results().stream().map(ModulesReport::module).toList(),
        outcome.failures().stream().map(ModulesReport::failed).toList());
  }

  private static Module module(ModuleResult result) {
    return new Module(result.name(), result.kind().label(), result.sha256());
  }

  private static Failed failed(ModuleBatch.Failure failure) {
    return new Failed(
        failure.item().file().toString(),
        Failures.words(failure.cause()),
        Failures.exitCode(failure.cause()).code());
  }

  /** The worst of all. */
  static ExitCode exitCode(Collection<ModuleBatch.Failure> failures) {
    return ExitCode.worst(failures.stream().map(f -> Failures.exitCode(f.cause())).toList());
  }

  String text() {
    var text = new StringBuilder(output).append("  ");
    text.append(form.isPresent() ? signedText() : strippedText());
    if (!failed.isEmpty()) {
      text.append("\n%d failed, so nothing was written:".formatted(failed.size()));
      failed.stream().limit(SHOWN).forEach(f -> text.append("\n  ").append(f.problem()));
      if (failed.size() > SHOWN) {
        text.append("\n  … and %d more (--json lists them)".formatted(failed.size() - SHOWN));
      }
    } else if (count(Kind.SKIPPED) > 0) {
      text.append("\n  skipped: signed by another key; --replace signs them anew");
    }
    return text.toString();
  }

  private String signedText() {
    return "signed %d, already signed %d, replaced %d, skipped %d  %s"
        .formatted(
            count(Kind.SIGNED),
            count(Kind.ALREADY_SIGNED),
            count(Kind.REPLACED),
            count(Kind.SKIPPED),
            form.orElseThrow());
  }

  private String strippedText() {
    return "stripped %d, unsigned before %d".formatted(count(Kind.STRIPPED), count(Kind.UNSIGNED));
  }

  private int count(Kind kind) {
    return counts.getOrDefault(kind.label(), 0);
  }
}
