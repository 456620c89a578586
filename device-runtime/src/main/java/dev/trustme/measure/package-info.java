// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** A container's start goes into the TPM and into the log before it happens. */
@NullMarked
package dev.trustme.measure;

import org.jspecify.annotations.NullMarked;
