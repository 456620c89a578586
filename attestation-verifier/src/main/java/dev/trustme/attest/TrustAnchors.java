// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The certificates that a policy names, loaded. */
public record TrustAnchors(TrustStore releases, TrustStore devices) {
  /** Loads the policy's roots; their paths are relative to the folder of the policy. */
  public static TrustAnchors load(Policy policy, Path folder) throws IOException, FormatException {
    return new TrustAnchors(
        store(folder, policy.trust().releases().roots()),
        store(folder, policy.trust().devices().roots()));
  }

  private static TrustStore store(Path folder, List<String> roots)
      throws IOException, FormatException {
    return TrustStore.load(roots.stream().map(folder::resolve).toList());
  }
}
