// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** What firmware and loaders write into events, in their bytes. */
final class EventBytes {
  static final String GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
  static final String SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f";
  static final String SHIM = "605dab50-e046-4300-abb6-3dd810dd8b23";
  static final String OWNER = "7c673ee7-c41c-431a-89ad-11590e357214";
  static final Bytes ON = Bytes.fromHex("01");
  static final Bytes OFF = Bytes.fromHex("00");
  static final Bytes SEPARATOR = Bytes.zeros(4);

  /** A certificate, CN=Vector Boot, P-256; its key is thrown away. */
  static final Bytes CERTIFICATE =
      Bytes.fromBase64(
          "MIIBbTCCARSgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtWZWN0b3IgQm9vdDAeFw0yNjExMjIxOTQ4"
              + "NTRaFw0zNjExMTkxOTQ4NTRaMBYxFDASBgNVBAMMC1ZlY3RvciBCb290MFkwEwYHKoZIzj0CAQYIKoZIzj0"
              + "DAQcDQgAEjHjJHAkv4vtI4B8CbwzuWoLxvxRxUkabptwhRHayCtqQqyXx5D2NAoA/03TwyHkADy3DkkERF"
              + "zQv7sH8/wrXGKNTMFEwHQYDVR0OBBYEFLexQ7SaB2JF2LC7fYX/qWngJaUmMB8GA1UdIwQYMBaAFLexQ7S"
              + "aB2JF2LC7fYX/qWngJaUmMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgKRl+MQpPjhkXn"
              + "PvhjYSbFHrb2M3E45S/NM9+x8sjAzMCIGXchcYlZTOPHcv01361DgDmdyMd/2HkVnquwIDAQEpI");

  private EventBytes() {}

  static Bytes guid(String text) {
    try {
      return EfiGuid.parse(text).encode();
    } catch (dev.trustme.bytes.FormatException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** UTF-16LE as UEFI counts it, without a NUL. */
  static Bytes utf16(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_16LE));
  }

  /** UTF-16LE with a NUL, as stubs log names and command lines. */
  static Bytes utf16z(String text) {
    return utf16(text + "\0");
  }

  /** UEFI_VARIABLE_DATA. */
  static Bytes variable(String guid, String name, Bytes data) {
    return variable(guid, name, name.length(), data.size(), data);
  }

  /** The same with lengths of one's own. */
  static Bytes variable(String guid, String name, long nameLength, long dataLength, Bytes data) {
    return BinaryWriter.littleEndian()
        .bytes(guid(guid))
        .u64(nameLength)
        .u64(dataLength)
        .bytes(utf16(name))
        .bytes(data)
        .toBytes();
  }

  static Bytes signatureData() {
    return Bytes.concat(guid(OWNER), CERTIFICATE);
  }

  /** EFI_SIGNATURE_LIST of one X.509 certificate. */
  static Bytes certificateList() {
    int size = 16 + CERTIFICATE.size();
    return signatureList(
        "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", 28 + size, 0, size, signatureData());
  }

  /** EFI_SIGNATURE_LIST of the digests of images that are no more to be started. */
  static Bytes revocations() {
    var signatures = BinaryWriter.littleEndian();
    for (String image : List.of("revoked loader", "revoked kernel")) {
      signatures.bytes(guid(OWNER)).bytes(HashAlgorithm.SHA256.digest(Bytes.utf8(image)).value());
    }
    Bytes all = signatures.toBytes();
    return signatureList("c1c41626-504c-4092-aca9-41f936934328", 28 + all.size(), 0, 48, all);
  }

  static Bytes signatureList(
      String type, long listSize, long headerSize, long signatureSize, Bytes signatures) {
    return BinaryWriter.littleEndian()
        .bytes(guid(type))
        .u32(listSize)
        .u32(headerSize)
        .u32(signatureSize)
        .bytes(signatures)
        .toBytes();
  }

  /** A device path of one file. */
  static Bytes filePath(String file) {
    Bytes name = utf16z(file);
    return BinaryWriter.littleEndian()
        .u8(4)
        .u8(4)
        .u16(4 + name.size())
        .bytes(name)
        .bytes(Bytes.fromHex("7fff0400"))
        .toBytes();
  }

  /** UEFI_IMAGE_LOAD_EVENT. */
  static Bytes imageLoad(String file) {
    Bytes path = filePath(file);
    return imageLoad(path.size(), path);
  }

  static Bytes imageLoad(long pathLength, Bytes path) {
    return BinaryWriter.littleEndian()
        .u64(0x7e000000L)
        .u64(0x123000)
        .u64(0)
        .u64(pathLength)
        .bytes(path)
        .toBytes();
  }

  /** EFI_LOAD_OPTION. */
  static Bytes loadOption(String description, String file) {
    Bytes path = filePath(file);
    return BinaryWriter.littleEndian()
        .u32(1)
        .u16(path.size())
        .bytes(utf16z(description))
        .bytes(path)
        .toBytes();
  }

  /** UEFI_PLATFORM_FIRMWARE_BLOB. */
  static Bytes blob(long base, long length) {
    return BinaryWriter.littleEndian().u64(base).u64(length).toBytes();
  }

  /** UEFI_HANDOFF_TABLE_POINTERS of one table: SMBIOS 3. */
  static Bytes handoff() {
    return BinaryWriter.littleEndian()
        .u64(1)
        .bytes(guid("f2fd1544-9794-4a2c-992e-e5bbcf20e394"))
        .u64(0x7f000000L)
        .toBytes();
  }

  /** TCG_PCClientTaggedEvent. */
  static Bytes tagged(long id, Bytes data) {
    return BinaryWriter.littleEndian().u32(id).u32(data.size()).bytes(data).toBytes();
  }

  /** UEFI_GPT_DATA of one partition, an EFI system partition. */
  static Bytes gpt() {
    Bytes entry =
        BinaryWriter.littleEndian()
            .bytes(guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"))
            .bytes(guid("00000000-0000-4000-8000-000000000001"))
            .u64(2048)
            .u64(206_847)
            .u64(0)
            .bytes(utf16("EFI system partition"))
            .zeros(72 - 40)
            .toBytes();
    return BinaryWriter.littleEndian().bytes(gptHeader(crc(entry))).u64(1).bytes(entry).toBytes();
  }

  private static Bytes gptHeader(long entriesCrc) {
    Bytes unsummed = gptHeader(0, entriesCrc);
    return gptHeader(crc(unsummed), entriesCrc);
  }

  private static Bytes gptHeader(long headerCrc, long entriesCrc) {
    return BinaryWriter.littleEndian()
        .bytes(Bytes.utf8("EFI PART"))
        .u32(0x10000)
        .u32(92)
        .u32(headerCrc)
        .u32(0)
        .u64(1)
        .u64(1_048_575)
        .u64(34)
        .u64(1_048_542)
        .bytes(guid("00000000-0000-4000-8000-000000000000"))
        .u64(2)
        .u32(1)
        .u32(128)
        .u32(entriesCrc)
        .toBytes();
  }

  private static long crc(Bytes content) {
    var crc = new CRC32();
    crc.update(content.toArray());
    return crc.getValue();
  }

  static Bytes startupLocality(int locality) {
    return Bytes.concat(Bytes.utf8("StartupLocality\0"), Bytes.fromHex("%02x".formatted(locality)));
  }
}
