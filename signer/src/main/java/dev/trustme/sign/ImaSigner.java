// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.KernelHash;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;

/** Makes IMA's signatures of files; see {@link ImaFileSignature}. Same key and file, same bytes. */
public final class ImaSigner {
  private final RoleKey signer;
  private final HashAlgorithm hash;

  /** The hash is SHA-256, SHA-384 or SHA-512; the kernel verifies RSA and EC keys. */
  public ImaSigner(RoleKey signer, HashAlgorithm hash) {
    this.signer = signer;
    this.hash = hash;
    SignatureAlgorithm unused = algorithm(hash);
  }

  /** Whether the kernel verifies files by such a key: RSA (PKCS#1 v1.5) and EC. */
  public static boolean takes(RoleKey key) {
    return SignatureScheme.digest(key.key().publicKey()).isPresent();
  }

  private SignatureAlgorithm algorithm(HashAlgorithm with) {
    return ImaFileSignature.algorithm(signer.key().publicKey(), with)
        .orElseThrow(
            () -> new IllegalArgumentException("IMA verifies RSA and EC keys with SHA-2 only"));
  }

  /** Version 2, over the file's hash. */
  public ImaSignature file(Bytes content) {
    return ImaSignature.ofFile(KernelHash.of(hash), keyId(), signer.sign(content, algorithm(hash)));
  }

  /** Version 3, over the fs-verity digest, hashed with that digest's own algorithm. */
  public ImaSignature verity(Digest digest) {
    var id = ImaFileSignature.fileId(digest);
    return ImaSignature.ofVerity(
        KernelHash.of(digest.algorithm()), keyId(), signer.sign(id, algorithm(digest.algorithm())));
  }

  private long keyId() {
    return ImaFileSignature.keyId(signer.certificate());
  }
}
