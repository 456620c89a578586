// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Digest;

/** What stands before an entry's data; offsets in the log, in bytes. */
record ImaHeader(
    long number,
    long offset,
    long dataOffset,
    int pcr,
    Digest templateHash,
    ImaTemplate template) {}
