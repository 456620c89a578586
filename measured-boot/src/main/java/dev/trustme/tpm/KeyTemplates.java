// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;

/** Templates of keys that are made in the TPM and never leave it. */
public final class KeyTemplates {
  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth. */
  private static final long MADE_HERE = 0x72;

  private static final long NO_DA = 0x400;
  private static final long RESTRICTED = 0x1_0000;
  private static final long DECRYPT = 0x2_0000;
  private static final long SIGN = 0x4_0000;

  private KeyTemplates() {}

  /** A restricted signing key: it signs what the TPM says, and nothing that could pass for it. */
  public static TpmtPublic attestation(KeyAlgorithm algorithm, TpmtScheme scheme) {
    return signing(MADE_HERE | RESTRICTED | SIGN, algorithm, scheme);
  }

  /** A signing key for any digest. */
  public static TpmtPublic identity(KeyAlgorithm algorithm, TpmtScheme scheme) {
    return signing(MADE_HERE | SIGN, algorithm, scheme);
  }

  private static TpmtPublic signing(long attributes, KeyAlgorithm algorithm, TpmtScheme scheme) {
    return new TpmtPublic(
        HashAlgorithm.SHA256,
        new TpmaObject(attributes),
        Bytes.empty(),
        key(algorithm, TpmtSymDefObject.NULL, scheme, Bytes.empty()));
  }

  /**
   * The storage root key on P-256, with zeros as its unique. TCG TPM v2.0 Provisioning Guidance
   * 1.0, 7.5.1.
   */
  public static TpmtPublic storageRoot() {
    return storage(Bytes.zeros(KeyAlgorithm.P256.uniqueSize()));
  }

  /**
   * The same with an empty unique, which is another key: what OpenSSL's TPM providers make where a
   * key file names a hierarchy as the parent.
   */
  public static TpmtPublic storageParent() {
    return storage(Bytes.empty());
  }

  private static TpmtPublic storage(Bytes unique) {
    return new TpmtPublic(
        HashAlgorithm.SHA256,
        new TpmaObject(MADE_HERE | NO_DA | RESTRICTED | DECRYPT),
        Bytes.empty(),
        key(
            KeyAlgorithm.P256,
            new TpmtSymDefObject(TpmAlgId.TPM_ALG_AES, 128, TpmAlgId.TPM_ALG_CFB),
            TpmtScheme.NULL,
            unique));
  }

  private static TpmtPublic.Key key(
      KeyAlgorithm algorithm, TpmtSymDefObject symmetric, TpmtScheme scheme, Bytes unique) {
    return algorithm
        .curve()
        .<TpmtPublic.Key>map(
            curve -> new TpmtPublic.Ecc(symmetric, scheme, curve, TpmtScheme.NULL, unique, unique))
        .orElseGet(() -> new TpmtPublic.Rsa(symmetric, scheme, algorithm.rsaBits(), 0, unique));
  }
}
