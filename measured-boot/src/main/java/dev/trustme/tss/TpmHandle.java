// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

/**
 * An ESYS_TR. The library hands out one per NV index or persistent object, so those are shared by
 * all who name the same one, with the authorization value that was set on it.
 */
final class TpmHandle {
  private final int tr;
  private boolean secretSet;
  private int users = 1;
  private boolean gone;

  TpmHandle(int tr) {
    this.tr = tr;
  }

  int tr() {
    return tr;
  }

  boolean secretSet() {
    return secretSet;
  }

  void secretSet(boolean set) {
    secretSet = set;
  }

  TpmHandle share() {
    users++;
    return this;
  }

  /** Whether nobody uses it any more; then whoever asked closes it. */
  boolean release() {
    users--;
    return users == 0 && !gone;
  }

  /** The index or object was removed, and the library closed the handle with it. */
  void gone() {
    gone = true;
  }
}
