// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

/** A whole module that must not be signed as it is; the message says why and what to do. */
public final class ModuleRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  ModuleRefusal(String message) {
    super(message);
  }
}
