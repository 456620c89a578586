// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import dev.trustme.uefi.SignatureVariable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the factory puts into a variable store, so that OVMF comes up with Secure Boot on and no
 * setup mode: PK, KEK, db, perhaps dbx, EDK II's SecureBootEnable, and perhaps shim's lists.
 *
 * @param lists contents by variable; where there is nothing, no variable is written
 * @param mokListTrusted whether the kernel may trust MokList's certificates for its own keyrings
 * @param at the time stamp of authenticated variables: only later updates are taken
 */
public record EnrolledVariables(
    Map<SignatureVariable, KeyDatabase> lists, boolean mokListTrusted, Instant at) {
  /** gEfiSecureBootEnableDisableGuid of EDK II. */
  private static final EfiGuid SECURE_BOOT_ENABLE_DISABLE =
      new EfiGuid(UUID.fromString("f0a30bc7-af08-4556-99c4-001009c93a44"));

  private static final Bytes ENABLED = Bytes.fromHex("01");

  public EnrolledVariables {
    lists = new TreeMap<>(lists);
  }

  /** The variables; PK to dbx, the switch, then shim's. */
  public List<Variable> variables() {
    List<Variable> all = new ArrayList<>();
    List<Variable> shim = new ArrayList<>();
    lists.forEach((variable, content) -> {
      if (!content.isEmpty()) {
        (variable.authenticated() ? all : shim).add(variable(variable, content, at));
      }
    });
    all.add(switched("SecureBootEnable", SECURE_BOOT_ENABLE_DISABLE));
    all.addAll(shim);
    if (mokListTrusted) {
      all.add(switched("MokListTrusted", EfiGuid.SHIM_LOCK));
    }
    return all;
  }

  private static Variable switched(String name, EfiGuid vendor) {
    return new Variable(name, vendor, SignatureVariable.BOOT_SERVICES, EfiTime.NONE, ENABLED);
  }

  /** The variable as a store holds it. */
  public static Variable variable(SignatureVariable variable, KeyDatabase content, Instant at) {
    return new Variable(
        variable.name(),
        variable.vendor(),
        variable.attributes(),
        variable.authenticated() ? EfiTime.of(at) : EfiTime.NONE,
        content.encode());
  }

  /** Names of the variables that the store holds already. */
  public List<String> conflicts(OvmfVariableStore template) {
    return variables().stream()
        .filter(v -> template.variable(v.name(), v.vendor()).isPresent())
        .map(Variable::name)
        .toList();
  }
}
