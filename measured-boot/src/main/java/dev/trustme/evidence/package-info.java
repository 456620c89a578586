// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The evidence file that a device hands out: read strictly, trusted in nothing. */
@NullMarked
package dev.trustme.evidence;

import org.jspecify.annotations.NullMarked;
