// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.tpm.Policy;
import java.io.IOException;
import java.util.Optional;

/**
 * The sessions of one command: the first proves that an entity may be used, the second encrypts
 * where the first cannot. Closing ends a policy session that was started for this command.
 */
final class Authorization implements AutoCloseable {
  private final int proof;
  private final int protector;
  private final Optional<TssSession> owned;

  private Authorization(int proof, int protector, Optional<TssSession> owned) {
    this.proof = proof;
    this.protector = protector;
    this.owned = owned;
  }

  static Authorization of(TpmEntity entity, Protection protection) throws IOException {
    var tss = entity.tss();
    var rule = entity.rule();
    if (rule.isPresent()) {
      var session = PolicySession.satisfy(tss, rule.get());
      try {
        int protector = protector(tss, allowed(rule.get().policy(), protection));
        return new Authorization(
            session.forCommand(Protection.NONE), protector, Optional.of(session));
      } catch (IOException e) {
        try (session) {
          throw e;
        }
      }
    }
    int proof =
        entity.secretSet() || protection != Protection.NONE
            ? tss.secureSession().forCommand(protection)
            : Esys.ESYS_TR_PASSWORD;
    return new Authorization(proof, Esys.ESYS_TR_NONE, Optional.empty());
  }

  /** The cpHash is over the parameters as they travel, so a policy over it rules encryption out. */
  private static Protection allowed(Policy policy, Protection wanted) {
    if (!policy.bindsParameters()) {
      return wanted;
    }
    return switch (wanted) {
      case NONE, INPUT -> Protection.NONE;
      case OUTPUT, BOTH -> Protection.OUTPUT;
    };
  }

  /** The session that only encrypts, for commands whose proof is something else. */
  static int protector(TssContext tss, Protection protection) throws IOException {
    return protection == Protection.NONE
        ? Esys.ESYS_TR_NONE
        : tss.secureSession().forCommand(protection);
  }

  int proof() {
    return proof;
  }

  int protector() {
    return protector;
  }

  @Override
  public void close() throws IOException {
    if (owned.isPresent()) {
      owned.get().close();
    }
  }
}
