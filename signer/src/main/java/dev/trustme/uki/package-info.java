// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Unified kernel images: assembled on a boot stub, byte for byte the same from the same parts. */
@NullMarked
package dev.trustme.uki;

import org.jspecify.annotations.NullMarked;
