// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The launcher kit that every command shares: exit codes, output for people and programs, progress,
 * secrets, time, and the one place where exceptions become exit codes.
 */
@NullMarked
package dev.trustme.cli;

import org.jspecify.annotations.NullMarked;
