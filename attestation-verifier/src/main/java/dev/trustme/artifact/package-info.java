// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Signed artefacts: signature formats and signed manifests, read and verified. Nothing here signs.
 */
@NullMarked
package dev.trustme.artifact;

import org.jspecify.annotations.NullMarked;
