// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** One class per artefact kind: takes the artefact and a role's key, gives the signed artefact. */
@NullMarked
package dev.trustme.sign;

import org.jspecify.annotations.NullMarked;
