// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/**
 * TPMS_NV_PUBLIC: one NV index. TPM 2.0 Part 2, 13.6. Reading and writing are inverse, so the name
 * computed here is the one of the bytes received.
 *
 * @param nvIndex the handle, 0x01000000 to 0x01ffffff
 * @param dataSize in bytes
 */
public record TpmsNvPublic(
    long nvIndex, HashAlgorithm nameAlg, TpmaNv attributes, Bytes authPolicy, int dataSize)
    implements PolicyEntity {
  private static final int TPM_HT_NV_INDEX = 0x01;
  private static final int HANDLE_TYPE_SHIFT = 24;

  public TpmsNvPublic {
    if (nvIndex >> HANDLE_TYPE_SHIFT != TPM_HT_NV_INDEX || dataSize < 0 || dataSize > 0xffff) {
      throw new IllegalArgumentException(
          "NV index 0x%08x with %d bytes".formatted(nvIndex, dataSize));
    }
    if (!authPolicy.isEmpty() && authPolicy.size() != nameAlg.size()) {
      throw new IllegalArgumentException("a policy digest of another size than the name's");
    }
  }

  public static TpmsNvPublic parse(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPMS_NV_PUBLIC");
    long index = reader.u32();
    var nameAlg = TpmAlgId.readHash(reader);
    var attributes = new TpmaNv(reader.u32());
    var policy = Tpm2b.read(reader, "TPMS_NV_PUBLIC authPolicy", Tpm2b.MAX_DIGEST);
    int dataSize = reader.u16();
    reader.expectEnd();
    if (index >> HANDLE_TYPE_SHIFT != TPM_HT_NV_INDEX) {
      throw new FormatException(
          "TPMS_NV_PUBLIC", 0, "expected an NV index 0x01……, found 0x%08x".formatted(index));
    }
    if (!policy.isEmpty() && policy.size() != nameAlg.size()) {
      throw new FormatException(
          "TPMS_NV_PUBLIC", 10, "authPolicy of %d bytes".formatted(policy.size()));
    }
    return new TpmsNvPublic(index, nameAlg, attributes, policy, dataSize);
  }

  public Bytes encode() {
    var writer =
        BinaryWriter.bigEndian().u32(nvIndex).u16(nameAlg.tpmAlgId()).u32(attributes.bits());
    return Tpm2b.write(writer, authPolicy).u16(dataSize).toBytes();
  }

  public TpmName name() {
    return new TpmName(nameAlg.digest(encode()));
  }

  @Override
  public Bytes entityName() {
    return name().encode();
  }

  /** The same index after its first write: with another name. */
  public TpmsNvPublic written() {
    return new TpmsNvPublic(
        nvIndex, nameAlg, attributes.with(TpmaNv.Flag.WRITTEN), authPolicy, dataSize);
  }
}
