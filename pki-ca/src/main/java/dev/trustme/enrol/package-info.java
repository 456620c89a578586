// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Enrolment of devices, with files: whose TPM it is, whether a key lives in it, and the certificate
 * that says so afterwards.
 */
@NullMarked
package dev.trustme.enrol;

import org.jspecify.annotations.NullMarked;
