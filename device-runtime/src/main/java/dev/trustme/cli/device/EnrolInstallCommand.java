// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.cli.measure.TpmOption;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Outputs;
import dev.trustme.identity.IssuedIdentity;
import dev.trustme.identity.KeyPlaces;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device enrol install}. */
@Command(
    name = "install",
    description = {
      "Keep the device's certificates, if they are for the keys in this TPM.",
      "",
      "Takes the folder that 'pki enrol complete' made. Chains and record must lead to the given"
          + " roots and name exactly this TPM's keys; exit code 1, with the reasons, if not."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  trustme device enrol install device-7c9e1b --roots customer-root.pem \\",
      "      -o /var/lib/trustme/identity"
    })
final class EnrolInstallCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "FOLDER", description = "What the enrolment authority gave.")
  private @Nullable Path folder;

  @Option(
      names = "--roots",
      paramLabel = "FILE",
      required = true,
      description = "Certificates of the device's roots (PEM or DER); repeatable.")
  private List<Path> roots = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to keep them in.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace the identity that is there.")
  private boolean force;

  @Mixin private final KeyPlacesOption places = new KeyPlacesOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Times times = new Times();
  @Mixin private final Output output = new Output();

  private record Installed(String schema, DeviceId device, Instant enrolled, String folder) {}

  private @Nullable ExitCode code;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path into = requireNonNull(target);
    Outputs.requireAbsent(into, force);
    if (Files.exists(into) && !IssuedIdentity.isIn(into)) {
      throw CommandFailure.usage(into + ": holds no identity; --force replaces only such");
    }
    var issued = IssuedIdentity.read(requireNonNull(folder));
    var anchors = TrustStore.load(roots);
    tpm.use(tss -> {
      var verdict = issued.verify(keys(tss, places.in(tss)), anchors, times.now());
      code = decide(issued, verdict, into);
    });
    return requireNonNull(code);
  }

  private static IssuedIdentity.Keys keys(TssContext tss, KeyPlaces where) throws IOException {
    try (var ak = tss.keys().persistent(where.ak());
        var identity = tss.keys().persistent(where.identity())) {
      return new IssuedIdentity.Keys(ak.key(), identity.key());
    }
  }

  private ExitCode decide(IssuedIdentity issued, Verdict<EnrolmentRecord> verdict, Path into)
      throws IOException {
    if (!(verdict instanceof Verdict.Accepted<EnrolmentRecord> accepted)) {
      return Decision.refuse(output, "identity", Optional.empty(), verdict);
    }
    issued.install(into, force);
    var record = accepted.value();
    output.result(
        new Installed("trustme/identity/1", record.device(), record.enrolled(), into.toString()),
        () -> "%s  this device is %s".formatted(into, record.device()));
    return ExitCode.ACCEPTED;
  }
}
