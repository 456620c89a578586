// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One device for a UUID, and one UUID for an endorsement key, unless told so. */
final class Uniqueness {
  private final KnownDevices known;
  private final Exceptions exceptions;

  Uniqueness(KnownDevices known, Exceptions exceptions) {
    this.known = known;
    this.exceptions = exceptions;
  }

  List<Check> check(DeviceId device, TpmtPublic ek) throws IOException, FormatException {
    return List.of(device(device), endorsementKey(device, ek));
  }

  private Check device(DeviceId device) throws IOException, FormatException {
    var found = known.find(device);
    if (exceptions.replace()) {
      return found.isPresent()
          ? Check.pass("device-unique", "replaces the enrolment of " + since(found.get()))
          : Check.fail(
                  "device-unique", "an enrolled device to replace", device + " is not enrolled")
              .advise("enrol it with 'trustme pki enrol challenge'");
    }
    return found.isEmpty()
        ? Check.pass("device-unique", device.toString())
        : Check.fail(
                "device-unique", "a UUID that is not enrolled", "enrolled " + since(found.get()))
            .advise(
                "if it is the same device, repaired or begun anew: trustme pki enrol replace "
                    + device);
  }

  private static String since(RegisteredDevice device) {
    var current = device.current();
    return current.enrolled()
        + current.revoked().map(r -> ", revoked " + r.at() + " " + r.reason().label()).orElse("");
  }

  private Check endorsementKey(DeviceId device, TpmtPublic ek) throws IOException, FormatException {
    var key = EndorsementVerifier.spki(ek);
    if (key.isEmpty()) {
      return Check.fail("ek-unique", "an endorsement key", "no usable key");
    }
    var others =
        known.withEndorsementKey(fingerprint(ek)).stream()
            .filter(d -> !d.equals(device) && !exceptions.alsoOf().equals(Optional.of(d)))
            .toList();
    return others.isEmpty()
        ? Check.pass("ek-unique", ek.name().digest().toString())
        : Check.fail(
                "ek-unique",
                "a TPM that no other device was enrolled with",
                "that of "
                    + others.stream().map(DeviceId::toString).collect(Collectors.joining(", "))
                    + exceptions.alsoOf().map(d -> ", allowed is that of " + d).orElse(""))
            .advise("if its TPM shall have another name: --also-of " + others.getFirst());
  }

  /** SHA-256 of the key as certificates carry it; the key is one. */
  static Digest fingerprint(TpmtPublic ek) {
    try {
      var spki = EndorsementVerifier.spki(ek).orElseThrow();
      return HashAlgorithm.SHA256.digest(Bytes.copyOf(spki.getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("a key of ours encodes", e);
    }
  }
}
