// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.release.VerifiedRelease;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The containers that may run: those that the release ships for the policy's PCR, and those of
 * customers whose manifests were given, each in its own scope.
 *
 * @param refused why a given manifest counts for nothing, by the digest of its payload
 */
record KnownContainers(List<KnownContainer> all, Map<String, String> refused) {
  KnownContainers {
    all = List.copyOf(all);
    refused = Map.copyOf(refused);
  }

  static KnownContainers of(
      Policy policy, TrustAnchors anchors, EvidenceCase given, Optional<VerifiedRelease> release)
      throws FormatException {
    List<KnownContainer> known = new ArrayList<>();
    Map<String, String> refused = new TreeMap<>();
    var rule = policy.require().containers();
    if (rule.isPresent()) {
      release.stream()
          .flatMap(r -> r.manifest().containers().stream())
          .filter(c -> c.pcr() == rule.get().pcr())
          .forEach(c -> known.add(KnownContainer.of(c)));
      for (Bytes manifest : given.manifests()) {
        customer(anchors, given, manifest, known, refused);
      }
    }
    return new KnownContainers(known, refused);
  }

  private static void customer(
      TrustAnchors anchors,
      EvidenceCase given,
      Bytes manifest,
      List<KnownContainer> known,
      Map<String, String> refused)
      throws FormatException {
    Bytes payload = DsseEnvelope.parse(manifest).payload();
    String reason = "the policy trusts no customer";
    for (var customer : anchors.customers().entrySet()) {
      var scope =
          PathPolicy.of(Role.CONTAINER).ofCustomer(customer.getKey()).with(anchors.revocation());
      var verdict =
          SignedContainerManifest.verify(
              manifest, customer.getValue(), scope, given.at(), given.at());
      var trusted = EvidenceVerifier.value(verdict);
      if (trusted.isPresent()) {
        known.add(KnownContainer.of(trusted.get().manifest()));
        return;
      }
      reason = verdict.failures().stream().findFirst().map(Check::id).orElse("no check ran");
    }
    refused.put(HashAlgorithm.SHA256.digest(payload).toString(), reason);
  }

  /** Why the container with this manifest is not known, as far as it can be told. */
  String refusal(Digest manifest) {
    String reason = refused.get(manifest.toString());
    return reason == null ? "" : ", whose given manifest is not trusted (%s)".formatted(reason);
  }
}
