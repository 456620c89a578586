// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * libtss2-esys: TCG TSS 2.0 Enhanced System API 1.0. Method and parameter names are the C names; s1
 * to s3 are the session handles. Handles are ESYS_TR, passed as int; outputs behind
 * PointerByReference are the library's and freed with {@link #Esys_Free}.
 */
interface Esys extends Library {
  /** ESYS_TR_NONE: no session. */
  int ESYS_TR_NONE = 0xfff;

  /** ESYS_TR_PASSWORD: the session of a password authorization, here always an empty one. */
  int ESYS_TR_PASSWORD = 0x0ff;

  int Esys_Initialize(PointerByReference context, Pointer tcti, @Nullable Pointer abiVersion);

  void Esys_Finalize(PointerByReference context);

  void Esys_Free(@Nullable Pointer memory);

  int Esys_GetRandom(
      Pointer context,
      int s1,
      int s2,
      int s3,
      short bytesRequested,
      PointerByReference randomBytes);

  int Esys_GetCapability(
      Pointer context,
      int s1,
      int s2,
      int s3,
      int capability,
      int property,
      int propertyCount,
      Pointer moreData,
      PointerByReference capabilityData);

  int Esys_PCR_Read(
      Pointer context,
      int s1,
      int s2,
      int s3,
      Pointer pcrSelectionIn,
      IntByReference pcrUpdateCounter,
      PointerByReference pcrSelectionOut,
      PointerByReference pcrValues);

  int Esys_PCR_Extend(Pointer context, int pcrHandle, int s1, int s2, int s3, Pointer digests);

  int Esys_PCR_Reset(Pointer context, int pcrHandle, int s1, int s2, int s3);

  int Esys_TR_FromTPMPublic(
      Pointer context, int tpmHandle, int s1, int s2, int s3, IntByReference object);

  int Esys_TR_Close(Pointer context, IntByReference rsrcHandle);

  int Esys_TR_SetAuth(Pointer context, int handle, Pointer authValue);

  int Esys_TR_GetName(Pointer context, int handle, PointerByReference name);

  int Esys_TRSess_SetAttributes(Pointer context, int session, byte flags, byte mask);

  int Esys_StartAuthSession(
      Pointer context,
      int tpmKey,
      int bind,
      int s1,
      int s2,
      int s3,
      @Nullable Pointer nonceCaller,
      byte sessionType,
      Pointer symmetric,
      short authHash,
      IntByReference sessionHandle);

  int Esys_FlushContext(Pointer context, int flushHandle);

  int Esys_ContextLoad(Pointer context, Pointer saved, IntByReference loadedHandle);

  int Esys_CreatePrimary(
      Pointer context,
      int primaryHandle,
      int s1,
      int s2,
      int s3,
      Pointer inSensitive,
      Pointer inPublic,
      Pointer outsideInfo,
      Pointer creationPCR,
      IntByReference objectHandle,
      PointerByReference outPublic,
      PointerByReference creationData,
      PointerByReference creationHash,
      PointerByReference creationTicket);

  int Esys_Create(
      Pointer context,
      int parentHandle,
      int s1,
      int s2,
      int s3,
      Pointer inSensitive,
      Pointer inPublic,
      Pointer outsideInfo,
      Pointer creationPCR,
      PointerByReference outPrivate,
      PointerByReference outPublic,
      PointerByReference creationData,
      PointerByReference creationHash,
      PointerByReference creationTicket);

  int Esys_Load(
      Pointer context,
      int parentHandle,
      int s1,
      int s2,
      int s3,
      Pointer inPrivate,
      Pointer inPublic,
      IntByReference objectHandle);

  int Esys_LoadExternal(
      Pointer context,
      int s1,
      int s2,
      int s3,
      @Nullable Pointer inPrivate,
      Pointer inPublic,
      int hierarchy,
      IntByReference objectHandle);

  int Esys_ReadPublic(
      Pointer context,
      int objectHandle,
      int s1,
      int s2,
      int s3,
      PointerByReference outPublic,
      PointerByReference name,
      PointerByReference qualifiedName);

  int Esys_EvictControl(
      Pointer context,
      int auth,
      int objectHandle,
      int s1,
      int s2,
      int s3,
      int persistentHandle,
      IntByReference newObjectHandle);

  int Esys_ActivateCredential(
      Pointer context,
      int activateHandle,
      int keyHandle,
      int s1,
      int s2,
      int s3,
      Pointer credentialBlob,
      Pointer secret,
      PointerByReference certInfo);

  int Esys_Sign(
      Pointer context,
      int keyHandle,
      int s1,
      int s2,
      int s3,
      Pointer digest,
      Pointer inScheme,
      Pointer validation,
      PointerByReference signature);

