// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The commands of {@code trustme vectors}. */
@NullMarked
package dev.trustme.cli.vectors;

import org.jspecify.annotations.NullMarked;
