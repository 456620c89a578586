// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Running a measured container in an OCI engine, and leaving nothing behind. */
@NullMarked
package dev.trustme.launch;

import org.jspecify.annotations.NullMarked;
