// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Optional;

/**
 * Signs kernel modules as Linux, scripts/sign-file.c does; a signature that is there already is
 * replaced. Used by several threads at once.
 */
public final class ModuleSigner {
  private final Pkcs7Signer signer;

  public ModuleSigner(RoleKey key) {
    this.signer = new Pkcs7Signer(key);
  }

  /** The signed module file; {@code file} is uncompressed. */
  public Bytes sign(Bytes file) throws FormatException {
    var module = ModuleSignature.parse(file).module();
    return new ModuleSignature(module, Optional.of(signer.detached(module))).encode();
  }
}
