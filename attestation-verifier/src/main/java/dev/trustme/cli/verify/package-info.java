// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The commands of {@code trustme verify}. */
@NullMarked
package dev.trustme.cli.verify;

import org.jspecify.annotations.NullMarked;
