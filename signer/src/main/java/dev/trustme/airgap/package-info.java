// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Signing where the key is on a machine without a network: the request that goes there, the answer
 * that comes back, and the keys that stand in for the private one meanwhile.
 */
@NullMarked
package dev.trustme.airgap;

import org.jspecify.annotations.NullMarked;
