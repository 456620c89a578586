// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The live TPM: tpm2-tss's ESYS through JNA. Structures cross the border as opaque memory, filled
 * and emptied by tpm2-tss's own marshalling (TCG TSS 2.0 Marshaling/Unmarshaling API), so no C
 * layout is repeated here. Loaded on first use; nothing that verifies needs it.
 */
@NullMarked
package dev.trustme.tss;

import org.jspecify.annotations.NullMarked;
