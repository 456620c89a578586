// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureVariable;

/** What firmware and shim keep in a variable store; a variable that is not there is empty. */
record SecureBootStore(SignatureDatabase firmware, Bytes mokList, Bytes mokListX, Bytes sbatLevel) {
  static SecureBootStore parse(Bytes content) throws FormatException {
    var store = OvmfVariableStore.parse(content);
    return new SecureBootStore(
        SignatureDatabase.parse(
            data(store, SignatureVariable.db), data(store, SignatureVariable.dbx)),
        data(store, SignatureVariable.MokList),
        data(store, SignatureVariable.MokListX),
        data(store, "SbatLevel", EfiGuid.SHIM_LOCK));
  }

  /** db and dbx alone. */
  static SignatureDatabase lists(Bytes content) throws FormatException {
    return parse(content).firmware;
  }

  private static Bytes data(OvmfVariableStore store, SignatureVariable variable) {
    return data(store, variable.name(), variable.vendor());
  }

  private static Bytes data(OvmfVariableStore store, String name, EfiGuid vendor) {
    return store.variable(name, vendor).map(OvmfVariableStore.Variable::data).orElse(Bytes.empty());
  }
}
