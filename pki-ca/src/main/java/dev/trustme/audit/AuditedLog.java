// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.issue.SigningLog.Head;

/** A signing log that an audit found intact; only {@link LogAudit} makes one. */
public final class AuditedLog {
  private final Digest first;
  private final Head head;

  AuditedLog(Digest first, Head head) {
    this.first = first;
    this.head = head;
  }

  /** The digest of the first line, which names the log. */
  public Digest first() {
    return first;
  }

  public Head head() {
    return head;
  }
}
