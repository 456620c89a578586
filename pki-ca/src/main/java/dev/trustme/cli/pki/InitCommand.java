// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.audit.Checkpoints;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.issue.NewPki;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki init}: a whole PKI folder from a profile, or nothing. */
@Command(
    name = "init",
    description = {
      "Make a PKI folder from a profile: all keys, certificates and the Secure Boot set.",
      "",
      "The profile says which authorities and role keys there are; 'trustme pki profile show' lists"
          + " those that come with the program. Private keys are encrypted under one passphrase (PKCS#8, PBES2)."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki init --profile device -o pki",
      "",
      "Keep the head of the signing log, which the command prints, somewhere else, such as on paper"
          + " or in the release notes: it proves later that the log was not cut. Where the profile"
          + " has the role log, checkpoints/000001.json is the same, signed: keep a copy of that."
    },
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();
  @Mixin private HeldKeyOptions held = new HeldKeyOptions();
  @Mixin private LintOptions lint = new LintOptions();

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      defaultValue = "device",
      description =
          "A shipped profile (device, gyroidos, ci, post-quantum) or a YAML file. Default:"
              + " ${DEFAULT-VALUE}.")
  private String profile = "device";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to make; it must not exist.")
  private @Nullable Path folder;

  @Option(names = "--force", description = "Replace an existing folder, with all its keys.")
  private boolean force;

  @Option(
      names = "--plaintext-keys",
      description = "Do not encrypt the private keys (for build machines that cannot ask).")
  private boolean plaintextKeys;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    long started = System.nanoTime();
    Path target = requireNonNull(folder);
    Outputs.requireAbsent(target, force);
    requireReplaceable(target);
    var source = ProfileSource.of(profile);
    var acceptance = lint.acceptance();
    Instant at = times.now();
    try (var staged = Outputs.stageFolder(target, force);
        var passphrase = passphrase();
        var pki =
            NewPki.create(source.profile(), at, held.make(source.profile(), secrets), acceptance)) {
      pki.write(staged.path(), source.text(), protection(passphrase));
      checkpoint(pki, staged.path(), at);
      staged.commit();
    }
    var report = PkiReport.of(PkiFolder.open(target), at);
    double seconds = (System.nanoTime() - started) / 1e9;
    output.result(report, () -> report.text(seconds));
    return ExitCode.ACCEPTED;
  }

  /** The first one, where the profile has a key for it; the log holds nothing else yet. */
  private static void checkpoint(NewPki pki, Path folder, Instant at)
      throws IOException, FormatException {
    var signer = pki.signer(Role.LOG);
    if (signer.isPresent()
        && !Checkpoints.add(PkiFolder.open(folder), signer.get(), at).accepted()) {
      throw new IllegalStateException("a new log is intact");
    }
  }

  /** --force replaces a PKI folder, never something else of that name. */
  private static void requireReplaceable(Path target) throws IOException {
    if (Files.exists(target) && !Files.exists(target.resolve("pki.json"))) {
      throw CommandFailure.usage(target + ": is no PKI folder; --force replaces only such");
    }
  }

  private Passphrase passphrase() throws IOException {
    if (plaintextKeys) {
      output.warn("private keys are written unencrypted");
      return Passphrase.of(new char[0]);
    }
    char[] value = secrets.newPassphrase("Passphrase for the keys");
    return Passphrase.of(value);
  }

  private KeyProtection protection(Passphrase passphrase) {
    return plaintextKeys ? KeyProtection.plaintext() : KeyProtection.encrypted(passphrase);
  }
}
