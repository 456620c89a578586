// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * JSON and YAML as every file of the suite is read: duplicate keys, unknown keys, trailing content
 * and missing values are errors with line and column.
 */
@NullMarked
package dev.trustme.json;

import org.jspecify.annotations.NullMarked;