  int Esys_Certify(
      Pointer context,
      int objectHandle,
      int signHandle,
      int s1,
      int s2,
      int s3,
      Pointer qualifyingData,
      Pointer inScheme,
      PointerByReference certifyInfo,
      PointerByReference signature);

  int Esys_CertifyCreation(
      Pointer context,
      int signHandle,
      int objectHandle,
      int s1,
      int s2,
      int s3,
      Pointer qualifyingData,
      Pointer creationHash,
      Pointer inScheme,
      Pointer creationTicket,
      PointerByReference certifyInfo,
      PointerByReference signature);

  int Esys_ReadClock(Pointer context, int s1, int s2, int s3, PointerByReference currentTime);

  int Esys_Quote(
      Pointer context,
      int signHandle,
      int s1,
      int s2,
      int s3,
      Pointer qualifyingData,
      Pointer inScheme,
      Pointer pcrSelect,
      PointerByReference quoted,
      PointerByReference signature);

  int Esys_Unseal(
      Pointer context, int itemHandle, int s1, int s2, int s3, PointerByReference outData);

  int Esys_ObjectChangeAuth(
      Pointer context,
      int objectHandle,
      int parentHandle,
      int s1,
      int s2,
      int s3,
      Pointer newAuth,
      PointerByReference outPrivate);

  int Esys_HierarchyChangeAuth(
      Pointer context, int authHandle, int s1, int s2, int s3, Pointer newAuth);

  int Esys_VerifySignature(
      Pointer context,
      int keyHandle,
      int s1,
      int s2,
      int s3,
      Pointer digest,
      Pointer signature,
      PointerByReference validation);

  int Esys_PolicyPCR(
      Pointer context, int policySession, int s1, int s2, int s3, Pointer pcrDigest, Pointer pcrs);

  int Esys_PolicyNV(
      Pointer context,
      int authHandle,
      int nvIndex,
      int policySession,
      int s1,
      int s2,
      int s3,
      Pointer operandB,
      short offset,
      short operation);

  int Esys_PolicySecret(
      Pointer context,
      int authHandle,
      int policySession,
      int s1,
      int s2,
      int s3,
      @Nullable Pointer nonceTPM,
      @Nullable Pointer cpHashA,
      Pointer policyRef,
      int expiration,
      PointerByReference timeout,
      PointerByReference policyTicket);

  int Esys_PolicyAuthorize(
      Pointer context,
      int policySession,
      int s1,
      int s2,
      int s3,
      Pointer approvedPolicy,
      Pointer policyRef,
      Pointer keySign,
      Pointer checkTicket);

  int Esys_PolicyAuthValue(Pointer context, int policySession, int s1, int s2, int s3);

  int Esys_PolicyOR(Pointer context, int policySession, int s1, int s2, int s3, Pointer pHashList);

  int Esys_PolicyCpHash(
      Pointer context, int policySession, int s1, int s2, int s3, Pointer cpHashA);

  int Esys_PolicyCommandCode(Pointer context, int policySession, int s1, int s2, int s3, int code);

  int Esys_PolicyNvWritten(
      Pointer context, int policySession, int s1, int s2, int s3, byte writtenSet);

  int Esys_PolicyGetDigest(
      Pointer context, int policySession, int s1, int s2, int s3, PointerByReference policyDigest);

  int Esys_NV_DefineSpace(
      Pointer context,
      int authHandle,
      int s1,
      int s2,
      int s3,
      Pointer auth,
      Pointer publicInfo,
      IntByReference nvHandle);

  int Esys_NV_UndefineSpace(Pointer context, int authHandle, int nvIndex, int s1, int s2, int s3);

  int Esys_NV_ReadPublic(
      Pointer context,
      int nvIndex,
      int s1,
      int s2,
      int s3,
      PointerByReference nvPublic,
      PointerByReference nvName);

  int Esys_NV_Read(
      Pointer context,
      int authHandle,
      int nvIndex,
      int s1,
      int s2,
      int s3,
      short size,
      short offset,
      PointerByReference data);

  int Esys_NV_Write(
      Pointer context,
      int authHandle,
      int nvIndex,
      int s1,
      int s2,
      int s3,
      Pointer data,
      short offset);

  int Esys_NV_Increment(Pointer context, int authHandle, int nvIndex, int s1, int s2, int s3);

  int Esys_NV_Extend(
      Pointer context, int authHandle, int nvIndex, int s1, int s2, int s3, Pointer data);

  int Esys_NV_ChangeAuth(Pointer context, int nvIndex, int s1, int s2, int s3, Pointer newAuth);

  int Esys_DictionaryAttackLockReset(Pointer context, int lockHandle, int s1, int s2, int s3);

  int Esys_DictionaryAttackParameters(
      Pointer context,
      int lockHandle,
      int s1,
      int s2,
      int s3,
      int newMaxTries,
      int newRecoveryTime,
      int lockoutRecovery);
}
