// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Makes the shipped vectors anew, with throw-away keys: run {@code MakeVectors}. */
@NullMarked
package dev.trustme.vectors.make;

import org.jspecify.annotations.NullMarked;
