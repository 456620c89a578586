// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.key.Subject;
import dev.trustme.key.ToBeSigned;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One signature that is asked for.
 *
 * @param signer index of the certificate in the request
 * @param kind an {@link ArtifactKind}'s label
 * @param about what the artefact is; whoever wrote the request says so
 * @param algorithm an {@link AlgorithmLabel}
 * @param digest what is signed, for algorithms that sign a digest
 * @param message what that is the digest of, where it is small; for algorithms that sign the
 *     message itself, the message
 */
public record RequestItem(
    int signer,
    String kind,
    Optional<About> about,
    String algorithm,
    Optional<Digest> digest,
    Optional<Bytes> message) {
  /**
   * The artefact, as {@link Subject} has it.
   *
   * @param sha256 of the file as it was given to the command
   */
  public record About(String name, Digest sha256, Map<String, String> facts) {
    public About {
      facts = java.util.Collections.unmodifiableMap(new TreeMap<>(facts));
    }
  }

  public RequestItem {
    require(signer >= 0, "signer: expected 0 or more");
    require(ArtifactKind.byLabel(kind).isPresent(), "kind: unknown: " + kind);
    var by =
        AlgorithmLabel.byLabel(algorithm)
            .orElseThrow(() -> new IllegalArgumentException("algorithm: unknown: " + algorithm));
    require(
        digest.map(Digest::algorithm).equals(by.digest()),
        "digest: expected one where the algorithm signs a digest, and of its kind");
    require(digest.isPresent() || message.isPresent(), "message: expected what is to be signed");
    require(
        digest.isEmpty()
            || message.map(digest.get().algorithm()::digest).equals(digest)
            || message.isEmpty(),
        "message: does not hash to the digest");
  }

  static RequestItem of(int signer, ToBeSigned item) {
    var hash = item.by().digest();
    return new RequestItem(
        signer,
        item.kind().label(),
        item.subject().map(s -> new About(s.name(), s.sha256(), s.facts())),
        AlgorithmLabel.of(item.by()),
        hash.map(h -> new Digest(h, item.input())),
        hash.isPresent() ? item.message() : Optional.of(item.input()));
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  public ArtifactKind artifactKind() {
    return ArtifactKind.byLabel(kind).orElseThrow();
  }

  public SignatureAlgorithm by() {
    return AlgorithmLabel.byLabel(algorithm).orElseThrow();
  }

  /** What the key signs: the digest, or the message where the algorithm signs that. */
  public Bytes input() {
    return digest.map(Digest::value).or(() -> message).orElseThrow();
  }

  /** How people call it. */
  public String name() {
    return about.map(About::name).orElse(kind);
  }

  /** The artefact's digest where it is told, else that of what is signed. */
  public Digest artifact() {
    return about
        .map(About::sha256)
        .or(() -> digest)
        .orElseGet(() -> dev.trustme.bytes.HashAlgorithm.SHA256.digest(input()));
  }
}
