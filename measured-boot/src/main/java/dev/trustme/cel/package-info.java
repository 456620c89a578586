// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Logs that user space keeps of what it measures, and others in the TCG Canonical Event Log Format
 * 1.0 (JSON and TLV): parsed and replayed, not judged.
 */
@NullMarked
package dev.trustme.cel;

import org.jspecify.annotations.NullMarked;
