// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The templates of endorsement keys. TCG EK Credential Profile for TPM Family 2.0, 2.4, annexes B.3
 * (low range: the policy alone, a nonce as unique) and B.4 (high range: also the authorization
 * value). L_1 and L_2 take the nonce that may lie beside their certificate.
 */
public enum EkTemplate {
  L_1(0x01c00002L, HashAlgorithm.SHA256, 128, 2048, Optional.empty()),
  L_2(0x01c0000aL, HashAlgorithm.SHA256, 128, 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P256)),
  H_1(0x01c00012L, HashAlgorithm.SHA256, 128, 2048, Optional.empty()),
  H_2(0x01c00014L, HashAlgorithm.SHA256, 128, 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P256)),
  H_3(0x01c00016L, HashAlgorithm.SHA384, 256, 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P384)),
  H_4(0x01c00018L, HashAlgorithm.SHA512, 256, 0, Optional.of(TpmEccCurve.TPM_ECC_NIST_P521)),
  H_6(0x01c0001cL, HashAlgorithm.SHA384, 256, 3072, Optional.empty()),
  H_7(0x01c0001eL, HashAlgorithm.SHA384, 256, 4096, Optional.empty());

  /** fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt. */
  private static final long LOW = 0x0003_00b2L;

  /** And userWithAuth. */
  private static final long HIGH = 0x0003_00f2L;

  private final long certificateIndex;
  private final HashAlgorithm nameAlg;
  private final int aesBits;
  private final int rsaBits;
  private final Optional<TpmEccCurve> curve;

  EkTemplate(
      long certificateIndex,
      HashAlgorithm nameAlg,
      int aesBits,
      int rsaBits,
      Optional<TpmEccCurve> curve) {
    this.certificateIndex = certificateIndex;
    this.nameAlg = nameAlg;
    this.aesBits = aesBits;
    this.rsaBits = rsaBits;
    this.curve = curve;
  }

  public boolean lowRange() {
    return this == L_1 || this == L_2;
  }

  /** The NV index of its certificate. EK Credential Profile 2.4, 2.2.1.4 and 2.2.1.5. */
  public long certificateIndex() {
    return certificateIndex;
  }

  /** The NV index where a maker may leave a nonce for the unique field of a low-range key. */
  public long nonceIndex() {
    return certificateIndex + 1;
  }

  /** The NV index where a maker may leave a template of his own for a low-range key. */
  public long templateIndex() {
    return certificateIndex + 2;
  }

  /** PolicyA, or PolicyB = PolicyOR(PolicyA, PolicyC) of the high range. Annex B.6. */
  public Policy authPolicy() {
    var secret = new PolicyStep.PolicySecret(Hierarchy.TPM_RH_ENDORSEMENT, Bytes.empty());
    var policyA = Policy.of(secret);
    return lowRange()
        ? policyA
        : policyA.then(
            new PolicyStep.PolicyOr(List.of(policyA.digest(nameAlg).value(), policyC(nameAlg))));
  }

  /** PolicyAuthorizeNV over the index that firmware updates would need. Annex B.6.4. */
  private static Bytes policyC(HashAlgorithm nameAlg) {
    return Bytes.fromHex(
        switch (nameAlg) {
          case SHA256 -> "3767e2edd43ff45a3a7e1eaefcef78643dca964632e7aad82c673a30d8633fde";
          case SHA384 ->
              "d6032ce61f2fb3c240eb3cf6a33237ef2b6a16f4293c22b4"
                  + "55e261cffd217ad5b4947c2d73e63005eed2dc2b3593d165";
          case SHA512 ->
              "589ee1e146544716e8deafe6db247b01b81e9f9c7dd16b814aa159138749105f"
                  + "ba5388dd1dea702f35240c184933121e2c61b8f50d3ef91393a49a38c3f73fc8";
          default -> throw new IllegalArgumentException("no policy for " + nameAlg.label());
        });
  }

  /** The template without a nonce of the maker's. */
  public TpmtPublic template() {
    return template(Bytes.empty());
  }

  /** The template by which this key was made, whatever its unique field; no other is known. */
  public static Optional<EkTemplate> of(TpmtPublic key) {
    return Arrays.stream(values()).filter(t -> t.madeThis(key)).findFirst();
  }

  private boolean madeThis(TpmtPublic made) {
    return withoutUnique(made).equals(withoutUnique(template()));
  }

  private static TpmtPublic withoutUnique(TpmtPublic area) {
    TpmtPublic.Key blank =
        switch (area.key()) {
          case TpmtPublic.Rsa rsa ->
              new TpmtPublic.Rsa(
                  rsa.symmetric(), rsa.scheme(), rsa.keyBits(), rsa.exponent(), Bytes.empty());
          case TpmtPublic.Ecc ecc ->
              new TpmtPublic.Ecc(
                  ecc.symmetric(),
                  ecc.scheme(),
                  ecc.curveId(),
                  ecc.kdf(),
                  Bytes.empty(),
                  Bytes.empty());
        };
    return new TpmtPublic(area.nameAlg(), area.objectAttributes(), area.authPolicy(), blank);
  }

  /** The template with this nonce in its unique field, which only the low range has. */
  public TpmtPublic template(Bytes nonce) {
    var symmetric = new TpmtSymDefObject(TpmAlgId.TPM_ALG_AES, aesBits, TpmAlgId.TPM_ALG_CFB);
    return new TpmtPublic(
        nameAlg,
        new TpmaObject(lowRange() ? LOW : HIGH),
        authPolicy().digest(nameAlg).value(),
        curve
            .<TpmtPublic.Key>map(c -> ecc(symmetric, c, nonce))
            .orElseGet(() ->
                new TpmtPublic.Rsa(
                    symmetric, TpmtScheme.NULL, rsaBits, 0, unique(nonce, rsaBits / 8))));
  }

  private TpmtPublic.Ecc ecc(TpmtSymDefObject symmetric, TpmEccCurve ecc, Bytes nonce) {
    int size = ecc.coordinateSize();
    return new TpmtPublic.Ecc(
        symmetric,
        TpmtScheme.NULL,
        ecc,
        TpmtScheme.NULL,
        unique(nonce, size),
        unique(Bytes.empty(), size));
  }

  /** The nonce, then zeros; nothing in the high range. */
  private Bytes unique(Bytes nonce, int size) {
    if (!lowRange()) {
      return Bytes.empty();
    }
    if (nonce.size() > size) {
      throw new IllegalArgumentException("an EK nonce of %d bytes".formatted(nonce.size()));
    }
    return Bytes.concat(nonce, Bytes.zeros(size - nonce.size()));
  }

  /** The name in commands: {@code l-1}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
