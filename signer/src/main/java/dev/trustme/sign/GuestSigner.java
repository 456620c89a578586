// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.artifact.GuestSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.Subject;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import dev.trustme.trust.SignatureScheme;
import java.util.Map;

/** Signs guest configurations; see {@link GuestSignature}. RSASSA-PSS has a random salt. */
public final class GuestSigner {
  private final RoleKey signer;

  public GuestSigner(RoleKey signer) {
    this.signer = signer;
  }

  /** The raw signature; verified unless the key only records what is to be signed. */
  public Bytes sign(GuestConfiguration configuration, boolean verify) {
    var content = configuration.raw();
    var subject =
        new Subject(
            ArtifactKind.GUEST_CONFIGURATION,
            configuration.fileStem() + ".conf",
            HashAlgorithm.SHA256.digest(content),
            Map.of(
                "name", configuration.name(),
                "version", Long.toUnsignedString(configuration.version())));
    var by = algorithm(signer);
    var signature = signer.about(subject).sign(content, by);
    if (verify
        && !SignatureScheme.verify(signer.key().publicKey(), by.identifier(), content, signature)) {
      throw new IllegalStateException("signed, and does not verify");
    }
    return signature;
  }

  private static SignatureAlgorithm algorithm(RoleKey key) {
    return GuestSignature.algorithm(key.key().publicKey())
        .orElseThrow(() -> new IllegalArgumentException("GyroidOS takes RSA keys only"));
  }

  /** For people: {@code RSASSA-PSS, SHA-512}. */
  public static String description(RoleKey key) {
    return (algorithm(key) instanceof RsaPss ? "RSASSA-PSS" : "RSASSA-PKCS1-v1_5") + ", SHA-512";
  }
}
