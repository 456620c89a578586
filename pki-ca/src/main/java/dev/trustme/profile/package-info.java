// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The customizable PKI as a file: which authorities, role keys and Secure Boot set there are. */
@NullMarked
package dev.trustme.profile;

import org.jspecify.annotations.NullMarked;
