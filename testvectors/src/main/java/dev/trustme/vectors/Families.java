// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import java.util.List;

/** The one list of families. */
final class Families {
  static final List<Family> ALL = List.of();

  private Families() {}
}
