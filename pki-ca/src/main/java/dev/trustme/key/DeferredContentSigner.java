// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;

/** One signature that is left to a desk: hashes what is written, and keeps it while it is small. */
final class DeferredContentSigner implements ContentSigner {
  private final DeferredKey key;
  private final SignatureAlgorithm by;
  private final AlgorithmIdentifier identifier;
  private final Optional<MessageDigest> digest;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean whole = true;

  DeferredContentSigner(DeferredKey key, SignatureAlgorithm by, AlgorithmIdentifier identifier) {
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
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] part, int from, int count) {
        digest.ifPresent(d -> d.update(part, from, count));
        whole = whole && (digest.isEmpty() || count <= key.keeps() - kept.size());
        if (whole) {
          kept.write(part, from, count);
        }
      }
    };
  }

  @Override
  public byte[] getSignature() {
    Bytes message = Bytes.copyOf(kept.toByteArray());
    if (digest.isEmpty()) {
      return key.sign(by, message, Optional.empty()).toArray();
    }
    Optional<Bytes> beside = whole ? Optional.of(message) : Optional.empty();
    return key.sign(by, Bytes.copyOf(digest.get().digest()), beside).toArray();
  }
}
