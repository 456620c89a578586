// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * The variables that hold signature lists, by their names: UEFI 2.10, 32.3 and 32.6.1, which are
 * only written by signed updates; and shim's, which only boot services may touch (shim,
 * MokVars.txt).
 */
public enum SignatureVariable {
  /** The platform key: who may change PK and KEK. */
  PK(EfiGuid.GLOBAL_VARIABLE),
  /** Key exchange keys: who may change db, dbx, dbt and dbr. */
  KEK(EfiGuid.GLOBAL_VARIABLE),
  /** What may start. */
  db(EfiGuid.IMAGE_SECURITY_DATABASE),
  /** What may never start. */
  dbx(EfiGuid.IMAGE_SECURITY_DATABASE),
  /** Who is believed about time. */
  dbt(EfiGuid.IMAGE_SECURITY_DATABASE),
  /** Who may sign recovery loaders. */
  dbr(EfiGuid.IMAGE_SECURITY_DATABASE),
  /** shim's own db. */
  MokList(EfiGuid.SHIM_LOCK),
  /** shim's own dbx. */
  MokListX(EfiGuid.SHIM_LOCK);

  /** EFI_VARIABLE_NON_VOLATILE, BOOTSERVICE_ACCESS. */
  public static final long BOOT_SERVICES = 0x3;

  /** And RUNTIME_ACCESS, TIME_BASED_AUTHENTICATED_WRITE_ACCESS. */
  public static final long AUTHENTICATED = 0x27;

  /** EFI_VARIABLE_APPEND_WRITE: part of what is signed, never stored. */
  public static final long APPEND_WRITE = 0x40;

  private final UUID vendor;

  SignatureVariable(EfiGuid vendor) {
    this.vendor = vendor.value();
  }

  public EfiGuid vendor() {
    return new EfiGuid(vendor);
  }

  /** Whether it is only changed by signed updates. */
  public boolean authenticated() {
    return !vendor().equals(EfiGuid.SHIM_LOCK);
  }

  /** As the variable store holds them. */
  public long attributes() {
    return authenticated() ? AUTHENTICATED : BOOT_SERVICES;
  }

  /** Who signs its updates: PK for itself and KEK, KEK for the rest. */
  public SignatureVariable authority() {
    return this == PK || this == KEK ? PK : KEK;
  }

  public static Optional<SignatureVariable> byName(String name) {
    return Arrays.stream(values()).filter(v -> v.name().equals(name)).findFirst();
  }
}
