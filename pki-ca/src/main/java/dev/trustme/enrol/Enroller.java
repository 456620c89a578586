// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.enrol.EnrolmentAuthority.Enrolment;
import dev.trustme.enrol.RegisteredDevice.Revoked;
import dev.trustme.issue.PkiTransaction;
import dev.trustme.issue.RevocationReason;
import dev.trustme.issue.Revocations;
import dev.trustme.issue.SigningLog;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Changes of the register, each within one transaction of the PKI folder. */
public final class Enroller {
  private final PkiTransaction transaction;
  private final DeviceRegister register;

  public Enroller(PkiTransaction transaction) {
    this.transaction = transaction;
    this.register = new DeviceRegister(transaction.folder());
  }

  /**
   * Issues and registers, if the device and its TPM are still nobody else's and no later challenge
   * took the place of the answered one. Revokes what this replaces. The caller commits.
   */
  public Verdict<Enrolment> enrol(
      EnrolmentAuthority authority, ActivatedDevice activated, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var pending = activated.pending();
    var device = activated.device();
    List<Check> checks = new ArrayList<>();
    checks.add(
        register.pending(device).filter(pending::equals).isPresent()
            ? Check.pass("pending", device.toString())
            : Check.fail("pending", "the challenge that was answered", "a later one, or none"));
    checks.addAll(
        new Uniqueness(register, pending.exceptions()).check(device, activated.keys().ek()));
    if (checks.stream().anyMatch(Check::failed)) {
      return new Verdict.Rejected<>(checks);
    }
    var before = register.find(device);
    var enrolment = authority.enrol(activated, at, before.map(known -> known.current().record()));
    Optional<RegisteredDevice> replaced = Optional.empty();
    if (before.isPresent()) {
      replaced = Optional.of(revoked(before.get(), new Revoked(at, RevocationReason.SUPERSEDED)));
    }
    register(activated, enrolment, replaced, at);
    return Verdict.of(checks, () -> enrolment);
  }

  private void register(
      ActivatedDevice activated,
      Enrolment enrolment,
      Optional<RegisteredDevice> replaced,
      Instant at)
      throws IOException, FormatException {
    var pending = activated.pending();
    var registered =
        new RegisteredDevice.Enrolment(
            at,
            pending.request(),
            pending.secret(),
            pending.tpm(),
            Uniqueness.fingerprint(activated.keys().ek()),
            HashAlgorithm.SHA256.digest(enrolment.record().payload()),
            Certificates.der(enrolment.ak()),
            Certificates.der(enrolment.identity()),
            Optional.empty());
    var device = activated.device();
    register.put(
        transaction,
        replaced
            .map(r -> r.with(registered))
            .orElseGet(() -> RegisteredDevice.of(device, registered)),
        enrolment.record());
    transaction.issued(List.of(enrolment.ak(), enrolment.identity()));
    transaction.log(enrolment.events().toArray(SigningLog.Event[]::new));
  }

  /** Revokes the certificates of the device's current enrolment; the caller commits. */
  public RegisteredDevice revoke(RegisteredDevice device, RevocationReason reason, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var changed = revoked(device, new Revoked(at, reason));
    register.put(transaction, changed);
    return changed;
  }

  private RegisteredDevice revoked(RegisteredDevice device, Revoked why)
      throws IOException, FormatException, GeneralSecurityException {
    if (device.current().active()) {
      var revocations = Revocations.of(transaction.folder());
      for (X509CertificateHolder certificate : device.current().certificates()) {
        if (revocations.find(certificate).isEmpty()) {
          revocations = revocations.revoke(transaction, certificate, why.reason(), why.at());
        }
      }
    }
    return device.revoked(why);
  }
}
