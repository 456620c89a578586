// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * EFI_VARIABLE_AUTHENTICATION_2 and the variable's new content: a {@code .auth} file.
 * Little-endian. UEFI 2.10, 8.2.2:
 *
 * <pre>
 * EFI_TIME TimeStamp;
 * WIN_CERTIFICATE_UEFI_GUID { UINT32 dwLength; UINT16 wRevision = 0x0200;
 *   UINT16 wCertificateType = 0x0EF1; EFI_GUID CertType; UINT8 CertData[dwLength - 24]; };
 * UINT8 Data[];
 * </pre>
 *
 * {@code certData} is a DER SignedData without a ContentInfo around it.
 */
public record AuthenticatedVariable(EfiTime timeStamp, Bytes certData, Bytes data) {
  /** NON_VOLATILE, BOOTSERVICE_ACCESS, RUNTIME_ACCESS, TIME_BASED_AUTHENTICATED_WRITE_ACCESS. */
  public static final long ATTRIBUTES = 0x27;

  private static final String STRUCTURE = "EFI_VARIABLE_AUTHENTICATION_2";
  private static final int REVISION = 0x0200;
  private static final int TYPE_EFI_GUID = 0x0ef1;
  private static final int CERTIFICATE_HEADER_SIZE = 24;

  public static AuthenticatedVariable parse(Bytes file) throws FormatException {
    var reader = BinaryReader.littleEndian(file, STRUCTURE);
    var time = EfiTime.read(reader);
    time.toInstant();
    long length = reader.u32();
    int revision = reader.u16();
    int type = reader.u16();
    var guid = EfiGuid.read(reader);
    if (revision != REVISION || type != TYPE_EFI_GUID || !guid.equals(EfiGuid.PKCS7)) {
      throw reader.malformed(
          "expected wRevision 0200, type 0ef1, PKCS7; found %04x, %04x, %s"
              .formatted(revision, type, guid));
    }
    if (length < CERTIFICATE_HEADER_SIZE) {
      throw reader.malformed("dwLength %d".formatted(length));
    }
    long at = reader.offset();
    Bytes certData = reader.bytes(length - CERTIFICATE_HEADER_SIZE);
    requireSequence(certData, at);
    return new AuthenticatedVariable(time, certData, reader.rest());
  }

  /** Nothing hides between the signature and the data. */
  private static void requireSequence(Bytes certData, long offset) throws FormatException {
    try {
      if (ASN1Primitive.fromByteArray(certData.toArray()) instanceof ASN1Sequence) {
        return;
      }
    } catch (IOException | RuntimeException e) {
      // Said below.
    }
    throw new FormatException(STRUCTURE, offset, "CertData is not one DER SEQUENCE");
  }

  public Bytes encode() {
    return BinaryWriter.littleEndian()
        .bytes(timeStamp.encoded())
        .u32(CERTIFICATE_HEADER_SIZE + (long) certData.size())
        .u16(REVISION)
        .u16(TYPE_EFI_GUID)
        .bytes(EfiGuid.PKCS7.encode())
        .bytes(certData)
        .bytes(data)
        .toBytes();
  }

  /**
   * What is signed and nowhere stored: the name in UTF-16LE without a NUL, vendor GUID, attributes,
   * time stamp, content.
   */
  public static Bytes signedBytes(String name, EfiGuid vendor, EfiTime time, Bytes data) {
    return BinaryWriter.littleEndian()
        .bytes(name.getBytes(StandardCharsets.UTF_16LE))
        .bytes(vendor.encode())
        .u32(ATTRIBUTES)
        .bytes(time.encoded())
        .bytes(data)
        .toBytes();
  }
}
