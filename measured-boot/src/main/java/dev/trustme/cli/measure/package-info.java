// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The tool {@code trustme measure}: what a machine measured, and what an image will measure. */
@NullMarked
package dev.trustme.cli.measure;

import org.jspecify.annotations.NullMarked;
