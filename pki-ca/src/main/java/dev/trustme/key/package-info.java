// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Where private keys live and how they sign. A private key never leaves a {@link
 * dev.trustme.key.SigningKey} except into an encrypted {@link dev.trustme.key.KeyFile}.
 */
@NullMarked
package dev.trustme.key;

import org.jspecify.annotations.NullMarked;
