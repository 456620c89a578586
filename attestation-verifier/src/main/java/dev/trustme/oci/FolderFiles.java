// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files in a folder. */
public record FolderFiles(Path folder) implements OciFiles {
  @Override
  public String path(String name) {
    return file(name).toString();
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  @Override
  public boolean has(String name) {
    return Files.isRegularFile(file(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public long size(String name) throws IOException, FormatException {
    return Files.size(regular(name));
  }

  @Override
  public InputStream open(String name) throws IOException, FormatException {
    return Files.newInputStream(regular(name), LinkOption.NOFOLLOW_LINKS);
  }

  private Path regular(String name) throws IOException, FormatException {
    Path file = file(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (!has(name)) {
      throw new FormatException("OCI layout", 0, "is no regular file").in(file.toString());
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": permission denied");
    }
    return file;
  }

  @Override
  public void close() {}
}
