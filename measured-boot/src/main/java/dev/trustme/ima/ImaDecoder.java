// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ima.ImaDigest.FileHash;
import dev.trustme.ima.ImaDigest.VerityDigest;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes template data: fields, each after its length (u32), or the oldest template's digest and
 * padded name.
 */
final class ImaDecoder {
  static final int LEGACY_DIGEST_SIZE = 20;

  /** A name of at most 255 bytes and its NUL: what the oldest template hashes. */
  static final int LEGACY_NAME_SIZE = 256;

  /** Kernels before 5.19 leave 20 zero bytes for a violation's digest, whatever the algorithm. */
  private static final int OLD_VIOLATION_SIZE = 20;

  private static final int MAX_ALGORITHM = 32;

  private final ImaTemplate template;
  private final BinaryReader reader;

  ImaDecoder(ImaTemplate template, Bytes data, ByteOrder order, long offset) {
    this.template = template;
    this.reader = BinaryReader.at(data.buffer(), order, "IMA template data", offset);
  }

  List<ImaValue> values() throws FormatException {
    return template.isLegacy() ? legacy() : fields();
  }

  private List<ImaValue> legacy() throws FormatException {
    Bytes digest = reader.bytes(LEGACY_DIGEST_SIZE);
    Bytes padded = reader.bytes(LEGACY_NAME_SIZE);
    reader.expectEnd();
    int end = nul(padded, 0);
    if (end == padded.size() || !padded.slice(end, padded.size()).isAllZero()) {
      throw reader.malformed("n holds a NUL before its end, or more than 255 bytes");
    }
    return List.of(
        new ImaValue.DigestValue(new FileHash(KernelHash.SHA1, digest)),
        new ImaValue.Name(padded.slice(0, end)));
  }

  private List<ImaValue> fields() throws FormatException {
    List<ImaValue> values = new ArrayList<>();
    for (ImaField field : template.fields()) {
      long size = reader.u32();
      values.add(value(field, reader.slice("IMA field " + field.id(), size)));
    }
    reader.expectEnd();
    return values;
  }

  private static ImaValue value(ImaField field, BinaryReader in) throws FormatException {
    if (!in.hasRemaining() && field.kind() != ImaField.Kind.NAME) {
      return new ImaValue.Absent();
    }
    return switch (field.kind()) {
      case PLAIN_DIGEST -> new ImaValue.DigestValue(new FileHash(plainAlgorithm(in), in.rest()));
      case DIGEST, TYPED_DIGEST -> new ImaValue.DigestValue(digest(field, in));
      case NAME -> new ImaValue.Name(text(in));
      case SIGNATURE -> signature(in);
      case MODSIG -> new ImaValue.Modsig(in.rest());
      case BUFFER -> new ImaValue.Buffer(in.rest());
      case NUMBER -> number(field, in);
      case XATTR_NAMES -> new ImaValue.XattrNames(List.of(text(in).utf8().split("\\|", -1)));
      case XATTR_LENGTHS -> lengths(in);
      case XATTR_VALUES -> new ImaValue.XattrValues(in.rest());
    };
  }

  /** The field without algorithm is SHA-1 or MD5, told apart by size. */
  private static KernelHash plainAlgorithm(BinaryReader in) throws FormatException {
    for (KernelHash hash : List.of(KernelHash.SHA1, KernelHash.MD5)) {
      if (hash.size() == in.remaining()) {
        return hash;
      }
    }
    throw in.malformed("a digest of %d bytes, expected 20 or 16".formatted(in.remaining()));
  }

  /** {@code ALGORITHM:}, or {@code TYPE:ALGORITHM:}, a NUL, and the digest. */
  private static ImaDigest digest(ImaField field, BinaryReader in) throws FormatException {
    String prefix = prefix(in);
    boolean verity = false;
    if (field.kind() == ImaField.Kind.TYPED_DIGEST) {
      verity = prefix.startsWith("verity:");
      if (!verity && !prefix.startsWith("ima:")) {
        throw in.malformed("expected the digest type ima: or verity:, found '" + prefix + "'");
      }
      prefix = prefix.substring(prefix.indexOf(':') + 1);
    }
    String label = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    KernelHash algorithm =
        KernelHash.byLabel(label)
            .orElseThrow(() -> in.malformed("unknown digest algorithm '" + label + "'"));
    Bytes value = in.rest();
    boolean oldViolation = value.size() == OLD_VIOLATION_SIZE && value.isAllZero();
    if (value.size() != algorithm.size() && !oldViolation) {
      throw in.malformed("a %s digest of %d bytes".formatted(label, value.size()));
    }
    return verity ? new VerityDigest(algorithm, value) : new FileHash(algorithm, value);
  }

  /** What stands before the NUL: printable ASCII that ends in a colon. */
  private static String prefix(BinaryReader in) throws FormatException {
    var text = new StringBuilder();
    while (true) {
      int next = in.hasRemaining() && text.length() < MAX_ALGORITHM ? in.u8() : -1;
      if (next == 0 && !text.isEmpty() && text.charAt(text.length() - 1) == ':') {
        return text.toString();
      }
      if (next < '!' || next > '~') {
        throw in.malformed("the digest's algorithm does not end in a colon and a NUL");
      }
      text.append((char) next);
    }
  }

  /** A string with its NUL, which is not part of the result. */
  private static Bytes text(BinaryReader in) throws FormatException {
    Bytes raw = in.rest();
    int end = nul(raw, 0);
    if (end == raw.size()) {
      throw in.malformed("a string without its final NUL");
    }
    if (end != raw.size() - 1) {
      throw in.malformed("a string that holds a NUL before its end");
    }
    return raw.slice(0, end);
  }

  private static int nul(Bytes raw, int from) {
    int end = from;
    while (end < raw.size() && raw.at(end) != 0) {
      end++;
    }
    return end;
  }

  private static ImaValue signature(BinaryReader in) {
    Bytes raw = in.rest();
    try {
      return new ImaValue.Signature(ImaSignature.parse(raw));
    } catch (FormatException e) {
      return new ImaValue.Unparsed(raw, e.structure() + ": " + e.problem());
    }
  }

  private static ImaValue number(ImaField field, BinaryReader in) throws FormatException {
    if (in.remaining() != field.numberSize()) {
      Bytes raw = in.rest();
      return new ImaValue.Unparsed(
          raw, "%s: %d bytes, expected %d".formatted(field.id(), raw.size(), field.numberSize()));
    }
    return new ImaValue.NumberValue(field == ImaField.IMODE ? in.u16() : in.u32());
  }

  private static ImaValue lengths(BinaryReader in) throws FormatException {
    if (in.remaining() % Integer.BYTES != 0) {
      Bytes raw = in.rest();
      return new ImaValue.Unparsed(raw, "xattrlengths: %d bytes".formatted(raw.size()));
    }
    List<Long> lengths = new ArrayList<>();
    while (in.hasRemaining()) {
      lengths.add(in.u32());
    }
    return new ImaValue.XattrLengths(lengths);
  }
}
