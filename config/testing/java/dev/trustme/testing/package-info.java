// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Helpers that the tests of several modules share; no part of the product. */
@NullMarked
package dev.trustme.testing;

import org.jspecify.annotations.NullMarked;
