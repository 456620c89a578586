// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;

/** Writes canonical event logs, right and wrong ones, without the code under test. */
public final class TestCelLog {
  private static final String BOOT_ID = "0123456789abcdef0123456789abcdef";

  private final List<Bytes> tlv = new ArrayList<>();

  private TestCelLog() {}

  public static TestCelLog empty() {
    return new TestCelLog();
  }

  /** A field of CEL-TLV. */
  public static Bytes field(int type, Bytes value) {
    return BinaryWriter.bigEndian().u8(type).u32(value.size()).bytes(value).toBytes();
  }

  public static Bytes u8(int value) {
    return BinaryWriter.bigEndian().u8(value).toBytes();
  }

  public static Bytes u32(long value) {
    return BinaryWriter.bigEndian().u32(value).toBytes();
  }

  public static Bytes u64(long value) {
    return BinaryWriter.bigEndian().u64(value).toBytes();
  }

  public static Bytes digests(Bytes measured) {
    return Bytes.concat(
        field(0x04, HashAlgorithm.SHA1.digest(measured).value()),
        field(0x0b, HashAlgorithm.SHA256.digest(measured).value()));
  }

  /** A record of PCR 10 with the next number. */
  public TestCelLog tlv(int contentType, Bytes content, Bytes measured) {
    return tlv(tlv.size(), field(1, u8(10)), contentType, content, measured);
  }

  public TestCelLog tlv(long recnum, Bytes handle, int contentType, Bytes content, Bytes measured) {
    tlv.add(
        Bytes.concat(
            field(0, u64(recnum)),
            handle,
            field(3, digests(measured)),
            field(contentType, content)));
    return this;
  }

  public Bytes tlv() {
    return Bytes.concat(tlv.toArray(Bytes[]::new));
  }

  public static Bytes pcClient(long type, Bytes data) {
    return Bytes.concat(field(0, u32(type)), field(1, data));
  }

  public static Bytes imaTemplate(String name, Bytes data) {
    return Bytes.concat(field(0, Bytes.utf8(name)), field(1, data));
  }

  /** The digests of a JSON record, as the hash of this text. */
  public static String jsonDigests(String measured) {
    return """
    [{"hashAlg":"sha256","digest":"%s"},{"hashAlg":"sha1","digest":"%s"}]\
    """
        .formatted(
            HashAlgorithm.SHA256.digest(Bytes.utf8(measured)).hex(),
            HashAlgorithm.SHA1.digest(Bytes.utf8(measured)).hex());
  }

  /** A record as systemd writes it. */
  public static String systemd(int pcr, String string, String eventType) {
    return """
    {"pcr":%d,"digests":%s,"content_type":"systemd","content":{"string":"%s","bootId":"%s",\
    "timestamp":1234567,"eventType":"%s"}}\
    """
        .formatted(pcr, jsonDigests(string), string, BOOT_ID, eventType);
  }

  /** Records as a JSON text sequence. */
  public static Bytes sequence(String... records) {
    var out = new StringBuilder();
    for (String each : records) {
      out.append('\u001e').append(each).append('\n');
    }
    return Bytes.utf8(out.toString());
  }

  /** A boot's phases as systemd measures them. */
  public static Bytes phases() {
    return sequence(
        systemd(11, "enter-initrd", "phase"),
        systemd(11, "leave-initrd", "phase"),
        systemd(15, "machine-id:" + BOOT_ID, "machine-id"),
        systemd(11, "sysinit", "phase"),
        systemd(11, "ready", "phase"));
  }

  /** A PCR from zero, extended with the hashes of these texts. */
  public static Digest extended(HashAlgorithm bank, String... measured) {
    Digest value = Digest.zero(bank);
    for (String each : measured) {
      value = value.extend(bank.digest(Bytes.utf8(each)));
    }
    return value;
  }
}
