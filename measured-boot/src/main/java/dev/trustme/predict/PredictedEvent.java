// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Digest;

/**
 * One event that will be measured.
 *
 * @param type the TCG event type's name
 * @param name what is measured: a variable, a section, an action
 */
public record PredictedEvent(int pcr, String type, String name, Digest digest) {}
