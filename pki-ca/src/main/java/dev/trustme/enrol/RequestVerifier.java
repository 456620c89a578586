// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a request may be challenged: the endorsement key is one that a trusted maker certified,
 * the attestation key is of a form that, once it proves to live beside it, can only sign what its
 * TPM made, it has vouched for the identity key and the firmware's log, and neither the UUID nor
 * the TPM is another device's. All checks run, in this order.
 */
public final class RequestVerifier {
  private final EndorsementVerifier endorsement;
  private final Set<KeyType> identityKeys;
  private final KnownDevices known;
  private final Exceptions exceptions;

  /**
   * Of requests at one moment.
   *
   * @param identityKeys what the profile certifies
   */
  public RequestVerifier(
      TpmMakers makers,
      Collection<KeyType> identityKeys,
      KnownDevices known,
      Exceptions exceptions) {
    this.endorsement = new EndorsementVerifier(makers);
    this.identityKeys = Set.copyOf(identityKeys);
    this.known = known;
    this.exceptions = exceptions;
  }

  public Verdict<VerifiedRequest> verify(EnrolmentRequest request)
      throws IOException, FormatException {
    var keys = ClaimedKeys.read(request);
    var statements = new StatementVerifier(keys);
    List<Check> checks = new ArrayList<>(endorsement.verify(keys));
    checks.addAll(SigningKeyRules.ATTESTATION.check(keys.ak()));
    checks.addAll(new IdentityVerifier(keys, statements).verify());
    checks.add(identityType(keys));
    var firmware =
        new FirmwareVerifier(statements, !exceptions.withoutFirmware()).verify(request.firmware());
    checks.addAll(firmware.checks());
    checks.addAll(new Uniqueness(known, exceptions).check(request.device(), keys.ek()));
    return Verdict.of(
        checks,
        () ->
            new VerifiedRequest(
                keys,
                new EndorsementCertificate(keys.certificate()).tpm().orElseThrow(),
                firmware.events(),
                exceptions));
  }

  private Check identityType(ClaimedKeys keys) {
    var type = EndorsementVerifier.spki(keys.identity()).flatMap(KeyType::of);
    String seen = type.map(KeyType::label).orElse("another kind of key");
    return type.filter(identityKeys::contains).isPresent()
        ? Check.pass("identity-type", seen)
        : Check.fail(
            "identity-type",
            "one of "
                + identityKeys.stream()
                    .sorted()
                    .map(KeyType::label)
                    .collect(Collectors.joining(", ")),
            seen);
  }
}
