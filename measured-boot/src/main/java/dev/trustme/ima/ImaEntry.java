// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * One entry of a log, decoded: what it says, which only a replay against a quoted PCR makes true.
 *
 * @param number from 0
 * @param offset of the entry in the log, in bytes
 * @param templateHash as logged; all zero for a violation
 * @param values one for each field of the template
 */
public record ImaEntry(
    long number,
    long offset,
    int pcr,
    Digest templateHash,
    ImaTemplate template,
    Bytes templateData,
    List<ImaValue> values) {
  /** The name of the entry that holds the hash of the boot's PCRs. */
  public static final String BOOT_AGGREGATE = "boot_aggregate";

  private static final Bytes AGGREGATE_NAME = Bytes.utf8(BOOT_AGGREGATE);

  public ImaEntry {
    values = List.copyOf(values);
    if (values.size() != template.fields().size()) {
      throw new IllegalArgumentException("values and fields differ in number");
    }
  }

  /**
   * Decodes the template data as it is hashed. Malformed: fields that do not fill it, digests
   * without or with an unknown algorithm or of another size, names that do not end in their one
   * NUL. Signatures and numbers that are wrong are values of the case Unparsed.
   */
  static ImaEntry decode(ImaHeader header, Bytes data, ByteOrder order) throws FormatException {
    List<ImaValue> values =
        new ImaDecoder(header.template(), data, order, header.dataOffset()).values();
    return new ImaEntry(
        header.number(),
        header.offset(),
        header.pcr(),
        header.templateHash(),
        header.template(),
        data,
        values);
  }

  /**
   * Whether the kernel could not measure reliably (a file that was open for writing, for example):
   * then it extends all ones, and the entry's digest says nothing.
   */
  public boolean violation() {
    return templateHash.value().isAllZero();
  }

  /** Of the first field that is a digest, which says what was measured. */
  public Optional<ImaDigest> digest() {
    return first(ImaValue.DigestValue.class).map(ImaValue.DigestValue::digest);
  }

  /** The name without its NUL; empty bytes where the template has none. */
  public Bytes name() {
    return first(ImaValue.Name.class).map(ImaValue.Name::bytes).orElse(Bytes.empty());
  }

  public Optional<ImaSignature> signature() {
    return first(ImaValue.Signature.class).map(ImaValue.Signature::signature);
  }

  /** The value of this field, if the template has it. */
  public Optional<ImaValue> value(ImaField field) {
    int index = template.fields().indexOf(field);
    return index < 0 ? Optional.empty() : Optional.of(values.get(index));
  }

  public boolean isBootAggregate() {
    return name().equals(AGGREGATE_NAME);
  }

  private <T extends ImaValue> Optional<T> first(Class<T> type) {
    return values.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** Whether the logged template hash is that of the data; a violation's never is. */
  public boolean templateHashMatches() {
    return templateHash.algorithm().digest(templateData).equals(templateHash);
  }

  /** The entry as the kernel's binary log has it. */
  public Bytes encode(ByteOrder order) {
    var out =
        order == ByteOrder.LITTLE_ENDIAN ? BinaryWriter.littleEndian() : BinaryWriter.bigEndian();
    byte[] ascii = Bytes.utf8(template.name()).toArray();
    out.u32(pcr).bytes(templateHash.value()).u32(ascii.length).bytes(ascii);
    if (template.isLegacy()) {
      Bytes digest = templateData.slice(0, ImaDecoder.LEGACY_DIGEST_SIZE);
      return out.bytes(digest).u32(name().size()).bytes(name()).toBytes();
    }
    return out.u32(templateData.size()).bytes(templateData).toBytes();
  }
}
