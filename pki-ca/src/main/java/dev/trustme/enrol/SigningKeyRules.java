// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Check;
import dev.trustme.trust.SignatureScheme;
import java.util.List;

/**
 * What a key must be by its public area, so that once it proves to live in a TPM it never leaves
 * it. TPM 2.0 Part 1, 25 (object attributes) and 27 (key types).
 */
enum SigningKeyRules {
  /** Signs only what its TPM made: restricted. */
  ATTESTATION("ak", true),
  /** Signs any digest: a device's name in TLS. */
  IDENTITY("identity", false);

  private static final int MIN_RSA_BITS = 2048;

  private final String label;
  private final boolean restricted;

  SigningKeyRules(String label, boolean restricted) {
    this.label = label;
    this.restricted = restricted;
  }

  List<Check> check(TpmtPublic key) {
    return List.of(attributes(key.objectAttributes()), scheme(key), key(key));
  }

  private Check attributes(TpmaObject attributes) {
    boolean fits =
        attributes.fixedTPM()
            && attributes.fixedParent()
            && attributes.sensitiveDataOrigin()
            && attributes.restricted() == restricted
            && attributes.signEncrypt()
            && !attributes.decrypt()
            && attributes.reservedClear();
    return fits
        ? Check.pass(label + "-attributes", attributes.toString())
        : Check.fail(
                label + "-attributes",
                "fixedTPM, fixedParent, sensitiveDataOrigin, %srestricted, sign and not decrypt"
                    .formatted(restricted ? "" : "not "),
                attributes.toString())
            .advise("make the keys with 'trustme device enrol request'");
  }

  /** A restricted key names its scheme; SHA-1 is not one of ours. */
  private Check scheme(TpmtPublic key) {
    var scheme = key.key().scheme();
    boolean strong =
        scheme.hash().filter(h -> h != HashAlgorithm.SHA1).isPresent()
            && key.nameAlg() != HashAlgorithm.SHA1;
    boolean fits =
        switch (scheme.scheme()) {
          case TPM_ALG_ECDSA, TPM_ALG_RSASSA, TPM_ALG_RSAPSS -> strong;
          case TPM_ALG_NULL -> !restricted && key.nameAlg() != HashAlgorithm.SHA1;
          default -> false;
        };
    String seen = words(scheme.scheme(), scheme.hash().map(HashAlgorithm::label).orElse(""));
    return fits
        ? Check.pass(label + "-scheme", seen)
        : Check.fail(label + "-scheme", "ECDSA, RSASSA or RSAPSS with SHA-256 or more", seen);
  }

  private static String words(TpmAlgId scheme, String hash) {
    return hash.isEmpty() ? scheme.name() : scheme + " with " + hash;
  }

  private Check key(TpmtPublic key) {
    boolean fits =
        EndorsementVerifier.spki(key).flatMap(SignatureScheme::of).isPresent()
            && (!(key.key() instanceof TpmtPublic.Rsa rsa)
                || rsa.modulus().bitLength() >= MIN_RSA_BITS);
    return fits
        ? Check.pass(label + "-key", key.name().digest().toString())
        : Check.fail(
            label + "-key", "an RSA key of 2048 bits or more, or a point on its curve", "none");
  }
}
