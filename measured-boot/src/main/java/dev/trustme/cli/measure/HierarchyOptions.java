// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.cli.Secrets;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tss.Secret;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Authorization values of hierarchies, for TPMs whose owner has set some. */
public final class HierarchyOptions {
  @Option(
      names = "--owner-pass-file",
      paramLabel = "FILE",
      description = "The TPM owner's authorization: this file's first line.")
  private @Nullable Path owner;

  @Option(
      names = "--endorsement-pass-file",
      paramLabel = "FILE",
      description = "The endorsement authorization: this file's first line.")
  private @Nullable Path endorsement;

  /** Tells the context what it may use. */
  public void apply(TssContext tss) throws IOException {
    apply(tss, Hierarchy.TPM_RH_ENDORSEMENT, endorsement);
    apply(tss, Hierarchy.TPM_RH_OWNER, owner);
  }

  private static void apply(TssContext tss, Hierarchy hierarchy, @Nullable Path file)
      throws IOException {
    if (file != null) {
      char[] text = Secrets.firstLineOf(file);
      try (var secret = Secret.of(text)) {
        tss.authorize(hierarchy, secret);
      } finally {
        Arrays.fill(text, '\0');
      }
    }
  }
}
