// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Set;

/**
 * How some makers keep endorsement keys' certificates in their TPMs, beside bare DER. A policy
 * names the ways that it takes; without, such bytes are malformed.
 */
public enum CertificateQuirk {
  /**
   * Seven bytes before the certificate, big-endian: tag 1001, a type of 0, the size of what
   * follows, tag 1002. TCG PC Client Specific Implementation Specification 1.21, 7.4.5
   * (TCG_PCCLIENT_STORED_CERT, TCG_FULL_CERT).
   */
  STORED_HEADER,
  /** Behind the certificate, what is left of its NV index: all 00 or all ff. */
  PADDING;

  private static final int STORED_CERT = 0x1001;
  private static final int FULL_CERT = 0x1002;
  private static final int SEQUENCE = 0x30;
  private static final int LONG_FORM = 0x80;

  @JsonValue
  public String label() {
    return Policy.label(this);
  }

  @JsonCreator
  static CertificateQuirk byLabel(String label) {
    return Policy.byLabel(values(), label, "trust.makers.quirks");
  }

  /**
   * The certificate without what these quirks put around it; a quirk that is not taken is
   * malformed.
   */
  static Bytes bare(Bytes stored, Set<CertificateQuirk> taken) throws FormatException {
    Bytes bare = stored;
    for (CertificateQuirk quirk : values()) {
      Bytes without = quirk == STORED_HEADER ? withoutHeader(bare) : withoutPadding(bare);
      if (!without.equals(bare) && !taken.contains(quirk)) {
        throw new FormatException(
            "endorsement key's certificate",
            0,
            "has %d bytes around it, which the policy does not take (trust.makers.quirks: %s)"
                .formatted(bare.size() - without.size(), quirk.label()));
      }
      bare = without;
    }
    return bare;
  }

  private static Bytes withoutHeader(Bytes stored) {
    var reader = BinaryReader.bigEndian(stored, "TCG_PCCLIENT_STORED_CERT");
    try {
      if (reader.u16() != STORED_CERT || reader.u8() != 0) {
        return stored;
      }
      var full = reader.slice("TCG_FULL_CERT", reader.u16());
      Bytes rest = reader.rest();
      if (full.u16() != FULL_CERT) {
        return stored;
      }
      Bytes certificate = full.rest();
      return behind(certificate).isEmpty() ? Bytes.concat(certificate, rest) : stored;
    } catch (FormatException e) {
      // Too short for a header, so it has none; what it is instead, its own reader says.
      return stored;
    }
  }

  private static Bytes withoutPadding(Bytes stored) {
    try {
      Bytes rest = behind(stored);
      return padding(rest) ? stored.slice(0, stored.size() - rest.size()) : stored;
    } catch (FormatException e) {
      return stored;
    }
  }

  /** What follows the first SEQUENCE. */
  private static Bytes behind(Bytes stored) throws FormatException {
    var reader = BinaryReader.bigEndian(stored, "Certificate");
    if (reader.u8() != SEQUENCE) {
      throw reader.malformed("is no SEQUENCE");
    }
    reader.skip(length(reader));
    return reader.rest();
  }

  /** X.690, 8.1.3. */
  private static long length(BinaryReader reader) throws FormatException {
    long length = reader.u8();
    if (length < LONG_FORM) {
      return length;
    }
    Bytes digits = reader.bytes(length - LONG_FORM);
    length = 0;
    for (int i = 0; i < digits.size(); i++) {
      length = length << 8 | digits.at(i);
    }
    return length;
  }

  private static boolean padding(Bytes rest) {
    for (int i = 1; i < rest.size(); i++) {
      if (rest.at(i) != rest.at(0)) {
        return false;
      }
    }
    return rest.isEmpty() || rest.at(0) == 0 || rest.at(0) == 0xff;
  }
}
