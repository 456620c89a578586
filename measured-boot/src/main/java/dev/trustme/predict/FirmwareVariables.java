// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import java.util.Set;

/** The UEFI variables that a prediction reads: those of Secure Boot, and shim's. */
public record FirmwareVariables(SecureBootVariables secureBoot, ShimVariables shim) {
  private static final String STRUCTURE = "variable store";

  /** EDK II, gEfiSecureBootEnableDisableGuid: the switch in the firmware's own menu. */
  private static final EfiGuid SECURE_BOOT_ENABLE_DISABLE =
      new EfiGuid(java.util.UUID.fromString("f0a30bc7-af08-4556-99c4-001009c93a44"));

  private static final long RUNTIME_ACCESS = 4;
  private static final Set<String> SHIM_KNOWN =
      Set.of("MokList", "MokListX", "MokListTrusted", "SbatLevel");

  /** Refuses as malformed a store on which firmware or shim would measure what is not known. */
  public static FirmwareVariables of(OvmfVariableStore store) throws FormatException {
    for (var variable : store.variables()) {
      if (variable.vendor().equals(EfiGuid.SHIM_LOCK)) {
        requireKnown(variable);
      }
    }
    for (String name : Set.of("dbt", "dbr")) {
      if (store.variable(name, EfiGuid.IMAGE_SECURITY_DATABASE).isPresent()) {
        throw refused(name, "what firmware measures of it is not known here");
      }
    }
    var enable = store.variable("SecureBootEnable", SECURE_BOOT_ENABLE_DISABLE);
    if (enable.isPresent() && !enable.get().data().equals(Bytes.fromHex("01"))) {
      throw refused("SecureBootEnable", "Secure Boot is off: nothing verifies what is started");
    }
    return new FirmwareVariables(
        new SecureBootVariables(
            data(store, "PK", EfiGuid.GLOBAL_VARIABLE),
            data(store, "KEK", EfiGuid.GLOBAL_VARIABLE),
            data(store, "db", EfiGuid.IMAGE_SECURITY_DATABASE),
            data(store, "dbx", EfiGuid.IMAGE_SECURITY_DATABASE)),
        new ShimVariables(
            data(store, "MokList", EfiGuid.SHIM_LOCK),
            data(store, "MokListX", EfiGuid.SHIM_LOCK),
            data(store, "SbatLevel", EfiGuid.SHIM_LOCK),
            store.variable("MokListTrusted", EfiGuid.SHIM_LOCK).isPresent()));
  }

  private static void requireKnown(OvmfVariableStore.Variable variable) throws FormatException {
    if (!SHIM_KNOWN.contains(variable.name())) {
      throw refused(variable.name(), "what shim does with it is not known here");
    }
    if ((variable.attributes() & RUNTIME_ACCESS) != 0) {
      throw refused(
          variable.name(),
          "attributes 0x%x allow access at run time: shim would delete it"
              .formatted(variable.attributes()));
    }
  }

  private static FormatException refused(String variable, String problem) {
    return new FormatException(STRUCTURE, 0, "variable %s: %s".formatted(variable, problem));
  }

  private static Bytes data(OvmfVariableStore store, String name, EfiGuid vendor) {
    return store.variable(name, vendor).map(OvmfVariableStore.Variable::data).orElse(Bytes.empty());
  }
}
