// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Key ceremonies: a script, its rehearsal and run, secrets shared by custodians, a transcript. */
@NullMarked
package dev.trustme.ceremony;

import org.jspecify.annotations.NullMarked;
