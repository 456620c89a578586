// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

/** What is known of one entry of a log. */
enum Mark {
  RELEASED("as released", "good", "The release predicts exactly this, and the quote proves it."),
  SIGNED("signed", "good", "A key that the policy trusts signed this, and the quote proves it."),
  QUOTED(
      "quoted",
      "calm",
      "The quote proves that this was measured; the release does not predict it."),
  CLAIMED("claimed", "faint", "Nothing proves this: it is what the device says."),
  NOT_MEASURED("not measured", "faint", "A remark in the log that no PCR covers."),
  MISSING("missing", "bad", "The release predicts this, and it did not happen."),
  DIFFERS("differs", "bad", "Here the log parts from what it should be.");

  private final String label;
  private final String style;
  private final String about;

  Mark(String label, String style, String about) {
    this.label = label;
    this.style = style;
    this.about = about;
  }

  String label() {
    return label;
  }

  /** The class of the style sheet: good, calm, faint or bad. */
  String style() {
    return style;
  }

  String about() {
    return about;
  }

  boolean bad() {
    return style.equals("bad");
  }
}
