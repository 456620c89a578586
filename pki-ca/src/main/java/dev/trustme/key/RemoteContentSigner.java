// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;

/** One signature by a device: hashes what is written and asks the device at the end. */
final class RemoteContentSigner implements ContentSigner {
  private final RemoteKey key;
  private final SignatureAlgorithm by;
  private final AlgorithmIdentifier identifier;
  private final Optional<MessageDigest> digest;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  RemoteContentSigner(RemoteKey key, SignatureAlgorithm by, AlgorithmIdentifier identifier) {
    this.key = key;
    this.by = by;
    this.identifier = identifier;
    this.digest = by.digest().map(hash -> hash.newDigest());
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return identifier;
  }

  @Override
  public OutputStream getOutputStream() {
    return digest
        .<OutputStream>map(d -> new DigestOutputStream(OutputStream.nullOutputStream(), d))
        .orElse(message);
  }

  @Override
  public byte[] getSignature() {
    Bytes input = Bytes.copyOf(digest.map(MessageDigest::digest).orElseGet(message::toByteArray));
    return key.signDigest(by, input).toArray();
  }
}
