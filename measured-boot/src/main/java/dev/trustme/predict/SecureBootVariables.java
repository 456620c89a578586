// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;

/**
 * The contents of the Secure Boot variables, each a database of EFI_SIGNATURE_LISTs (what .esl
 * files hold); empty where the variable does not exist. Secure Boot is on.
 */
public record SecureBootVariables(Bytes pk, Bytes kek, Bytes db, Bytes dbx) {}
