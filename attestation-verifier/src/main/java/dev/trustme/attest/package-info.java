// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The judgement of a device: challenge, quote, attestation key, event log and policy, and the
 * verdict. What decides is a pure function; stores of nonces and device states are the only files.
 */
@NullMarked
package dev.trustme.attest;

import org.jspecify.annotations.NullMarked;
