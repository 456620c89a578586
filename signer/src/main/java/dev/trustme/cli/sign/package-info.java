// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The commands of {@code trustme sign}. */
@NullMarked
package dev.trustme.cli.sign;

import org.jspecify.annotations.NullMarked;
