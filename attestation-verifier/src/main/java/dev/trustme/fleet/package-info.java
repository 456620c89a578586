// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Many devices judged in one run: inputs, order, the record of results, and their summary. */
@NullMarked
package dev.trustme.fleet;

import org.jspecify.annotations.NullMarked;
