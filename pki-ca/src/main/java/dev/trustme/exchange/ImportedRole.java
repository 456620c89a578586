// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

/** placeholder */
final class ImportedRole {
  static final String ROOT = "-root";
}
