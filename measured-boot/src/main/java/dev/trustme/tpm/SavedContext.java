// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * A saved context in the file format of tpm2-tools (5.4): magic {@code badcc0de}, version 1, then
 * hierarchy, savedHandle, sequence and contextBlob of a TPMS_CONTEXT; big-endian. Only the TPM that
 * made it opens it, and only until it restarts. TPM 2.0 Part 2, 14.5.
 *
 * @param contextBlob content of the TPM2B_CONTEXT_DATA, here in the wrapping of tpm2-tss
 */
public record SavedContext(long hierarchy, long savedHandle, long sequence, Bytes contextBlob) {
  private static final long MAGIC = 0xbadcc0deL;
  private static final long VERSION = 1;
  private static final int MAX_CONTEXT = 5190;

  /** Whether the file begins like one, rather than like something else of tpm2-tools. */
  public static boolean looksLike(Bytes file) {
    return file.startsWith(Bytes.fromHex("badcc0de"));
  }

  public static SavedContext parse(Bytes file) throws FormatException {
    var reader = BinaryReader.bigEndian(file, "saved context");
    long magic = reader.u32();
    long version = reader.u32();
    if (magic != MAGIC || version != VERSION) {
      throw new FormatException(
          "saved context",
          0,
          "expected magic badcc0de and version 1, found %08x and %d".formatted(magic, version));
    }
    var context =
        new SavedContext(
            reader.u32(),
            reader.u32(),
            reader.u64(),
            Tpm2b.read(reader, "TPM2B_CONTEXT_DATA", MAX_CONTEXT));
    reader.expectEnd();
    return context;
  }

  public Bytes encode() {
    var writer =
        BinaryWriter.bigEndian()
            .u32(MAGIC)
            .u32(VERSION)
            .u32(hierarchy)
            .u32(savedHandle)
            .u64(sequence);
    return Tpm2b.write(writer, contextBlob).toBytes();
  }

  /** TPMS_CONTEXT on the wire. */
  public Bytes encodeTpmsContext() {
    var writer = BinaryWriter.bigEndian().u64(sequence).u32(savedHandle).u32(hierarchy);
    return Tpm2b.write(writer, contextBlob).toBytes();
  }
}
