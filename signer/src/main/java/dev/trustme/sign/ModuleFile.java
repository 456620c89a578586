// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.List;

/**
 * A kernel module as it lies in a file, perhaps compressed. It carries one signature at most: of
 * several the kernel would look at the last alone.
 */
public record ModuleFile(ModuleSignature content, ModuleCompression form) implements SignedFile {
  static ModuleFile read(ModuleCompression form, Bytes file) throws FormatException {
    return new ModuleFile(ModuleSignature.parse(form.decompress(file)), form);
  }

  @Override
  public List<Bytes> signatures() {
    return content.pkcs7().stream().toList();
  }

  @Override
  public Bytes with(List<Bytes> signatures) {
    if (signatures.size() > 1) {
      throw new IllegalArgumentException("a module carries one signature");
    }
    var signed = new ModuleSignature(content.module(), signatures.stream().findFirst());
    return form.compress(signed.encode());
  }

  @Override
  public String described() {
    return switch (form) {
      case NONE -> "kernel module";
      case GZIP -> "kernel module, gzip";
      case XZ_LZMA2 -> "kernel module, xz";
      case ZSTD -> "kernel module, zstd";
    };
  }
}
