// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The files that a boot description names. */
@FunctionalInterface
public interface BootArtefacts {
  /** The whole content of the file of that name; it must not change while it is in use. */
  ByteBuffer content(String name) throws IOException, FormatException;
}
