// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.nio.charset.StandardCharsets;

/**
 * A change of an authenticated variable: new content, or with {@code append} entries that are added
 * to it. No content deletes the variable.
 */
public record VariableUpdate(SignatureVariable variable, boolean append, EfiTime time, Bytes data) {
  public VariableUpdate {
    if (!variable.authenticated()) {
      throw new IllegalArgumentException(variable + " is not changed by signed updates");
    }
  }

  /** Attributes that SetVariable must be called with. */
  public long attributes() {
    return variable.attributes() | (append ? SignatureVariable.APPEND_WRITE : 0);
  }

  /**
   * What is signed and nowhere stored: the name in UTF-16LE without a NUL, vendor GUID, attributes,
   * time stamp, content. UEFI 2.10, 8.2.2.
   */
  public Bytes signedBytes() {
    return signedBytes(variable.name(), variable.vendor());
  }

  /** The same for another name or vendor. */
  Bytes signedBytes(String name, EfiGuid vendor) {
    return BinaryWriter.littleEndian()
        .bytes(name.getBytes(StandardCharsets.UTF_16LE))
        .bytes(vendor.encode())
        .u32(attributes())
        .bytes(time.encoded())
        .bytes(data)
        .toBytes();
  }
}
