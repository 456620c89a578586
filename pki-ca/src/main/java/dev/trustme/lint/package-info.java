// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Named rules that certificates, requests and revocation lists keep before anybody gets them: what
 * each asks for, why, and by which clause.
 */
@NullMarked
package dev.trustme.lint;

import org.jspecify.annotations.NullMarked;
