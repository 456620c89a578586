// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@code .pcrsig} section signs: for each path, phase and bank the policy digest over PCR
 * 11. Of its fields, {@code pcrs} and {@code pol} go into the section as they are; the signer adds
 * {@code pkfp} and {@code sig} (RSASSA with SHA-256 over the policy digest).
 *
 * <p>The values of PCR 11 depend on the section {@code .pcrpkey}, so that has to be in the image
 * already; {@code .pcrsig} itself is not measured, but changes PCR 4 and 9.
 */
public record PcrSignatureInput(String schema, List<Policy> policies) {
  public static final String SCHEMA = "trustme/pcrsig-input/1";

  private static final int PCR = 11;

  public PcrSignatureInput {
    policies = List.copyOf(policies);
  }

  /** One policy; {@code pol} in hex. */
  public record Policy(
      String path, String phase, String bank, List<Integer> pcrs, Digest value, String pol) {}

  public static PcrSignatureInput of(List<Prediction> predictions) {
    List<Policy> policies = new ArrayList<>();
    for (Prediction prediction : predictions) {
      for (Digest value : prediction.pcr(PCR).values()) {
        policies.add(
            new Policy(
                prediction.path(),
                prediction.phase(),
                value.algorithm().label(),
                List.of(PCR),
                value,
                PolicyPcr.of(PCR, value).hex()));
      }
    }
    return new PcrSignatureInput(SCHEMA, policies);
  }
}
