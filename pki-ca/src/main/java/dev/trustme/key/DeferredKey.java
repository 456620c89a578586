// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;

/**
 * A private key that is somewhere else and cannot be asked now: only its certificate is here. Every
 * signature is left to a {@link Desk}, which writes down what is to be signed, or has the signature
 * that came back.
 */
public final class DeferredKey implements SigningKey {
  /** Who gives signatures in the key's place; asked by several threads at once. */
  @FunctionalInterface
  public interface Desk {
    /** The signature over this, or where there is none yet a {@link Placeholder}. */
    Bytes sign(ToBeSigned item);
  }

  private final SubjectPublicKeyInfo publicKey;
  private final AlgorithmIdentifier algorithm;
  private final ArtifactKind kind;
  private final Optional<Subject> subject;
  private final Desk desk;

  private DeferredKey(
      SubjectPublicKeyInfo publicKey,
      AlgorithmIdentifier algorithm,
      ArtifactKind kind,
      Optional<Subject> subject,
      Desk desk) {
    this.publicKey = publicKey;
    this.algorithm = algorithm;
    this.kind = kind;
    this.subject = subject;
    this.desk = desk;
  }

  /** The key of a certificate, to sign artefacts of this kind; empty where it has no scheme. */
  public static Optional<DeferredKey> of(
      SubjectPublicKeyInfo certified, ArtifactKind kind, Desk desk) {
    return KeyType.of(certified)
        .flatMap(type -> SignatureScheme.of(certified))
        .map(scheme -> new DeferredKey(certified, scheme, kind, Optional.empty(), desk));
  }

  @Override
  public SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return algorithm;
  }

  @Override
  public ContentSigner contentSigner(AlgorithmIdentifier by) {
    return new DeferredContentSigner(this, KeyContentSigner.require(by, publicKey), by);
  }

  @Override
  public Bytes signDigest(SignatureAlgorithm by, Bytes input) {
    return sign(by, input, Optional.empty());
  }

  Bytes sign(SignatureAlgorithm by, Bytes input, Optional<Bytes> message) {
    return desk.sign(new ToBeSigned(kind, subject, by, input, message));
  }

  /** How much of a message is kept beside its digest, in bytes. */
  int keeps() {
    return ToBeSigned.travels(kind);
  }

  @Override
  public SigningKey about(Subject about) {
    return new DeferredKey(publicKey, algorithm, about.kind(), Optional.of(about), desk);
  }

  /** There is nothing to let go of. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "SigningKey[" + KeyType.of(publicKey).map(KeyType::label).orElse("unknown") + " afar]";
  }
}
