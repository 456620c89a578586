// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The release manifest: what was shipped and what it will measure. Reading, checking and encoding;
 * signing lives elsewhere.
 */
@NullMarked
package dev.trustme.release;

import org.jspecify.annotations.NullMarked;
