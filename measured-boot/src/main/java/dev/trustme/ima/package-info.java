// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The Linux kernel's integrity measurement (IMA) logs: read as streams in either of their forms,
 * decoded and replayed, not judged. Linux Documentation/security/IMA-templates.rst.
 */
@NullMarked
package dev.trustme.ima;

import org.jspecify.annotations.NullMarked;
