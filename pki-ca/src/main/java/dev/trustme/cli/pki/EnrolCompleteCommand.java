// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.enrol.ActivatedKey;
import dev.trustme.enrol.EnrolmentAuthority;
import dev.trustme.enrol.EnrolmentAuthority.Enrolment;
import dev.trustme.enrol.PendingEnrolment;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.Issuer;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Passphrase;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki enrol complete}: compares the opened secret and issues the key's certificate. */
@Command(
    name = "complete",
    description = {
      "Issue the attestation key's certificate, once the device opened the challenge.",
      "",
      "The folder gets ak.pem, ak-chain.pem, ak.der and issuer.der for the device, and record.json,"
          + " the signed record of this enrolment. Exit code 1 if the secret is another."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol complete --pki pki --request request.json --pending pending.json \\",
      "      --secret secret -o device-7c9e1b"
    },
    mixinStandardHelpOptions = true)
final class EnrolCompleteCommand implements Callable<ExitCode> {
  private static final String RECORD = "record.json";
  private static final int MAX_SECRET = 4096;

  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Option(
      names = "--request",
      paramLabel = "FILE",
      required = true,
      description = "The device's request, as it was challenged.")
  private @Nullable Path request;

  @Option(
      names = "--pending",
      paramLabel = "FILE",
      required = true,
      description = "What 'challenge' remembered.")
  private @Nullable Path pending;

  @Option(
      names = "--secret",
      paramLabel = "FILE",
      required = true,
      description = "The opened secret, as tpm2_activatecredential -o wrote it.")
  private @Nullable Path secret;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to make.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing folder.")
  private boolean force;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path folder = requireNonNull(target);
    Outputs.requireAbsent(folder, force);
    if (Files.exists(folder) && !Files.exists(folder.resolve(RECORD))) {
      throw CommandFailure.usage(folder + ": holds no enrolment; --force replaces only such");
    }
    var pkiFolder = PkiFolder.open(requireNonNull(pki));
    var verdict = answer();
    if (!(verdict instanceof Verdict.Accepted<ActivatedKey> accepted)) {
      return EnrolReport.refuse(output, "complete", verdict.checks());
    }
    Instant at = times.now();
    var plan = plan(pkiFolder);
    String authority = plan.issuer();
    var enrolment = enrol(pkiFolder, plan, accepted.value(), at);
    try (var staged = Outputs.stageFolder(folder, force)) {
      write(staged.path(), enrolment, pkiFolder.authority(authority));
      pkiFolder.log().append(at, List.of(event(enrolment)));
      staged.commit();
    }
    EnrolReport.accept(
        output,
        "complete",
        accepted.value().device(),
        verdict.checks(),
        "%s/  device %s is enrolled until %s; give it ak.der and issuer.der"
            .formatted(
                folder,
                accepted.value().device(),
                enrolment.certificate().getNotAfter().toInstant()));
    return ExitCode.ACCEPTED;
  }

  private Verdict<ActivatedKey> answer() throws IOException, FormatException {
    Path requestFile = requireNonNull(request);
    Path pendingFile = requireNonNull(pending);
    Bytes requestBytes = Inputs.read(requestFile, EnrolChallengeCommand.MAX_BYTES);
    Bytes pendingBytes = Inputs.read(pendingFile, EnrolChallengeCommand.MAX_BYTES);
    Bytes answer = Inputs.read(requireNonNull(secret), MAX_SECRET);
    PendingEnrolment remembered;
    try {
      remembered = PendingEnrolment.parse(pendingBytes);
    } catch (FormatException e) {
      throw e.in(pendingFile.toString());
    }
    try {
      return remembered.answer(requestBytes, answer);
    } catch (FormatException e) {
      throw e.in(requestFile.toString());
    }
  }

  private static Profile.Enrolment plan(PkiFolder folder) throws IOException, FormatException {
    return folder
        .profile()
        .enrolment()
        .orElseThrow(
            () -> CommandFailure.usage(folder.path() + ": its profile has no enrolment authority"));
  }

  private Enrolment enrol(PkiFolder pkiFolder, Profile.Enrolment plan, ActivatedKey key, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    try (var passphrase = Passphrase.ask("Passphrase of the PKI", secrets::passphrase);
        var issuerKey = pkiFolder.authorityKey(plan.issuer(), passphrase);
        var recordKey = pkiFolder.key(Role.ENROLMENT, passphrase)) {
      return new EnrolmentAuthority(
              Issuer.of(pkiFolder.authority(plan.issuer()), issuerKey),
              plan.years(),
              new DsseSigner(recordKey, pkiFolder.chain(Role.ENROLMENT)))
          .enrol(key, at);
    }
  }

  private static void write(Path folder, Enrolment enrolment, X509CertificateHolder issuer)
      throws IOException {
    var leaf = enrolment.certificate();
    Files.writeString(folder.resolve("ak.pem"), Certificates.pem(List.of(leaf)));
    Files.writeString(folder.resolve("ak-chain.pem"), Certificates.pem(List.of(leaf, issuer)));
    Files.write(folder.resolve("ak.der"), Certificates.der(leaf).toArray());
    Files.write(folder.resolve("issuer.der"), Certificates.der(issuer).toArray());
    Files.write(folder.resolve(RECORD), enrolment.record().encode().toArray());
  }

  private static Event event(Enrolment enrolment) {
    var certificate = enrolment.certificate();
    return new Event(
        "enrol",
        certificate.getSubject().toString(),
        Certificates.fingerprint(certificate),
        Optional.empty());
  }
}
