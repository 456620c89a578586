// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The signing log held against what it must not lose: kept heads, checkpoints, certificates. */
@NullMarked
package dev.trustme.audit;

import org.jspecify.annotations.NullMarked;
