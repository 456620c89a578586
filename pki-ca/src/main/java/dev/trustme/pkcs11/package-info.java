// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * PKCS#11 tokens: slots, sessions, private keys and their signatures, through the token maker's
 * library. OASIS PKCS #11 Cryptographic Token Interface 2.40; constants have their names there.
 */
@NullMarked
package dev.trustme.pkcs11;

import org.jspecify.annotations.NullMarked;
