// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;

/**
 * The cpio archive (newc) in which systemd's stub hands a section to userspace: the folder /.extra,
 * one file, a trailer; no owner, no time. Each part is padded to 4 bytes.
 */
final class ExtraArchive {
  private static final String FOLDER = ".extra";
  private static final int FOLDER_MODE = 0040555;
  private static final int FILE_MODE = 0100444;
  private static final String TRAILER = "TRAILER!!!";

  private ExtraArchive() {}

  static Bytes of(String file, Bytes content) {
    var out = BinaryWriter.littleEndian();
    entry(out, 1, FOLDER_MODE, 0, FOLDER);
    entry(out, 2, FILE_MODE, content.size(), FOLDER + "/" + file);
    out.bytes(content).align(4);
    // The trailer's name size is the one number that the stub writes in upper case.
    out.bytes(Bytes.utf8("070701" + "0".repeat(32) + "00000001" + "0".repeat(48)));
    out.bytes(Bytes.utf8("0000000B" + "00000000" + TRAILER)).u8(0).align(4);
    return out.toBytes();
  }

  private static void entry(BinaryWriter out, int inode, int mode, int size, String name) {
    String header =
        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
            .formatted(inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length() + 1, 0);
    out.bytes(Bytes.utf8(header + name)).u8(0).align(4);
  }
}
