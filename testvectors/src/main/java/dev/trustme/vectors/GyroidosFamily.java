// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.attest.DeviceState;
import dev.trustme.attest.GyroidosMemory;
import dev.trustme.attest.GyroidosPolicy;
import dev.trustme.attest.GyroidosVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.GyroidosResponse;
import dev.trustme.evidence.Nonce;
import dev.trustme.json.Json;
import dev.trustme.trust.Revocation;
import java.io.IOException;
import java.util.Optional;

/**
 * Whether a GyroidOS device's answer is taken. Files response, policy and roots, which stand for
 * those that the policy names, and state, what was last accepted of the device; context at and
 * nonce. The reason of a rejection is the first failed check's id, where it looked, what it saw and
 * what it expected.
 */
final class GyroidosFamily {
  private GyroidosFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var policy = GyroidosPolicy.parse(input.file("policy"));
    var verdict =
        new GyroidosVerifier(policy, input.roots(), Revocation.OFF, input.at())
            .verify(
                GyroidosResponse.parse(input.file("response")),
                Nonce.fromHex(input.context("nonce")),
                memory(input));
    return verdict.failures().stream()
        .findFirst()
        .map(check -> new Outcome(Expectation.reject, AttackFamily.reason(check)))
        .orElseGet(() -> Outcome.of(verdict));
  }

  private static GyroidosMemory memory(VectorInput input) throws IOException, FormatException {
    return input.has("state")
        ? new GyroidosMemory.Kept(
            Optional.of(Json.read(input.file("state"), DeviceState.class, "device state")))
        : new GyroidosMemory.None();
  }
}
