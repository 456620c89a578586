// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** {@code trustme pki}: one class per verb. */
@NullMarked
package dev.trustme.cli.pki;

import org.jspecify.annotations.NullMarked;
