// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** Root file systems and containers: read strictly, flattened, sealed as squashfs and dm-verity. */
@NullMarked
package dev.trustme.image;

import org.jspecify.annotations.NullMarked;
