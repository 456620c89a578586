// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Test vectors for verifiers: inputs with the verdict that any correct verifier gives, each
 * negative beside the positive it differs from in one thing; and the runner that holds ours against
 * them.
 */
@NullMarked
package dev.trustme.vectors;

import org.jspecify.annotations.NullMarked;
