// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.FormatException;
import java.io.IOException;

/** The kernel that loads a module, with these certificates on its keyring. */
final class ModuleConsumer implements Consumer {
  @Override
  public String takes() {
    return "would be loaded by this kernel";
  }

  @Override
  public String refuses() {
    return "would not be loaded by this kernel";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var keyring = trust.certificates("module");
    return file ->
        ArtifactTrust.read(file, content -> ModuleSignature.parse(content).verify(keyring));
  }
}
