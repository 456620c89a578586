// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.enrol.Exceptions;
import dev.trustme.enrol.KnownDevices;
import dev.trustme.enrol.RegisteredDevice;
import dev.trustme.enrol.RequestVerifier;
import dev.trustme.enrol.TpmMakers;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Check;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a device may be challenged. Files request and roots (of TPM makers); file registered: the
 * one device that is enrolled already; file lists: what the maker revoked, and then it must be
 * known. Context at, identity-keys (types that are certified), and what is allowed beyond the
 * rules: replace, also-of, without-firmware. The reason of a rejection is the check's id and where
 * it looked, or else what it saw.
 */
final class EnrolFamily {
  private EnrolFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    Map<String, String> context = input.vector().context();
    var exceptions =
        new Exceptions(
            Boolean.parseBoolean(context.getOrDefault("replace", "false")),
            Optional.ofNullable(context.get("also-of")).map(DeviceId::new),
            Boolean.parseBoolean(context.getOrDefault("without-firmware", "false")));
    List<KeyType> types =
        Arrays.stream(input.context("identity-keys").split(",", -1)).map(KeyType::byLabel).toList();
    var makers = new TpmMakers(input.roots(), revocation(input), input.at());
    var verdict =
        new RequestVerifier(makers, types, known(input), exceptions)
            .verify(EnrolmentRequest.parse(input.file("request")));
    return verdict.failures().stream()
        .findFirst()
        .map(check -> new Outcome(Expectation.reject, reason(check)))
        .orElseGet(() -> Outcome.of(verdict));
  }

  private static String reason(Check check) {
    return check.id() + (check.where().isEmpty() ? " " + check.seen() : " at " + check.where());
  }

  private static Revocation revocation(VectorInput input) throws IOException, FormatException {
    return input.has("lists")
        ? Revocation.of(
            Revocation.Mode.REQUIRED, List.of(RevocationList.parse(input.file("lists"))), List.of())
        : Revocation.OFF;
  }

  private static KnownDevices known(VectorInput input) throws IOException, FormatException {
    return new Register(
        input.has("registered")
            ? List.of(RegisteredDevice.parse(input.file("registered")))
            : List.of());
  }

  private record Register(List<RegisteredDevice> devices) implements KnownDevices {
    @Override
    public Optional<RegisteredDevice> find(DeviceId device) {
      return devices.stream().filter(d -> d.device().equals(device)).findFirst();
    }

    @Override
    public List<DeviceId> withEndorsementKey(Digest ek) {
      return devices.stream()
          .filter(d -> d.enrolments().stream().anyMatch(e -> e.ek().equals(ek)))
          .map(RegisteredDevice::device)
          .toList();
    }
  }
}
