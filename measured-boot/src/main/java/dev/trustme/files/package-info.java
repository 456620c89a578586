// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Files at the edge: inputs opened once and bounded, outputs that appear whole or not at all. */
@NullMarked
package dev.trustme.files;

import org.jspecify.annotations.NullMarked;
