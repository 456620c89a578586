// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes IMA logs in both forms, right and wrong ones, without the code under test. */
public final class TestImaLog {
  /** One field: its bytes in the template data, and its text in a line. */
  public record Field(Bytes data, String text) {}

  private final ByteOrder order;
  private final List<Bytes> binary = new ArrayList<>();
  private final StringBuilder ascii = new StringBuilder();
  private Digest pcr = Digest.zero(HashAlgorithm.SHA256);
  private Digest sha1Pcr = Digest.zero(HashAlgorithm.SHA1);

  private TestImaLog(ByteOrder order) {
    this.order = order;
  }

  public static TestImaLog empty() {
    return new TestImaLog(ByteOrder.LITTLE_ENDIAN);
  }

  public static TestImaLog bigEndian() {
    return new TestImaLog(ByteOrder.BIG_ENDIAN);
  }

  /** A log that so far holds a boot aggregate (the hash of nothing in particular). */
  public static TestImaLog booted() {
    return empty().ng("sha256", "boot_aggregate");
  }

  public static Bytes hash(String algorithm, String of) {
    return HashAlgorithm.byLabel(algorithm).orElseThrow().digest(Bytes.utf8(of)).value();
  }

  /** The field d-ng (prefix {@code sha256:}) or d-ngv2 (prefix {@code ima:sha256:}). */
  public static Field digest(String prefix, Bytes value) {
    return new Field(Bytes.concat(Bytes.utf8(prefix + "\0"), value), prefix + value.hex());
  }

  public static Field name(String name) {
    return new Field(Bytes.utf8(name + "\0"), name);
  }

  /** A field that is shown as hex. */
  public static Field hex(Bytes value) {
    return new Field(value, value.hex());
  }

  public static Field none() {
    return new Field(Bytes.empty(), "");
  }

  public Field number(int width, long value) {
    var out = writer();
    return new Field(
        width == 2 ? out.u16((int) value).toBytes() : out.u32(value).toBytes(),
        Long.toString(value));
  }

  /** security.ima of version 2 or 3 with this header and 16 bytes of signature. */
  public static Bytes signature(int type, int version, int hash) {
    return BinaryWriter.bigEndian()
        .u8(type)
        .u8(version)
        .u8(hash)
        .u32(0x1a2b3c4dL)
        .u16(16)
        .bytes(hash("sha256", "signature").slice(0, 16))
        .toBytes();
  }

  private BinaryWriter writer() {
    return order.equals(ByteOrder.LITTLE_ENDIAN)
        ? BinaryWriter.littleEndian()
        : BinaryWriter.bigEndian();
  }

  /** An entry of PCR 10 whose template hash is right. */
  public TestImaLog entry(String template, Field... fields) {
    Bytes data = data(fields);
    return raw(10, HashAlgorithm.SHA1.digest(data).value(), template, fields);
  }

  /** ima-ng with the hash of the name in place of a file's. */
  public TestImaLog ng(String algorithm, String name) {
    return entry("ima-ng", digest(algorithm + ":", hash(algorithm, name)), name(name));
  }

  /** A violation: the template hash is zero, and so is the digest. */
  public TestImaLog violation(String name, int digestSize) {
    return raw(
        10, Bytes.zeros(20), "ima-ng", digest("sha256:", Bytes.zeros(digestSize)), name(name));
  }

  /** Whatever PCR and template hash; a hash of zeros is extended as all ones. */
  public TestImaLog raw(int index, Bytes templateHash, String template, Field... fields) {
    Bytes data = data(fields);
    binary.add(
        writer()
            .u32(index)
            .bytes(templateHash)
            .u32(template.length())
            .bytes(Bytes.utf8(template))
            .u32(data.size())
            .bytes(data)
            .toBytes());
    line(index, templateHash, template, fields);
    extend(templateHash, data);
    return this;
  }

  /** An entry of another PCR, which PCR 10 knows nothing of. */
  public TestImaLog unmeasured(int index, String template, Field... fields) {
    Digest before = pcr;
    Digest sha1Before = sha1Pcr;
    raw(index, HashAlgorithm.SHA1.digest(data(fields)).value(), template, fields);
    pcr = before;
    sha1Pcr = sha1Before;
    return this;
  }

  private Bytes data(Field... fields) {
    var out = writer();
    for (Field field : fields) {
      out.u32(field.data().size()).bytes(field.data());
    }
    return out.toBytes();
  }

  private void line(int index, Bytes templateHash, String template, Field... fields) {
    ascii.append("%2d %s %s".formatted(index, templateHash.hex(), template));
    for (Field field : fields) {
      ascii.append(' ').append(field.text());
    }
    ascii.append('\n');
  }

  /** The oldest template; its template hash covers the name padded to 256 bytes. */
  public TestImaLog legacy(Bytes digest, String name) {
    Bytes text = Bytes.utf8(name);
    Bytes data = Bytes.concat(digest, text, Bytes.zeros(256 - text.size()));
    Bytes templateHash = HashAlgorithm.SHA1.digest(data).value();
    binary.add(
        writer()
            .u32(10)
            .bytes(templateHash)
            .u32(3)
            .bytes(Bytes.utf8("ima"))
            .bytes(digest)
            .u32(text.size())
            .bytes(text)
            .toBytes());
    line(10, templateHash, "ima", hex(digest), new Field(text, name));
    extend(templateHash, data);
    return this;
  }

  private void extend(Bytes templateHash, Bytes data) {
    boolean violation = templateHash.isAllZero();
    sha1Pcr =
        sha1Pcr.extend(violation ? ones(HashAlgorithm.SHA1) : HashAlgorithm.SHA1.digest(data));
    pcr = pcr.extend(violation ? ones(HashAlgorithm.SHA256) : HashAlgorithm.SHA256.digest(data));
  }

  private static Digest ones(HashAlgorithm bank) {
    var ones = new byte[bank.size()];
    Arrays.fill(ones, (byte) 0xff);
    return new Digest(bank, Bytes.copyOf(ones));
  }

  public Bytes binary() {
    return Bytes.concat(binary.toArray(Bytes[]::new));
  }

  public Bytes ascii() {
    return Bytes.utf8(ascii.toString());
  }

  /** What PCR 10 holds after the log, in the bank sha256. */
  public Digest sha256() {
    return pcr;
  }

  public Digest sha1() {
    return sha1Pcr;
  }
}
