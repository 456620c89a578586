// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.ModuleBatch;
import dev.trustme.sign.ModuleTree;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign modules}: files and trees of kernel modules. */
@Command(
    name = "modules",
    description = {
      "Sign kernel modules as the kernel's sign-file does, byte for byte.",
      "",
      "Files and folders are taken; .ko, .ko.gz, .ko.xz and .ko.zst keep their form. A signature"
          + " that is there is replaced. Either all modules are written or none."
    },
    footer = {
      "",
      "Example, with the key that firmware's db holds:",
      "  trustme sign modules /lib/modules/6.12/kernel --pki pki --role boot -o modules-signed"
    },
    mixinStandardHelpOptions = true)
final class ModulesCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Modules, or folders with modules below them.")
  private List<Path> paths = new ArrayList<>();

  /** What {@code --json} prints. */
  record Report(
      String schema, String folder, int signed, int alreadySigned, Digest signer, String form) {
    String text() {
      return "%s  signed %d modules, %d of them signed before  %s"
          .formatted(folder, signed, alreadySigned, form);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    var tree = ModuleTree.of(paths);
    try (var key = pki.open(ArtifactKind.KERNEL_MODULE);
        var folder = Outputs.stageFolder(target.path(), target.force())) {
      var batch = new ModuleBatch(signer(key), folder.path());
      var results = batch.sign(tree, done -> output.progress("signing", done, tree.items().size()));
      pki.finish(results.stream().map(r -> event(r, key)).toList(), folder);
      var report = report(results, key);
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  private static Pkcs7Signer signer(RoleKey key) {
    if (!Pkcs7Signer.takes(key)) {
      throw CommandFailure.rejected(
          "the key of %s is one that the kernel verifies no modules with: use RSA or EC"
              .formatted(key.certificate().getSubject()));
    }
    return new Pkcs7Signer(key);
  }

  private static SigningLog.Event event(ModuleBatch.Result result, RoleKey key) {
    return SigningLog.Event.signed(
        "sign-module", result.name(), key.certificate(), result.sha256());
  }

  private Report report(List<ModuleBatch.Result> results, RoleKey key) {
    int before = (int) results.stream().filter(ModuleBatch.Result::signedBefore).count();
    return new Report(
        "trustme/signed-modules/1",
        target.path().toString(),
        results.size(),
        before,
        key.fingerprint(),
        "by %s, issuer and serial".formatted(key.certificate().getSubject()));
  }
}
