// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.tpm.Hierarchy;
import java.io.IOException;

/** Authorization values of hierarchies, and the dictionary-attack lock. TPM 2.0 Part 3, 24, 25. */
public final class Hierarchies {
  private final TssContext tss;

  Hierarchies(TssContext tss) {
    this.tss = tss;
  }

  /** TPM2_HierarchyChangeAuth; the new value travels encrypted and is used from now on. */
  public void changeSecret(Hierarchy hierarchy, Secret secret) throws IOException {
    var entity = tss.entity(hierarchy);
    try (var authorization = Authorization.of(entity, Protection.INPUT);
        var call = tss.call("TPM2_HierarchyChangeAuth of " + hierarchy)) {
      var value = call.auth(secret);
      call.run((esys, context) ->
          esys.Esys_HierarchyChangeAuth(
              context,
              entity.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              value));
    }
    entity.authorize(secret);
  }

  /** TPM2_DictionaryAttackLockReset: forgets the failed tries; the lockout secret allows it. */
  public void resetLock() throws IOException {
    var lockout = tss.entity(Hierarchy.TPM_RH_LOCKOUT);
    try (var authorization = Authorization.of(lockout, Protection.NONE);
        var call = tss.call("TPM2_DictionaryAttackLockReset")) {
      call.run((esys, context) ->
          esys.Esys_DictionaryAttackLockReset(
              context,
              lockout.handle(),
              authorization.proof(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE));
    }
  }

  /**
   * TPM2_DictionaryAttackParameters; the lockout secret allows it.
   *
   * @param maxTries the TPM locks at so many
   * @param recoverySeconds after so long one try is forgotten
   * @param lockoutRecoverySeconds after a wrong lockout secret
   */
  public void setLock(int maxTries, int recoverySeconds, int lockoutRecoverySeconds)
      throws IOException {
    var lockout = tss.entity(Hierarchy.TPM_RH_LOCKOUT);
    try (var authorization = Authorization.of(lockout, Protection.NONE);
        var call = tss.call("TPM2_DictionaryAttackParameters")) {
      call.run((esys, context) ->
          esys.Esys_DictionaryAttackParameters(
              context,
              lockout.handle(),
              authorization.proof(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              maxTries,
              recoverySeconds,
              lockoutRecoverySeconds));
    }
  }
}
