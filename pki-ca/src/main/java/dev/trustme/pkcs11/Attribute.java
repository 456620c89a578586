// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

/** CK_ATTRIBUTE_TYPE. PKCS #11 2.40, 4. */
enum Attribute {
  CKA_CLASS(0x0),
  CKA_TOKEN(0x1),
  CKA_PRIVATE(0x2),
  CKA_LABEL(0x3),
  CKA_VALUE(0x11),
  CKA_KEY_TYPE(0x100),
  CKA_ID(0x102),
  CKA_SENSITIVE(0x103),
  CKA_SIGN(0x108),
  CKA_VERIFY(0x10a),
  CKA_MODULUS(0x120),
  CKA_MODULUS_BITS(0x121),
  CKA_PUBLIC_EXPONENT(0x122),
  CKA_PUBLIC_KEY_INFO(0x129),
  CKA_EXTRACTABLE(0x162),
  CKA_EC_PARAMS(0x180),
  CKA_EC_POINT(0x181),
  CKA_ALWAYS_AUTHENTICATE(0x202);

  private final long code;

  Attribute(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }
}
