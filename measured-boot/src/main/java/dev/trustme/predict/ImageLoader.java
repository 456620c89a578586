// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.FormatException;

/** What verifies, measures and starts images: firmware, or shim once it runs. */
interface ImageLoader {
  /** Adds the events of starting a step; refuses an image that would not be started. */
  void load(BootStep step, String component) throws FormatException;
}
