// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

/** A type that no specification names here. */
public record UnknownEventType(long value) implements EventType {
  @Override
  public String name() {
    return "0x%08x".formatted(value);
  }
}
