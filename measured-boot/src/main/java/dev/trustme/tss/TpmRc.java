// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** TPM_RC without parameter, handle and session numbers. TPM 2.0 Part 2, 6.6.3, table 16. */
public enum TpmRc {
  TPM_RC_INITIALIZE(
      0x100, "the TPM was not started (TPM2_Startup); firmware or the kernel does that"),
  TPM_RC_FAILURE(0x101, "the TPM is in failure mode; restart the machine"),
  TPM_RC_SEQUENCE(0x103, ""),
  TPM_RC_PRIVATE(0x10b, ""),
  TPM_RC_HMAC(0x119, ""),
  TPM_RC_DISABLED(0x120, "the command is disabled on this TPM"),
  TPM_RC_EXCLUSIVE(0x121, ""),
  TPM_RC_AUTH_TYPE(0x124, ""),
  TPM_RC_AUTH_MISSING(0x125, ""),
  TPM_RC_POLICY(0x126, ""),
  TPM_RC_PCR(0x127, ""),
  TPM_RC_PCR_CHANGED(0x128, "a PCR was extended after the policy was checked; try again"),
  TPM_RC_UPGRADE(0x12d, "the TPM waits for a firmware upgrade"),
  TPM_RC_TOO_MANY_CONTEXTS(0x12e, ""),
  TPM_RC_AUTH_UNAVAILABLE(
      0x12f,
      "the object allows no authorization of this kind; it may want a policy instead "
          + "of a password"),
  TPM_RC_REBOOT(0x130, "the TPM must be reset; restart the machine"),
  TPM_RC_UNBALANCED(0x131, ""),
  TPM_RC_COMMAND_SIZE(0x142, ""),
  TPM_RC_COMMAND_CODE(0x143, "this TPM does not know the command"),
  TPM_RC_AUTHSIZE(0x144, ""),
  TPM_RC_AUTH_CONTEXT(0x145, ""),
  TPM_RC_NV_RANGE(0x146, "offset and size reach beyond the NV index"),
  TPM_RC_NV_SIZE(0x147, "the NV index would be larger than this TPM allows"),
  TPM_RC_NV_LOCKED(0x148, "the NV index is locked, or is a PIN index whose tries are used up"),
  TPM_RC_NV_AUTHORIZATION(
      0x149, "the NV index does not allow this kind of access; see its attributes"),
  TPM_RC_NV_UNINITIALIZED(0x14a, "the NV index was defined and never written"),
  TPM_RC_NV_SPACE(
      0x14b,
      "the TPM's non-volatile memory is full; remove NV indices or persistent keys "
          + "that are not needed"),
  TPM_RC_NV_DEFINED(
      0x14c, "that NV index or persistent handle is taken; remove it first or use another"),
  TPM_RC_BAD_CONTEXT(0x150, ""),
  TPM_RC_CPHASH(0x151, "the policy allows another command than this one"),
  TPM_RC_PARENT(0x152, ""),
  TPM_RC_NEEDS_TEST(0x153, ""),
  TPM_RC_NO_RESULT(0x154, ""),
  TPM_RC_SENSITIVE(0x155, ""),
  TPM_RC_ASYMMETRIC(0x081, "the TPM does not support this key algorithm"),
  TPM_RC_ATTRIBUTES(0x082, "the attributes contradict each other or the use"),
  TPM_RC_HASH(0x083, "the TPM does not support this hash algorithm here"),
  TPM_RC_VALUE(0x084, ""),
  TPM_RC_HIERARCHY(0x085, "the hierarchy is disabled or does not fit"),
  TPM_RC_KEY_SIZE(0x087, "the TPM does not support keys of this size"),
  TPM_RC_MGF(0x088, ""),
  TPM_RC_MODE(0x089, ""),
  TPM_RC_TYPE(0x08a, ""),
  TPM_RC_HANDLE(0x08b, "nothing lies at that handle"),
  TPM_RC_KDF(0x08c, ""),
  TPM_RC_RANGE(0x08d, ""),
  TPM_RC_AUTH_FAIL(
      0x08e, "wrong authorization value; the TPM counts this try and locks after too many"),
  TPM_RC_NONCE(0x08f, ""),
  TPM_RC_PP(0x090, ""),
  TPM_RC_SCHEME(0x092, "the key or the TPM does not support this scheme"),
  TPM_RC_SIZE(0x095, ""),
  TPM_RC_SYMMETRIC(0x096, ""),
  TPM_RC_TAG(0x097, ""),
  TPM_RC_SELECTOR(0x098, ""),
  TPM_RC_INSUFFICIENT(0x09a, ""),
  TPM_RC_SIGNATURE(0x09b, "the signature is not valid"),
  TPM_RC_KEY(0x09c, ""),
  TPM_RC_POLICY_FAIL(0x09d, "the policy is not satisfied"),
  TPM_RC_INTEGRITY(0x09f, "the blob was made by another TPM, under another parent, or was changed"),
  TPM_RC_TICKET(0x0a0, ""),
  TPM_RC_RESERVED_BITS(0x0a1, ""),
  TPM_RC_BAD_AUTH(0x0a2, "wrong authorization value"),
  TPM_RC_EXPIRED(0x0a3, ""),
  TPM_RC_POLICY_CC(0x0a4, "the policy allows another command than this one"),
  TPM_RC_BINDING(0x0a5, "public and private part do not belong together"),
  TPM_RC_CURVE(0x0a6, "the TPM does not support this curve"),
  TPM_RC_ECC_POINT(0x0a7, ""),
  TPM_RC_CONTEXT_GAP(0x901, ""),
  TPM_RC_OBJECT_MEMORY(
      0x902, "the TPM has no free slot for objects; use /dev/tpmrm0, or tpm2_flushcontext -t"),
  TPM_RC_SESSION_MEMORY(
      0x903, "the TPM has no free slot for sessions; use /dev/tpmrm0, or tpm2_flushcontext -l"),
  TPM_RC_MEMORY(0x904, ""),
  TPM_RC_SESSION_HANDLES(
      0x905, "the TPM has too many sessions; tpm2_flushcontext -s removes saved ones"),
  TPM_RC_OBJECT_HANDLES(0x906, ""),
  TPM_RC_LOCALITY(0x907, "not allowed from this locality; firmware or a measured launch does that"),
  TPM_RC_YIELDED(0x908, "the TPM is busy; try again"),
  TPM_RC_CANCELED(0x909, "the command was cancelled"),
  TPM_RC_TESTING(0x90a, "the TPM tests itself; try again"),
  TPM_RC_REFERENCE_H0(
      0x910, "an object is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_REFERENCE_H1(
      0x911, "an object is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_REFERENCE_H2(
      0x912, "an object is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_REFERENCE_S0(
      0x918, "the session is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_REFERENCE_S1(
      0x919, "the session is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_REFERENCE_S2(
      0x91a, "the session is gone: the TPM was restarted or somebody flushed it; begin anew"),
  TPM_RC_NV_RATE(0x920, "the TPM slows down writes to protect its memory; try again later"),
  TPM_RC_LOCKOUT(
      0x921,
      "the TPM is locked after too many wrong authorizations; wait for its recovery "
          + "time, or reset with the lockout authorization"),
  TPM_RC_RETRY(0x922, "the TPM was busy; try again"),
  TPM_RC_NV_UNAVAILABLE(
      0x923, "the TPM's non-volatile memory cannot be written now; try again later");

