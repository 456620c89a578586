// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The decisions: may this be installed, may this start now. A permit is a type that only its guard
 * makes, and whoever starts something has to have one.
 */
@NullMarked
package dev.trustme.enforce;

import org.jspecify.annotations.NullMarked;
