// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.ima.ImaDigest;
import dev.trustme.ima.ImaSignature;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TrustStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Who may sign files: certificates that count by themselves, and roots. Remembers which signatures
 * held, as a fleet's devices have the same files; what it remembers changes no answer. For any
 * number of threads.
 */
public final class FileSigners {
  /** Signatures that are remembered; a device's system has some thousands of files. */
  private static final int MAX_REMEMBERED = 1 << 17;

  private final List<FileSigner> certificates;
  private final Optional<TrustStore> roots;
  private final Set<Held> held = ConcurrentHashMap.newKeySet();

  /** A signature that held: whose, over what. */
  private record Held(Bytes key, boolean verity, Digest digest, Bytes signature) {}

  /** One certificate, with what signatures and reports call it. */
  record FileSigner(X509CertificateHolder certificate, long keyId, Bytes key, String name) {
    static FileSigner of(X509CertificateHolder certificate) {
      return new FileSigner(
          certificate,
          ImaFileSignature.keyId(certificate),
          Certificates.fingerprint(certificate).value(),
          certificate.getSubject().toString());
    }
  }

  public FileSigners(List<X509CertificateHolder> certificates, Optional<TrustStore> roots) {
    this.certificates = certificates.stream().map(FileSigner::of).toList();
    this.roots = roots;
  }

  List<FileSigner> certificates() {
    return certificates;
  }

  Optional<TrustStore> roots() {
    return roots;
  }

  /** Whether this signer's key made the signature over this digest, of its own kind. */
  boolean signed(FileSigner signer, ImaSignature signature, ImaDigest measured) {
    Optional<Digest> digest = measured.digest();
    if (digest.isEmpty()) {
      return false;
    }
    boolean verity = measured instanceof ImaDigest.VerityDigest;
    var candidate = new Held(signer.key(), verity, digest.get(), signature.encode());
    if (held.contains(candidate)) {
      return true;
    }
    boolean holds =
        verity
            ? ImaFileSignature.signsVerity(signature, digest.get(), signer.certificate())
            : ImaFileSignature.signs(signature, digest.get(), signer.certificate());
    if (holds && held.size() < MAX_REMEMBERED) {
      held.add(candidate);
    }
    return holds;
  }
}
