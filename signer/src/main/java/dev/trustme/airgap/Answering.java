// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Signs what a request asks for, certificate by certificate. */
public final class Answering {
  /** What is signed once, however many artefacts have it. */
  private record Input(int signer, String algorithm, Bytes input) {}

  private final SigningRequest request;
  private final Set<Digest> certificates = new LinkedHashSet<>();
  private final Map<Integer, Bytes> signatures = new TreeMap<>();
  private final Map<Input, Bytes> made = new HashMap<>();

  public Answering(SigningRequest request) {
    this.request = request;
  }

  /** Indices of the items of this kind that are asked of this certificate. */
  public List<Integer> items(ArtifactKind kind, Digest certificate) {
    List<Integer> mine = new ArrayList<>();
    for (int i = 0; i < request.items().size(); i++) {
      var item = request.items().get(i);
      boolean asked = request.signers().get(item.signer()).fingerprint().equals(certificate);
      if (asked && item.artifactKind() == kind) {
        mine.add(i);
      }
    }
    return mine;
  }

  /** Signs all items of this kind that are asked of this key; returns them. */
  public List<RequestItem> sign(ArtifactKind kind, RoleKey key) {
    List<RequestItem> signed = new ArrayList<>();
    for (int i : items(kind, key.fingerprint())) {
      var item = request.items().get(i);
      var input = new Input(item.signer(), item.algorithm(), item.input());
      signatures.put(
          i, made.computeIfAbsent(input, in -> key.key().signDigest(item.by(), in.input())));
      certificates.add(key.fingerprint());
      signed.add(item);
    }
    return signed;
  }

  /** What was signed, bound to the request; nothing is an IllegalArgumentException. */
  public SigningAnswer answer(Digest requestDigest, Instant created) {
    return new SigningAnswer(
        SigningAnswer.SCHEMA,
        requestDigest,
        created,
        List.copyOf(certificates),
        signatures.entrySet().stream()
            .map(e -> new SigningAnswer.Signed(e.getKey(), e.getValue()))
            .toList());
  }
}
