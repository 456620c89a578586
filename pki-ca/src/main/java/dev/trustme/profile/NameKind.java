// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.key.Labels;
import java.util.Locale;

/** The kinds of subject alternative names that a request may bring. RFC 5280, 4.2.1.6. */
public enum NameKind {
  /** uniformResourceIdentifier {@code UUID:} and a lower-case UUID: a device. */
  UUID,
  DNS,
  IP,
  EMAIL,
  /** Any other uniformResourceIdentifier. */
  URI;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static NameKind byLabel(String label) {
    return Labels.byLabel("kind of name", values(), NameKind::label, label);
  }
}
