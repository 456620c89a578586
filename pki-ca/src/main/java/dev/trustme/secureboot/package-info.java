// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** UEFI Secure Boot's PK, KEK, db: as signature lists, signed updates, and in a variable store. */
@NullMarked
package dev.trustme.secureboot;

import org.jspecify.annotations.NullMarked;
