// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.enrol.ActivatedDevice;
import dev.trustme.enrol.DeviceRegister;
import dev.trustme.enrol.Enroller;
import dev.trustme.enrol.EnrolmentAnswer;
import dev.trustme.enrol.EnrolmentAuthority;
import dev.trustme.enrol.EnrolmentAuthority.Enrolment;
import dev.trustme.enrol.EnrolmentAuthority.Office;
import dev.trustme.enrol.RegisteredDevice;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.ProfilePlans;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki enrol complete}: compares the opened secret and issues the certificates. */
@Command(
    name = "complete",
    description = {
      "Issue the certificates of a device's keys, once it opened the challenge.",
      "",
      "The folder gets both keys' certificates and chains (ak.pem, ak-chain.pem, identity.pem,"
          + " identity-chain.pem, ...) and record.json, the signed record of this enrolment. Given"
          + " the same answer again, it writes the same again. Exit code 1 if the secret is another."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol complete --pki pki --request request.json --secret secret \\",
      "      -o device-7c9e1b",
      "Then, on the device: trustme device enrol install device-7c9e1b ..."
    },
    mixinStandardHelpOptions = true)
final class EnrolCompleteCommand implements Callable<ExitCode> {
  private static final String STEP = "complete";
  private static final int MAX_SECRET = 4096;

  @Mixin private EnrolFolder folder = new EnrolFolder();
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(
      names = "--request",
      paramLabel = "FILE",
      required = true,
      description = "The device's request, as it was challenged.")
  private @Nullable Path request;

  @Option(
      names = "--secret",
      paramLabel = "FILE",
      required = true,
      description = "The opened secret, as the device wrote it.")
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
    Path into = requireNonNull(target);
    EnrolOutputs.requireReplaceable(into, force);
    var pki = folder.open();
    return switch (answer(pki)) {
      case EnrolmentAnswer.Refused refused -> EnrolReport.refuse(output, STEP, refused.checks());
      case EnrolmentAnswer.Again again -> again(pki, again.device(), again.checks(), into);
      case EnrolmentAnswer.Answered answered -> first(pki, answered, into);
    };
  }

  private EnrolmentAnswer answer(PkiFolder pki) throws IOException, FormatException {
    Path requestFile = requireNonNull(request);
    Bytes requestBytes = Inputs.read(requestFile, EnrolmentRequest.MAX_BYTES);
    Bytes answer = Inputs.read(requireNonNull(secret), MAX_SECRET);
    try {
      return EnrolmentAnswer.judge(new DeviceRegister(pki), requestBytes, answer);
    } catch (FormatException e) {
      throw e.in(requestFile.toString());
    }
  }

  private ExitCode again(PkiFolder pki, RegisteredDevice device, List<Check> checks, Path into)
      throws IOException, FormatException {
    var record = new DeviceRegister(pki).record(device.device());
    if (record.isEmpty()) {
      throw new IOException(pki.path() + ": the register has no record of " + device.device());
    }
    EnrolOutputs.of(pki, device.current().certificates(), record.get()).write(into, force);
    String text =
        "%s/  written again; device %s is enrolled since %s"
            .formatted(into, device.device(), device.current().enrolled());
    EnrolReport.accept(output, STEP, device.device(), checks, text);
    return ExitCode.ACCEPTED;
  }

  private ExitCode first(PkiFolder pki, EnrolmentAnswer.Answered answered, Path into)
      throws IOException, FormatException, GeneralSecurityException {
    var device = answered.device().device();
    var verdict = enrol(pki, answered.device(), times.now());
    if (!(verdict instanceof Verdict.Accepted<Enrolment> accepted)) {
      return EnrolReport.refuse(output, STEP, verdict.checks());
    }
    var enrolment = accepted.value();
    var files =
        EnrolOutputs.of(pki, List.of(enrolment.ak(), enrolment.identity()), enrolment.record());
    files.write(into, force);
    String text =
        "%s/  device %s is enrolled until %s; on the device: trustme device enrol install %s"
            .formatted(into, device, files.ak().getNotAfter().toInstant(), into.getFileName());
    EnrolReport.accept(output, STEP, device, answered.checks(), text);
    return ExitCode.ACCEPTED;
  }

  private Verdict<Enrolment> enrol(PkiFolder pki, ActivatedDevice device, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var plan = EnrolFolder.enrolment(pki);
    var template = EnrolFolder.identityTemplate(pki);
    try (var passphrase = Passphrase.ask("Passphrase of the PKI", secrets::passphrase);
        var akKey = pki.authorityKey(plan.issuer(), passphrase);
        var identityKey = pki.authorityKey(template.issuer(), passphrase);
        var recordKey = pki.key(Role.ENROLMENT, passphrase);
        var transaction = pki.begin()) {
      var authority =
          new EnrolmentAuthority(
              new ProfilePlans(pki.profile()),
              new Office(
                  pki.authority(plan.issuer()),
                  akKey,
                  EnrolmentAuthority.attestationTemplate(plan)),
              new Office(pki.authority(template.issuer()), identityKey, template),
              new DsseSigner(recordKey, pki.chain(Role.ENROLMENT)));
      var verdict = new Enroller(transaction).enrol(authority, device, at);
      if (verdict.accepted()) {
        transaction.commit(at);
      }
      return verdict;
    }
  }
}
