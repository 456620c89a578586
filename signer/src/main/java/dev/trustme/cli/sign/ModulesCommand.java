// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.ModuleBatch;
import dev.trustme.sign.ModuleOutput;
import dev.trustme.sign.ModuleTree;
import dev.trustme.sign.ModuleWork;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign modules}: files and trees of kernel modules. */
@Command(
    name = "modules",
    description = {
      "Sign kernel modules as the kernel's sign-file does, byte for byte.",
      "",
      "Files and folders are taken; .ko, .ko.gz, .ko.xz and .ko.zst keep their form (signed, then"
          + " compressed). What this key signed already is left alone, and so is what another key"
          + " signed, unless --replace is given. Every new signature is verified as the kernel does."
          + " If one module cannot be signed, none is written.",
      "",
      "Keys are RSA, EC or ML-DSA. ML-DSA signs the module itself, without attributes, as RFC 9882"
          + " has it; no kernel has judged that here. 'trustme sign signature' takes single"
          + " signatures out and puts them in."
    },
    footer = {
      "",
      "Examples, the first with the key that firmware's db holds:",
      "  trustme sign modules /lib/modules/6.12/kernel --pki pki --role boot -o modules-signed",
      "  trustme sign modules rootfs/lib/modules --pki pki --in-place --replace",
      "  trustme sign modules dummy.ko.xz --strip -o unsigned"
    },
    mixinStandardHelpOptions = true)
final class ModulesCommand implements Callable<ExitCode> {
  /** Made and verified. */
  private static final int SIGNATURES_EACH = 2;

  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private ModulePlace place = new ModulePlace();

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Modules, or folders with modules below them.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "--strip", description = "Take signatures off instead; needs no key.")
  private boolean strip;

  @Option(names = "--replace", description = "Sign anew what another key signed.")
  private boolean replace;

  @Option(
      names = "--key-id",
      description =
          "Name the signer by its subject key identifier, not by issuer and serial number"
              + " (sign-file -k).")
  private boolean keyId;

  @Option(
      names = "--hash",
      paramLabel = "NAME",
      description = "sha256 (default), sha384 or sha512; for RSA keys, others have their own.")
  private Optional<String> hash = Optional.empty();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many modules at once; by default as many as there are processors.")
  private Optional<Integer> jobs = Optional.empty();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    place.require();
    if (jobs.isPresent() && (jobs.get() < 1 || jobs.get() > 256)) {
      throw CommandFailure.usage("--jobs: 1 to 256");
    }
    var tree = ModuleTree.of(paths);
    return strip ? strip(tree) : sign(tree);
  }

  private ExitCode sign(ModuleTree tree)
      throws IOException, FormatException, GeneralSecurityException {
    Acceleration.expect(tree.items().size() * SIGNATURES_EACH, 0);
    try (var key = pki.open(ArtifactKind.KERNEL_MODULE);
        var target = place.open()) {
      var signer = signer(key);
      var work = new ModuleWork.Sign(signer, replace, !pki.rehearsing());
      var outcome = run(tree, work, target);
      if (outcome.failures().isEmpty()) {
        pki.finish(events(outcome, key), target.pending());
      }
      return report(outcome, Optional.of(signer));
    }
  }

  private ExitCode strip(ModuleTree tree)
      throws IOException, FormatException, GeneralSecurityException {
    if (replace || keyId || hash.isPresent()) {
      throw CommandFailure.usage("--strip signs nothing: leave --replace, --key-id and --hash out");
    }
    try (var target = place.open()) {
      var outcome = run(tree, new ModuleWork.Strip(), target);
      if (outcome.failures().isEmpty()) {
        pki.finish(List.of(), target.pending());
      }
      return report(outcome, Optional.empty());
    }
  }

  private ModuleBatch.Outcome run(ModuleTree tree, ModuleWork work, ModuleOutput target)
      throws IOException, FormatException, GeneralSecurityException {
    int workers = jobs.orElse(Runtime.getRuntime().availableProcessors());
    int count = tree.items().size();
    var outcome =
        new ModuleBatch(work, target, workers)
            .run(tree, done -> output.progress(strip ? "stripping" : "signing", done, count));
    if (count == 1 && !outcome.failures().isEmpty()) {
      throw rethrown(outcome.failures().getFirst().cause());
    }
    return outcome;
  }

  /** One module that cannot be done is told as any other input is. */
  private static RuntimeException rethrown(Exception cause)
      throws IOException, FormatException, GeneralSecurityException {
    return switch (cause) {
      case IOException io -> throw io;
      case FormatException malformed -> throw malformed;
      case GeneralSecurityException refused -> throw refused;
      default -> new IllegalStateException(cause);
    };
  }

  private Pkcs7Signer signer(RoleKey key) {
    if (!Pkcs7Signer.takes(key)) {
      throw CommandFailure.rejected(
          "the key of %s is one that the kernel verifies no modules with: use RSA, EC or ML-DSA"
              .formatted(key.certificate().getSubject()));
    }
    var signer = new Pkcs7Signer(key);
    if (keyId) {
      signer =
          signer.byKeyId(
              Certificates.keyIdentifier(key.certificate())
                  .orElseThrow(() ->
                      CommandFailure.rejected(
                          "--key-id: the certificate has no subject key identifier")));
    }
    return hash.isPresent() ? withHash(signer, hash.get()) : signer;
  }

  private static Pkcs7Signer withHash(Pkcs7Signer signer, String name) {
    try {
      return signer.with(SignatureHash.of(name));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--hash: " + e.getMessage());
    }
  }

  private static List<SigningLog.Event> events(ModuleBatch.Outcome outcome, RoleKey key) {
    return outcome.results().stream()
        .filter(result -> result.kind().signed())
        .map(result ->
            SigningLog.Event.signed(
                "sign-module", result.name(), key.certificate(), result.sha256()))
        .toList();
  }

  private ExitCode report(ModuleBatch.Outcome outcome, Optional<Pkcs7Signer> signer) {
    var report =
        ModulesReport.of(
            place.label(),
            outcome,
            signer.map(s -> s.signer().fingerprint()),
            signer.map(s ->
                "by %s, %s".formatted(s.signer().certificate().getSubject(), s.description())));
    output.result(report, () -> pki.rehearsing() ? "to be done: " + report.text() : report.text());
    return ModulesReport.exitCode(outcome.failures());
  }
}
