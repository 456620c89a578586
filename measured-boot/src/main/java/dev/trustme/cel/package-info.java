// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Logs that user space keeps of what it measures, as records of the TCG Canonical Event Log Format
 * 1.0 (CEL-JSON): parsed and replayed, not judged.
 */
@NullMarked
package dev.trustme.cel;

import org.jspecify.annotations.NullMarked;
