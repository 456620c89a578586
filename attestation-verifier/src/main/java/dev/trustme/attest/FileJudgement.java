// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

/** What one measured file is found to be. */
public sealed interface FileJudgement {
  /** Why an entry is good. */
  enum Reason {
    BOOT_AGGREGATE("boot aggregate"),
    SIGNED("signed"),
    RELEASED("released"),
    SIGNED_AND_RELEASED("signed and released"),
    EXCLUDED("excluded"),
    KEY("key"),
    BUFFER("data");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /**
   * As the policy wants it.
   *
   * @param by who signed it, or whose key it is; may be empty
   */
  record Good(Reason reason, String by) implements FileJudgement {}

  /** Against the policy: which check it fails, and why. */
  record Bad(EvidenceCheck check, String expected, String seen) implements FileJudgement {}
}
