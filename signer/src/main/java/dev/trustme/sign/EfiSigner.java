// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.PeImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/**
 * Signs an EFI program for firmware: pads it to 8 bytes, appends one WIN_CERTIFICATE (UEFI 2.10,
 * 32.2.2), enters it in the directory, writes the checksum. RSA only, which is what firmware
 * verifies everywhere.
 */
public final class EfiSigner {
  private static final int ALIGNMENT = 8;
  private static final int WIN_CERTIFICATE_HEADER = 8;

  private final Pkcs7Signer signer;

  public EfiSigner(RoleKey key) {
    if (!takes(key)) {
      throw new IllegalArgumentException("firmware verifies RSA signatures only");
    }
    this.signer = new Pkcs7Signer(key);
  }

  /** Whether firmware everywhere verifies signatures by such a key. */
  public static boolean takes(RoleKey key) {
    var algorithm = key.key().publicKey().getAlgorithm().getAlgorithm();
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  /** The signed file; an image that carries a signature already is an IllegalArgumentException. */
  public Bytes sign(PeImage image) throws FormatException {
    if (!image.certificates().isEmpty()) {
      throw new IllegalArgumentException("the image is signed already");
    }
    var table = winCertificate(signer.authenticode(image.authenticodeDigest(HashAlgorithm.SHA256)));
    int contentSize = (image.contentSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    var file = ByteBuffer.allocate(contentSize + table.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.put(image.file()).position(contentSize).put(table.buffer());
    file.putInt(image.header().certificateEntryOffset(), contentSize);
    file.putInt(image.header().certificateEntryOffset() + 4, table.size());
    writeCheckSum(file.rewind(), image.header().checkSumOffset());
    return Bytes.copyOf(file);
  }

  /** {@code dwLength} counts the padding, as most signers have it. */
  private static Bytes winCertificate(Bytes pkcs7) {
    int size = (WIN_CERTIFICATE_HEADER + pkcs7.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return BinaryWriter.littleEndian()
        .u32(size)
        .u16(0x0200)
        .u16(0x0002)
        .bytes(pkcs7)
        .align(ALIGNMENT)
        .toBytes();
  }

  /** Puts the checksum of a little-endian file in its place. */
  static void writeCheckSum(ByteBuffer file, int offset) {
    file.putInt(offset, (int) PeImage.checkSum(file, offset));
  }
}
