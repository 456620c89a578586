// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

/**
 * Something in a log that a verifier wants to know.
 *
 * @param number of the entry, from 0
 * @param offset of the entry in the log, in bytes
 */
public record ImaFinding(Kind kind, long number, long offset, String detail) {
  /** What was found; the label is its stable name. */
  public enum Kind {
    /** The logged template hash is not that of the data. */
    TEMPLATE_HASH("template-hash"),
    /** The kernel could not measure: the entry covers nothing. */
    VIOLATION("violation"),
    /** The first entry is not the boot aggregate. */
    BOOT_AGGREGATE_NOT_FIRST("boot-aggregate-not-first"),
    /** A later entry has the boot aggregate's name: a kexec, or a file that is called so. */
    BOOT_AGGREGATE_AGAIN("boot-aggregate-again"),
    /** A signature field that is no signature. */
    SIGNATURE_FORM("signature-form"),
    /** The signature is of another algorithm than the digest beside it. */
    SIGNATURE_HASH("signature-hash"),
    /** Another field that does not hold what it should. */
    FIELD_FORM("field-form"),
    /** A name with a component "." or "..", which the kernel never records for a file's path. */
    NAME_DOTS("name-dots"),
    /** A name with control characters, such as a line end. */
    NAME_CONTROL("name-control");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }
}
