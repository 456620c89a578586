// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Certificates and keys in the forms of other tools: written for them, and taken from them. */
@NullMarked
package dev.trustme.exchange;

import org.jspecify.annotations.NullMarked;
