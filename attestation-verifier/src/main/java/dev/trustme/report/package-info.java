// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Verdicts for people and for programs. */
@NullMarked
package dev.trustme.report;

import org.jspecify.annotations.NullMarked;
