// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** The links of the chain from a release to a verdict, in the order in which they are judged. */
public enum Area {
  RELEASE("Release", "What a good device is measured against, and who says so."),
  KEY("Attestation key", "Whose key signed the evidence."),
  CHALLENGE("Challenge", "Whether this is an answer to our own, fresh question."),
  QUOTE("Quote", "What the TPM itself signed."),
  LOG("Event log", "Whether the log is the one that led to the quoted values."),
  BOOT("Boot", "Whether the device started what the release contains."),
  FILES("Files", "Whether all that it runs and reads is signed or released."),
  CONTAINERS("Containers", "Whether it runs the containers that it may run.");

  private final String title;
  private final String about;

  Area(String title, String about) {
    this.title = title;
    this.about = about;
  }

  public String title() {
    return title;
  }

  /** The question that this link answers. */
  public String about() {
    return about;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static Area byLabel(String label) {
    return Arrays.stream(values())
        .filter(a -> a.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("area: unknown: " + label));
  }
}
