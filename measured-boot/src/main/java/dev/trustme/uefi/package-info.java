// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * UEFI structures as firmware keeps and measures them: GUIDs, signature lists, measured variables,
 * and PE images with their sections, signatures and Authenticode digest. Nothing here judges.
 */
@NullMarked
package dev.trustme.uefi;

import org.jspecify.annotations.NullMarked;
