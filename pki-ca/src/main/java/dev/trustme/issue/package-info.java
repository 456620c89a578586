// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Certificates from a profile, the PKI folder that holds them, and the log of what was signed. */
@NullMarked
package dev.trustme.issue;

import org.jspecify.annotations.NullMarked;
