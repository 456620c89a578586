// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the factory puts into an empty variable store, so that OVMF comes up with Secure Boot on and
 * no setup mode: PK, KEK, db, perhaps dbx, and EDK II's SecureBootEnable.
 */
public record EnrolledVariables(Bytes pk, Bytes kek, Bytes db, Optional<Bytes> dbx, Instant at) {
  /** gEfiSecureBootEnableDisableGuid of EDK II. */
  private static final EfiGuid SECURE_BOOT_ENABLE_DISABLE =
      new EfiGuid(UUID.fromString("f0a30bc7-af08-4556-99c4-001009c93a44"));

  private static final long BOOT_SERVICES = 0x3;
  private static final Bytes ENABLED = Bytes.fromHex("01");

  /** The variables; the values are signature lists. */
  public List<Variable> variables() {
    List<Variable> all = new ArrayList<>();
    all.add(authenticated("PK", EfiGuid.GLOBAL_VARIABLE, pk));
    all.add(authenticated("KEK", EfiGuid.GLOBAL_VARIABLE, kek));
    all.add(authenticated("db", EfiGuid.IMAGE_SECURITY_DATABASE, db));
    dbx.ifPresent(lists -> all.add(authenticated("dbx", EfiGuid.IMAGE_SECURITY_DATABASE, lists)));
    all.add(
        new Variable(
            "SecureBootEnable", SECURE_BOOT_ENABLE_DISABLE, BOOT_SERVICES, EfiTime.NONE, ENABLED));
    return all;
  }

  private Variable authenticated(String name, EfiGuid vendor, Bytes lists) {
    return new Variable(name, vendor, AuthenticatedVariable.ATTRIBUTES, EfiTime.of(at), lists);
  }

  /** Names of the variables that the store holds already; they must be none. */
  public List<String> conflicts(OvmfVariableStore template) {
    return variables().stream()
        .filter(v -> template.variable(v.name(), v.vendor()).isPresent())
        .map(Variable::name)
        .toList();
  }
}
