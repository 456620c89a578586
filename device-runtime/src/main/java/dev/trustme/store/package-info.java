// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** What a device keeps: trust anchors, installed containers, the container log. */
@NullMarked
package dev.trustme.store;

import org.jspecify.annotations.NullMarked;
