// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.StrictDer;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import java.util.List;
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
 * {@code certData} is a DER SignedData; the specification wants none, but firmware takes a
 * ContentInfo around it. Variable name, vendor and attributes are not in the file: {@link
 * VariableUpdate} knows them.
 */
public record AuthenticatedVariable(EfiTime timeStamp, Bytes certData, Bytes data) {
  private static final String STRUCTURE = "EFI_VARIABLE_AUTHENTICATION_2";
  private static final int REVISION = 0x0200;
  private static final int TYPE_EFI_GUID = 0x0ef1;
  private static final int CERTIFICATE_HEADER_SIZE = 24;

  /** Whether a file begins as such updates do: for readers of several kinds of files. */
  public static boolean likely(Bytes file) {
    int header = EfiTime.SIZE + CERTIFICATE_HEADER_SIZE;
    return file.size() >= header
        && file.slice(header - EfiGuid.SIZE, header).equals(EfiGuid.PKCS7.encode());
  }

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
      if (StrictDer.parse(certData, STRUCTURE) instanceof ASN1Sequence) {
        return;
      }
    } catch (FormatException e) {
      throw new FormatException(STRUCTURE, offset, "CertData is not one DER SEQUENCE");
    }
    throw new FormatException(STRUCTURE, offset, "CertData is not one DER SEQUENCE");
  }

  /** The new content; offsets of what is malformed in it are those of the file. */
  public List<SignatureList> lists() throws FormatException {
    Bytes file = encode();
    var reader = BinaryReader.littleEndian(file, STRUCTURE);
    reader.skip(file.size() - (long) data.size());
    return SignatureList.readDatabase(reader);
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
}
