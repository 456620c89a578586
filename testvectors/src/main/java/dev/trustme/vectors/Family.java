// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import java.io.IOException;

/** How one family of vectors is put to our verifiers. */
interface Family {
  /** The name of its folder. */
  String name();

  /** Judges the vector; a FormatException is the verdict "malformed". */
  Outcome judge(VectorInput input) throws IOException, FormatException;
}
