// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import java.util.Optional;

/**
 * One signature that is wanted.
 *
 * @param input the algorithm's digest, or the message where it signs that
 * @param message what was hashed, where it is small enough to look at
 */
public record ToBeSigned(
    ArtifactKind kind,
    Optional<Subject> subject,
    SignatureAlgorithm by,
    Bytes input,
    Optional<Bytes> message) {
  private static final int SMALL = 1 << 20;

  public ToBeSigned {
    requireSize(by, input);
    boolean hashed =
        by.digest().isPresent()
            && message.map(m -> !by.digest().get().digest(m).value().equals(input)).orElse(false);
    if (hashed) {
      throw new IllegalArgumentException("the message does not hash to the digest");
    }
    if (by.digest().isEmpty() && message.isPresent()) {
      throw new IllegalArgumentException("the algorithm signs the message: it is the input");
    }
  }

  /** A digest of another size than the algorithm's is an IllegalArgumentException. */
  static void requireSize(SignatureAlgorithm by, Bytes input) {
    by.digest()
        .filter(hash -> hash.size() != input.size())
        .ifPresent(hash -> {
          throw new IllegalArgumentException(
              "expected a %s digest of %d bytes, found %d"
                  .formatted(hash.label(), hash.size(), input.size()));
        });
  }

  /**
   * How long a message may be, in bytes, to go beside its digest: none for kinds whose message is
   * the artefact itself, which its own digest names.
   */
  static int travels(ArtifactKind kind) {
    return switch (kind) {
      case KERNEL_MODULE, FIRMWARE_FILE -> 0;
      case EFI_PROGRAM,
          LAYER,
          CONTAINER_MANIFEST,
          GUEST_CONFIGURATION,
          RELEASE_MANIFEST,
          ENROLMENT_RECORD,
          PCR_POLICY,
          LOG_CHECKPOINT ->
          SMALL;
    };
  }

  /** What the signature covers, as far as it is here: the message, else its digest. */
  public Bytes covered() {
    return message.orElse(input);
  }
}
