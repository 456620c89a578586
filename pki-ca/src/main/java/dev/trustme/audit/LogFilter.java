// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.issue.SigningLog.Entry;
import java.time.Instant;
import java.util.Optional;

/**
 * Which entries are asked for; what is absent admits all. Certificate and key are beginnings of
 * their digest in hex; {@code since} is included, {@code until} is not.
 */
public record LogFilter(
    Optional<String> action,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> certificate,
    Optional<Digest> artifact) {
  public boolean admits(Entry entry) {
    return action.filter(a -> !a.equals(entry.action())).isEmpty()
        && since.filter(entry.time()::isBefore).isEmpty()
        && until.filter(t -> !entry.time().isBefore(t)).isEmpty()
        && certificate.filter(c -> !names(entry, c)).isEmpty()
        && artifact.filter(a -> !entry.artifact().equals(Optional.of(a))).isEmpty();
  }

  private static boolean names(Entry entry, String beginning) {
    return entry.certificate().hex().startsWith(beginning)
        || entry.key().filter(k -> k.hex().startsWith(beginning)).isPresent();
  }
}
