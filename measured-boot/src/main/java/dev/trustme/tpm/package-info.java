// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * TPM 2.0 structures as they go over the wire (big-endian), names, key derivation and
 * TPM2_MakeCredential: TCG TPM 2.0 Library Specification, Family 2.0, revision 1.59. Nothing here
 * talks to a TPM.
 */
@NullMarked
package dev.trustme.tpm;

import org.jspecify.annotations.NullMarked;
