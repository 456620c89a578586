// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Files that other programs write, made into evidence; they are as untrusted as before. */
@NullMarked
package dev.trustme.foreign;

import org.jspecify.annotations.NullMarked;
