// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.WinCertificate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificate table of a PE image, written anew: the image padded to 8 bytes, one
 * WIN_CERTIFICATE for each signature (UEFI 2.10, 32.2.2), the directory entry and the checksum.
 * What a signature covers is never touched.
 */
public final class SignatureTable {
  private static final int ALIGNMENT = 8;
  private static final int WIN_CERTIFICATE_HEADER = 8;

  private SignatureTable() {}

  /** The signatures that the image carries, first to last, as DER. */
  public static List<Bytes> of(PeImage image) {
    return image.certificates().stream().map(WinCertificate::signedData).toList();
  }

  /** The file with exactly these signatures; with none, the directory entry is empty. */
  public static Bytes write(PeImage image, List<Bytes> signatures) {
    int contentSize = aligned(image.contentSize());
    var table = BinaryWriter.littleEndian();
    signatures.forEach(signature -> winCertificate(table, signature));
    var file = ByteBuffer.allocate(contentSize + table.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.put(image.file().limit(image.contentSize()));
    file.position(contentSize).put(table.toBytes().buffer());
    int entry = image.header().certificateEntryOffset();
    file.putInt(entry, signatures.isEmpty() ? 0 : contentSize).putInt(entry + 4, table.size());
    int checkSum = image.header().checkSumOffset();
    file.putInt(checkSum, (int) PeImage.checkSum(file.rewind(), checkSum));
    return Bytes.copyOf(file.rewind());
  }

  /** The file with one more signature, behind those that it has. */
  public static Bytes add(PeImage image, Bytes signature) {
    List<Bytes> all = new ArrayList<>(of(image));
    all.add(signature);
    return write(image, all);
  }

  /** {@code dwLength} counts the padding, as most signers have it. */
  private static void winCertificate(BinaryWriter table, Bytes pkcs7) {
    table
        .u32(aligned(WIN_CERTIFICATE_HEADER + pkcs7.size()))
        .u16(0x0200)
        .u16(0x0002)
        .bytes(pkcs7)
        .align(ALIGNMENT);
  }

  private static int aligned(int size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
