// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * libtss2-esys: TCG TSS 2.0 Enhanced System API 1.0. Method names are the C names. Handles and
 * session handles are ESYS_TR, passed as int; outputs behind PointerByReference are the library's
 * and freed with {@link #Esys_Free}.
 */
interface Esys extends Library {
  /** ESYS_TR_NONE: no session. */
  int ESYS_TR_NONE = 0xfff;

  /** ESYS_TR_PASSWORD: the session of a password authorization, here the empty one of PCRs. */
  int ESYS_TR_PASSWORD = 0x0ff;

  int Esys_Initialize(PointerByReference context, Pointer tcti, @Nullable Pointer abiVersion);

  void Esys_Finalize(PointerByReference context);

  void Esys_Free(@Nullable Pointer memory);

  int Esys_GetRandom(
      Pointer context, int s1, int s2, int s3, short bytesRequested, PointerByReference random);

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

  int Esys_PCR_Extend(Pointer context, int pcr, int s1, int s2, int s3, Pointer digests);
}
