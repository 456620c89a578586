// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.key.DeferredKey;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** One run of a signing command without its private keys. */
public sealed interface Session permits SigningRecorder, SigningReplay {
  /** Who signs in the place of this certificate's key. */
  DeferredKey.Desk desk(List<X509CertificateHolder> chain);

  /** Whether signatures are placeholders, so that nothing may be verified or written. */
  boolean rehearsing();

  /** What speaks against writing what the command made. */
  Optional<String> problem();
}
