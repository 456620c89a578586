// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

/** OCI documents and where they lie, read strictly: nothing is fetched, nothing is guessed. */
@NullMarked
package dev.trustme.oci;

import org.jspecify.annotations.NullMarked;
