// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** A device's UUID in its one canonical form, lower case: also safe as a file name. */
public record DeviceId(String uuid) {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  @JsonCreator
  public DeviceId {
    if (!FORM.matcher(uuid).matches()) {
      throw new IllegalArgumentException(
          "device: expected a lower-case UUID like 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
    }
  }

  /** The name in certificates: {@code urn:uuid:…}, RFC 9562 section 4. */
  public String urn() {
    return "urn:uuid:" + uuid;
  }

  @Override
  @JsonValue
  public String toString() {
    return uuid;
  }
}