  private static final Set<TpmRc> BUSY = EnumSet.of(TPM_RC_RETRY, TPM_RC_YIELDED, TPM_RC_TESTING);

  private static final Set<TpmRc> REFUSALS =
      EnumSet.of(
          TPM_RC_AUTH_FAIL,
          TPM_RC_BAD_AUTH,
          TPM_RC_LOCKOUT,
          TPM_RC_POLICY_FAIL,
          TPM_RC_POLICY_CC,
          TPM_RC_POLICY,
          TPM_RC_CPHASH,
          TPM_RC_PCR_CHANGED,
          TPM_RC_AUTH_UNAVAILABLE,
          TPM_RC_SIGNATURE,
          TPM_RC_INTEGRITY,
          TPM_RC_NV_AUTHORIZATION,
          TPM_RC_NV_LOCKED);

  private final int code;
  private final String advice;

  TpmRc(int code, String advice) {
    this.code = code;
    this.advice = advice;
  }

  public int code() {
    return code;
  }

  /** What it means for a person and what to do; empty where the name says all there is. */
  public String advice() {
    return advice;
  }

  /** The same command may succeed if it is simply sent again. */
  public boolean busy() {
    return BUSY.contains(this);
  }

  /** The TPM works and says no: a wrong secret, an unmet policy, a foreign or changed blob. */
  public boolean refusal() {
    return REFUSALS.contains(this);
  }

  static Optional<TpmRc> byCode(int code) {
    return Arrays.stream(values()).filter(rc -> rc.code == code).findFirst();
  }
}
