// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** The tool {@code trustme device}: install and start signed containers. */
@NullMarked
package dev.trustme.cli.device;

import org.jspecify.annotations.NullMarked;
