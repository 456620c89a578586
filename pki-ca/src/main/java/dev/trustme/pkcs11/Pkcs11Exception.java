// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import java.io.IOException;

/** A PKCS#11 function that did not return CKR_OK: which one, of which module or token, and why. */
public final class Pkcs11Exception extends IOException {
  private static final long serialVersionUID = 1L;

  private final long code;

  Pkcs11Exception(String where, CkFunction function, long code) {
    super(where + ": " + words(function, code));
    this.code = code;
  }

  private static String words(CkFunction function, long code) {
    String name = CkResult.of(code).map(CkResult::name).orElse("CKR 0x%08x".formatted(code));
    String meaning = CkResult.of(code).map(CkResult::meaning).orElse("");
    return meaning.isEmpty()
        ? "%s failed (%s)".formatted(function, name)
        : "%s (%s, %s)".formatted(meaning, function, name);
  }

  boolean is(CkResult result) {
    return CkResult.of(code).filter(result::equals).isPresent();
  }

  boolean wrongPin() {
    return CkResult.of(code).filter(CkResult::wrongPin).isPresent();
  }
}
