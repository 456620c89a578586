// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** How to use the verifier as a library; built and run with the tests. */
@NullMarked
package dev.trustme.example;

import org.jspecify.annotations.NullMarked;
