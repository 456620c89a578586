// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Policy;
import java.io.IOException;
import java.util.Optional;

/**
 * What a command authorizes: a hierarchy, an object or an NV index, with how it is authorized: by
 * nothing (the empty value), by its authorization value, or by a policy.
 */
sealed class TpmEntity permits TpmObject, NvIndex, TpmEntity.Permanent {
  /** A hierarchy, which is always there. */
  static final class Permanent extends TpmEntity {
    Permanent(TssContext tss, int tr) {
      super(tss, new TpmHandle(tr));
    }
  }

  /** A policy with what it is computed in and what it asks for. */
  record Rule(Policy policy, HashAlgorithm hash, PolicyAnswers answers) {}

  private final TssContext tss;
  private final TpmHandle handle;
  private Optional<Rule> rule = Optional.empty();

  TpmEntity(TssContext tss, TpmHandle handle) {
    this.tss = tss;
    this.handle = handle;
  }

  TssContext tss() {
    return tss;
  }

  /** The ESYS_TR. */
  int handle() {
    return handle.tr();
  }

  TpmHandle sharedHandle() {
    return handle;
  }

  boolean secretSet() {
    return handle.secretSet();
  }

  Optional<Rule> rule() {
    return rule;
  }

  /** The authorization value of all commands that follow; it never travels in the clear. */
  public void authorize(Secret secret) throws IOException {
    try (var call = tss.call("Esys_TR_SetAuth")) {
      var value = call.auth(secret);
      call.run((esys, context) -> esys.Esys_TR_SetAuth(context, handle(), value));
    }
    handle.secretSet(!secret.isEmpty());
  }

  /** All commands that follow satisfy this policy, in a session of their own. */
  void authorizeBy(Policy policy, HashAlgorithm hash, PolicyAnswers answers) {
    rule = Optional.of(new Rule(policy, hash, answers));
  }
}
