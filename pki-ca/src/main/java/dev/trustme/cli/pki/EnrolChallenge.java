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
import dev.trustme.enrol.DeviceRegister;
import dev.trustme.enrol.EnrolmentChallenge;
import dev.trustme.enrol.Exceptions;
import dev.trustme.enrol.RequestVerifier;
import dev.trustme.enrol.TpmMakers;
import dev.trustme.enrol.VerifiedRequest;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Revocation.Mode;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What 'challenge' and 'replace' have in common: a request is judged and answered. */
final class EnrolChallenge {
  @Mixin private EnrolFolder folder = new EnrolFolder();
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Option(
      names = "--request",
      paramLabel = "FILE",
      required = true,
      description = "The device's request.")
  private @Nullable Path request;

  @Option(
      names = "--ek-roots",
      paramLabel = "FILE",
      required = true,
      description = "Certificates of TPM makers (PEM or DER); may be given more than once.")
  private List<Path> roots = List.of();

  @Option(
      names = "--ek-crl",
      paramLabel = "FILE",
      description = "Revocation lists of TPM makers (PEM or DER); may be given more than once.")
  private List<Path> lists = List.of();

  @Option(
      names = "--require-ek-crl",
      description = "Refuse an endorsement certificate that no list speaks of.")
  private boolean listsRequired;

  @Option(
      names = "--also-of",
      paramLabel = "UUID",
      description = "Its TPM may be the one that this device was enrolled with.")
  private @Nullable String alsoOf;

  @Option(
      names = "--without-firmware",
      description = "Take a request that does not show what the firmware measured.")
  private boolean withoutFirmware;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The credential to write, for the device.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Option(names = "--dry-run", description = "Judge the request only; nothing is written.")
  private boolean dryRun;

  /** {@code replaced} is the enrolled device that the request must be of. */
  ExitCode run(Optional<DeviceId> replaced)
      throws IOException, FormatException, GeneralSecurityException {
    Path blobFile = requireNonNull(target);
    if (!dryRun) {
      Outputs.requireAbsent(blobFile, force);
    }
    var pki = folder.open();
    Path file = requireNonNull(request);
    Bytes bytes = Inputs.read(file, EnrolmentRequest.MAX_BYTES);
    var at = times.now();
    var verdict = verdict(pki, file, bytes, replaced, at);
    if (!(verdict instanceof Verdict.Accepted<VerifiedRequest> accepted)) {
      return EnrolReport.refuse(output, "challenge", verdict.checks());
    }
    var verified = accepted.value();
    if (!dryRun) {
      write(pki, EnrolmentChallenge.make(verified, bytes, at), blobFile);
    }
    EnrolReport.accept(
        output,
        "challenge",
        verified.device(),
        verdict.checks(),
        (dryRun
            ? "%s  would be challenged (%s %s); nothing was written"
                .formatted(verified.device(), verified.tpm().manufacturer(), verified.tpm().model())
            : "%s  opens in this TPM only (%s %s); on the device: trustme device enrol activate -i %s"
                .formatted(
                    blobFile,
                    verified.tpm().manufacturer(),
                    verified.tpm().model(),
                    blobFile.getFileName())));
    return ExitCode.ACCEPTED;
  }

  private Verdict<VerifiedRequest> verdict(
      PkiFolder pki, Path file, Bytes bytes, Optional<DeviceId> replaced, Instant at)
      throws IOException, FormatException {
    try {
      var asked = EnrolmentRequest.parse(bytes);
      if (replaced.filter(d -> !d.equals(asked.device())).isPresent()) {
        throw CommandFailure.usage(
            "%s: asks for %s, not for %s".formatted(file, asked.device(), replaced.get()));
      }
      return new RequestVerifier(
              new TpmMakers(TrustStore.load(roots), revocation(), at),
              EnrolFolder.identityTemplate(pki).key(),
              new DeviceRegister(pki),
              new Exceptions(
                  replaced.isPresent(),
                  Optional.ofNullable(alsoOf).map(EnrolFolder::device),
                  withoutFirmware))
          .verify(asked);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private Revocation revocation() throws IOException, FormatException {
    List<RevocationList> parsed = new ArrayList<>();
    for (Path file : lists) {
      try {
        parsed.add(RevocationList.parse(Inputs.read(file)));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
    return parsed.isEmpty() && !listsRequired
        ? Revocation.OFF
        : Revocation.of(listsRequired ? Mode.REQUIRED : Mode.IF_PRESENT, parsed, List.of());
  }

  /** The secret is remembered before anybody can have it. */
  private void write(PkiFolder pki, EnrolmentChallenge challenge, Path blobFile)
      throws IOException, FormatException {
    try (var credential = Outputs.stage(blobFile, Outputs.SHARED, force);
        var transaction = pki.begin()) {
      credential.write(challenge.blob().encode().buffer());
      new DeviceRegister(transaction.folder()).remember(transaction, challenge.pending());
      transaction.commit(challenge.pending().created());
      credential.commit();
    }
  }
}
