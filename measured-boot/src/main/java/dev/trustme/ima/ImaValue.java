// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import java.util.List;

/** One field of an entry, decoded. */
public sealed interface ImaValue {
  /** A digest field. */
  record DigestValue(ImaDigest digest) implements ImaValue {}

  /**
   * A name as the kernel recorded it, without its final NUL: mostly a path, of any bytes but NUL.
   * Since 3.13 the kernel writes spaces as underscores, so a name is not always the file's.
   */
  record Name(Bytes bytes) implements ImaValue {}

  record Signature(ImaSignature signature) implements ImaValue {}

  /** An appended signature: PKCS#7. */
  record Modsig(Bytes pkcs7) implements ImaValue {}

  /** What was measured itself: a certificate, a kernel command line, a policy. */
  record Buffer(Bytes content) implements ImaValue {}

  /** A user, a group or a file mode. */
  record NumberValue(long value) implements ImaValue {}

  record XattrNames(List<String> names) implements ImaValue {
    public XattrNames {
      names = List.copyOf(names);
    }
  }

  /** Lengths in bytes, in the order of the names. */
  record XattrLengths(List<Long> lengths) implements ImaValue {
    public XattrLengths {
      lengths = List.copyOf(lengths);
    }
  }

  /** All values, one after the other. */
  record XattrValues(Bytes values) implements ImaValue {}

  /** A field that the entry leaves empty: a file without signature, for example. */
  record Absent() implements ImaValue {}

  /** A field whose content is not what its identifier promises. */
  record Unparsed(Bytes raw, String reason) implements ImaValue {}
}
