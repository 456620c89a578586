// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

/** A file and the signatures that it carries, as {@code sign signature show} tells them. */
sealed interface ShownFile permits ShownProgram, ShownModule {
  /** For people. */
  String text();
}
