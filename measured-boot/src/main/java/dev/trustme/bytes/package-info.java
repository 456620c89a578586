// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Bytes and how they are read: the one reader and writer of every binary format, immutable byte
 * strings, digests, and the one exception for malformed input.
 */
@NullMarked
package dev.trustme.bytes;

import org.jspecify.annotations.NullMarked;
