// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

/**
 * The type of an event as the log states it. No digest covers it: whoever can write the log can
 * change it without changing a PCR.
 */
public sealed interface EventType permits TcgEventType, UnknownEventType {

  static EventType of(long value) {
    return TcgEventType.byValue(value)
        .map(EventType.class::cast)
        .orElseGet(() -> new UnknownEventType(value));
  }

  /** The number in the log, 32 bits unsigned. */
  long value();

  /** The specification's name, or the number in hex. */
  String name();
}
