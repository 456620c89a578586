// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * TCG event logs: parsed ({@link dev.trustme.eventlog.EventLog}, untrusted), replayed to PCR values
 * ({@link dev.trustme.eventlog.ReplayedLog}), and each event's digest held against its data.
 * Nothing here judges: a log means something once its replay equals PCR values that a TPM signed.
 */
@NullMarked
package dev.trustme.eventlog;

import org.jspecify.annotations.NullMarked;
