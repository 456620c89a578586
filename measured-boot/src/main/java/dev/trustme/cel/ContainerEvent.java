// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.util.Optional;
import java.util.Set;

/**
 * What a device states when it starts a container; a claim that is not in here is covered by no
 * quote. {@code content} says how the image's bytes are kept as signed, {@code selinux} which label
 * state the container has, {@code crl} the number of the revocation list that was looked at
 * (absent: none), and {@code sequence} counts the container events since boot, from 0, so that a
 * second start differs from a repeated entry.
 */
public record ContainerEvent(
    Digest manifest,
    Digest rootHash,
    Digest launch,
    String content,
    String selinux,
    Optional<Long> crl,
    long sequence) {
  private static final Set<String> CONTENTS = Set.of("verity", "verified-at-start");

  /** No SELinux label: the kernel has no policy, or the container is not labelled. */
  public static final String NO_LABEL = "none";

  public ContainerEvent {
    require(CONTENTS.contains(content), "content: unknown: " + content);
    require(selinux.equals(NO_LABEL), "selinux: unknown: " + selinux);
    require(crl.isEmpty() || crl.get() >= 0, "crl: expected 0 or more");
    require(sequence >= 0, "sequence: expected 0 or more, found " + sequence);
  }

  /** Only the spelling that {@link #encode} gives is accepted. */
  public static ContainerEvent parse(Bytes string) throws FormatException {
    var event = Json.read(string, ContainerEvent.class, "container event");
    if (!event.encode().equals(string)) {
      throw new FormatException("container event", 0, "is not in its compact form");
    }
    return event;
  }

  /** The event's string as UTF-8: what is hashed and extended. */
  public Bytes encode() {
    return Json.write(this);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
