// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.key.SigningKey;

/**
 * A key that stays where it is, such as in a token, and the reference that names it from anywhere:
 * a file's path in it is absolute.
 */
public record HeldKey(String reference, SigningKey key) {}
