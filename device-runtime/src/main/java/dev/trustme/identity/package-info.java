// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The device's own keys in its TPM, and the files that say what they are. */
@NullMarked
package dev.trustme.identity;

import org.jspecify.annotations.NullMarked;
