// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * EFI_GUID: 16 bytes, the first three fields little-endian, the rest in the order of the text form.
 * UEFI 2.10, appendix A. Printed in lower case.
 */
public record EfiGuid(UUID value) {
  public static final int SIZE = 16;

  /** PK, KEK, SecureBoot, SetupMode, Boot####. */
  public static final EfiGuid GLOBAL_VARIABLE = of("8be4df61-93ca-11d2-aa0d-00e098032b8c");

  /** db, dbx, dbt. */
  public static final EfiGuid IMAGE_SECURITY_DATABASE = of("d719b2cb-3d3a-4596-a3bc-dad00e67656f");

  /** shim's MokList, SbatLevel and the rest. */
  public static final EfiGuid SHIM_LOCK = of("605dab50-e046-4300-abb6-3dd810dd8b23");

  public static final EfiGuid CERT_X509 = of("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");
  public static final EfiGuid CERT_SHA256 = of("c1c41626-504c-4092-aca9-41f936934328");
  public static final EfiGuid CERT_SHA384 = of("ff3e5307-9fd0-48c9-85f1-8ad56c701e01");
  public static final EfiGuid CERT_SHA512 = of("093e0fae-a6c4-4f50-9f1b-d41e2b89c19a");
  public static final EfiGuid CERT_X509_SHA256 = of("3bd2a492-96c0-4079-b420-fcf98ef103ed");
  public static final EfiGuid CERT_X509_SHA384 = of("7076876e-80c2-4ee6-aad2-28b349a6865b");
  public static final EfiGuid CERT_X509_SHA512 = of("446dbf63-2502-4cda-bcfa-2465d2b0fe9d");

  /** EFI_CERT_TYPE_PKCS7_GUID: the signature of an authenticated variable. */
  public static final EfiGuid PKCS7 = of("4aafd29d-68df-49ee-8aa9-347d375665a7");

  private static final Pattern TEXT =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  private static EfiGuid of(String text) {
    return new EfiGuid(UUID.fromString(text));
  }

  /** Reads the text form with all its digits, in either case. */
  @JsonCreator
  public static EfiGuid parse(String text) throws FormatException {
    if (!TEXT.matcher(text).matches()) {
      throw new FormatException(
          "EFI_GUID", 0, "expected xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, found " + text);
    }
    return of(text);
  }

  /** Reads the 16 bytes of the binary form. */
  public static EfiGuid parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, "EFI_GUID");
    var guid = read(reader);
    reader.expectEnd();
    return guid;
  }

  /** Reads the next 16 bytes; the reader's own byte order does not matter. */
  public static EfiGuid read(BinaryReader reader) throws FormatException {
    var raw = reader.bytes(SIZE).buffer().order(ByteOrder.LITTLE_ENDIAN);
    long high = raw.getInt() & 0xffffffffL;
    high = high << 16 | (raw.getShort() & 0xffffL);
    high = high << 16 | (raw.getShort() & 0xffffL);
    return new EfiGuid(new UUID(high, raw.order(ByteOrder.BIG_ENDIAN).getLong()));
  }

  public Bytes encode() {
    long high = value.getMostSignificantBits();
    return BinaryWriter.littleEndian()
        .u32(high >>> 32)
        .u16((int) (high >>> 16 & 0xffff))
        .u16((int) (high & 0xffff))
        .u64(Long.reverseBytes(value.getLeastSignificantBits()))
        .toBytes();
  }

  @Override
  @JsonValue
  public String toString() {
    return value.toString();
  }
}
