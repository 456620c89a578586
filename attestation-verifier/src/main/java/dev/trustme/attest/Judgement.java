// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Verdict;
import java.util.Optional;

/** What came of one device's evidence. There is always an answer; only {@link #accepted} trusts. */
public sealed interface Judgement {
  /** Whether the device may be trusted. */
  default boolean accepted() {
    return this instanceof Judged judged && judged.verdict().accepted();
  }

  /**
   * The evidence was read and every check made.
   *
   * @param release the trusted release that the device was held against; absent where none is
   *     trusted
   */
  record Judged(Verdict<VerifiedDevice> verdict, Optional<ReleaseManifest> release)
      implements Judgement {}

  /** A part of the evidence cannot be read, so that it proves nothing. */
  record Malformed(FormatException problem) implements Judgement {}
}
