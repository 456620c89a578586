// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What a machine will measure, from files alone: the events and PCR values of a boot that has not
 * happened. What is not known for certain is refused, never guessed.
 */
@NullMarked
package dev.trustme.predict;

import org.jspecify.annotations.NullMarked;
