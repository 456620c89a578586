// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Whom we trust and for what: roles, trust anchors, path validation, and the verdict type that
 * every verifier returns.
 */
@NullMarked
package dev.trustme.trust;

import org.jspecify.annotations.NullMarked;
