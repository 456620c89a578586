// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The key above sealed data. */
final class ParentOption {
  @Option(
      names = "--parent",
      paramLabel = "HANDLE",
      description = {
        "The storage key: a persistent handle such as 0x81000001. Else the",
        "owner's P-256 storage root key, which is made anew each time."
      })
  private @Nullable String parent;

  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();

  TpmObject load(TssContext tss) throws IOException {
    hierarchies.apply(tss);
    return parent == null
        ? tss.keys().primary(Hierarchy.TPM_RH_OWNER, KeyTemplates.storageRoot())
        : tss.keys().persistent(TpmWords.persistent(parent));
  }
}
