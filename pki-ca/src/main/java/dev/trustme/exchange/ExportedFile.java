// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** One file to be written; a secret one is its owner's alone. {@code name} is relative. */
public record ExportedFile(String name, Bytes content, boolean secret) {
  static ExportedFile shared(String name, Bytes content) {
    return new ExportedFile(name, content, false);
  }

  /** Into a folder in the making, unsynced. */
  public void write(Path folder) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(secret ? Outputs.PRIVATE : Outputs.SHARED));
    Files.write(file, content.toArray(), StandardOpenOption.WRITE);
  }
}
