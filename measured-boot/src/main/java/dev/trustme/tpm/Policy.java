// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What must hold before a TPM lets an object be used: steps in their order. The same description
 * gives the digest here, without a TPM, and satisfies the policy in a session. TPM 2.0 Part 1,
 * 19.7.
 */
public record Policy(List<PolicyStep> steps) {
  public Policy {
    steps = List.copyOf(steps);
  }

  public static Policy of(PolicyStep... steps) {
    return new Policy(Arrays.asList(steps));
  }

  public Policy then(PolicyStep step) {
    return new Policy(Stream.concat(steps.stream(), Stream.of(step)).toList());
  }

  /** The policyDigest after all steps. */
  public Digest digest(HashAlgorithm algorithm) {
    Digest digest = Digest.zero(algorithm);
    for (PolicyStep step : steps) {
      digest = step.extend(digest);
    }
    return digest;
  }

  /** Whether a step asks for the object's own authorization value. */
  public boolean asksAuthValue() {
    return has(PolicyStep.PolicyAuthValue.class);
  }

  /** Whether a step fixes the parameters of the command, as they travel. */
  public boolean bindsParameters() {
    return has(PolicyStep.PolicyCpHash.class);
  }

  /** Looks into what was approved as well. */
  private boolean has(Class<? extends PolicyStep> kind) {
    for (PolicyStep step : steps) {
      if (kind.isInstance(step)
          || (step instanceof PolicyStep.PolicyAuthorize authorize
              && authorize.approval().filter(a -> a.approved().has(kind)).isPresent())) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the authorizing key signs for a PolicyAuthorize: H(approvedPolicy || policyRef). TPM 2.0
   * Part 3, 23.16.
   *
   * @param signing the name algorithm of the key, which its signature must use too
   * @param policyHash the hash algorithm of the policy
   */
  public Digest toSign(HashAlgorithm signing, HashAlgorithm policyHash, Bytes policyRef) {
    return signing.digest(digest(policyHash).value(), policyRef);
  }
}
