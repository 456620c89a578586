// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Challenge;
import dev.trustme.attest.DeviceState;
import dev.trustme.attest.EvidenceCase;
import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.attest.FileSigners;
import dev.trustme.attest.ListFloors;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.json.Json;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole judgement of a device. Files evidence, release, policy, and the roots release-root and
 * device-root, which stand for those that the policy names; where they matter enrolment-root and
 * maker-root, enrolment (the record that the verifier was given), crl, and state (what was last
 * accepted). Beside crl there may be sub-crl, maker-crl and enrolment-crl, and floors, the numbers
 * of lists that were seen before; customer-root (of the customer that context customer names) and
 * manifest (of its container). Context at, and the challenge that was given out: nonce,
 * nonce-device, nonce-created, nonce-expires, and nonce-used, true or false.
 */
final class EvidenceFamily {
  private static final List<String> LISTS =
      List.of("crl", "sub-crl", "maker-crl", "enrolment-crl", "file-crl");

  private EvidenceFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    return Outcome.of(verdict(input));
  }

  static Verdict<VerifiedDevice> verdict(VectorInput input) throws IOException, FormatException {
    return verifier(input).verify(given(input));
  }

  static EvidenceVerifier verifier(VectorInput input) throws IOException, FormatException {
    var policy = Policy.parse(input.file("policy"));
    List<RevocationList> lists = new ArrayList<>();
    for (String role : LISTS) {
      if (input.has(role)) {
        lists.add(RevocationList.parse(input.file(role)));
      }
    }
    return new EvidenceVerifier(
        policy,
        new TrustAnchors(
            TrustStore.load(List.of(input.path("release-root"))),
            TrustStore.load(List.of(input.path("device-root"))),
            store(input, "enrolment-root"),
            store(input, "maker-root"),
            customers(input),
            TrustAnchors.revocation(policy, lists).withFloors(floors(input)),
            files(input)));
  }

  static EvidenceCase given(VectorInput input) throws IOException, FormatException {
    var evidence = Evidence.parse(input.file("evidence"));
    var release = DsseEnvelope.parse(input.file("release"));
    Optional<DsseEnvelope> enrolment =
        input.has("enrolment")
            ? Optional.of(DsseEnvelope.parse(input.file("enrolment")))
            : Optional.empty();
    Optional<DeviceState> last =
        input.has("state")
            ? Optional.of(Json.read(input.file("state"), DeviceState.class, "device state"))
            : Optional.empty();
    List<Bytes> manifests = input.has("manifest") ? List.of(input.file("manifest")) : List.of();
    var answer = answer(input, evidence.nonce());
    return new EvidenceCase(evidence, release, enrolment, manifests, answer, last, input.at());
  }

  private static Optional<FileSigners> files(VectorInput input)
      throws IOException, FormatException {
    var certificates = store(input, "file-certificate").map(TrustStore::anchors).orElse(List.of());
    var roots = store(input, "file-root");
    return certificates.isEmpty() && roots.isEmpty()
        ? Optional.empty()
        : Optional.of(new FileSigners(certificates, roots));
  }

  private static Map<Digest, BigInteger> floors(VectorInput input)
      throws IOException, FormatException {
    return input.has("floors") ? ListFloors.parse(input.file("floors")).numbers() : Map.of();
  }

  private static Map<String, TrustStore> customers(VectorInput input)
      throws IOException, FormatException {
    var roots = store(input, "customer-root");
    return roots.isEmpty() ? Map.of() : Map.of(input.context("customer"), roots.get());
  }

  private static Optional<TrustStore> store(VectorInput input, String role)
      throws IOException, FormatException {
    return input.has(role)
        ? Optional.of(TrustStore.load(List.of(input.path(role))))
        : Optional.empty();
  }

  private static NonceAnswer answer(VectorInput input, Nonce answered) {
    var challenge =
        new Challenge(
            Challenge.SCHEMA,
            new DeviceId(input.context("nonce-device")),
            Nonce.fromHex(input.context("nonce")),
            Instant.parse(input.context("nonce-created")),
            Instant.parse(input.context("nonce-expires")));
    if (!challenge.nonce().equals(answered)) {
      return new NonceAnswer.Unknown();
    }
    return Boolean.parseBoolean(input.context("nonce-used"))
        ? new NonceAnswer.AlreadyUsed(challenge)
        : new NonceAnswer.Consumed(challenge);
  }
}
