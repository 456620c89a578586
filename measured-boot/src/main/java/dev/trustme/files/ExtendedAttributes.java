// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Extended attributes of files, all name spaces; the JDK knows {@code user.} alone. xattr(7). Links
 * are not followed.
 */
public final class ExtendedAttributes {
  /** Where the kernel keeps a file's IMA signature; writing it takes CAP_SYS_ADMIN. */
  public static final String IMA = "security.ima";

  /** XATTR_SIZE_MAX: no value is longer. */
  private static final int MAX_VALUE = 64 << 10;

  private static final int EPERM = 1;
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;

  private ExtendedAttributes() {}

  /** libc; the numbers of errors are those of Linux on x86-64 and AArch64. */
  private interface C extends Library {
    int lsetxattr(String path, String name, byte[] value, NativeLong size, int flags)
        throws LastErrorException;

    NativeLong lgetxattr(String path, String name, byte[] value, NativeLong size)
        throws LastErrorException;
  }

  private static final class Loaded {
    static final C LIBC = Native.load("c", C.class);
  }

  /** The attribute's value; empty where the file has none of this name. */
  public static Optional<Bytes> get(Path file, String name) throws IOException {
    var value = new byte[MAX_VALUE];
    try {
      var size = Loaded.LIBC.lgetxattr(file.toString(), name, value, new NativeLong(MAX_VALUE));
      return Optional.of(Bytes.copyOf(Arrays.copyOf(value, size.intValue())));
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENODATA) {
        return Optional.empty();
      }
      throw failure(file, name, e);
    }
  }

  /** Sets the attribute at once: no reader sees a part of it. */
  public static void set(Path file, String name, Bytes value) throws IOException {
    try {
      int unused =
          Loaded.LIBC.lsetxattr(
              file.toString(), name, value.toArray(), new NativeLong(value.size()), 0);
    } catch (LastErrorException e) {
      throw failure(file, name, e);
    }
  }

  private static IOException failure(Path file, String name, LastErrorException e) {
    String why =
        switch (e.getErrorCode()) {
          case EPERM -> "permission denied: " + name + " is for root";
          case EOPNOTSUPP -> "this file system keeps no " + name;
          default -> name + ": " + e.getMessage();
        };
    return new IOException(file + ": " + why, e);
  }

  /** An attribute that a file gets by {@code commit} alone. */
  public static final class Pending implements Outputs.Pending {
    private final Path file;
    private final String name;
    private final Bytes value;

    public Pending(Path file, String name, Bytes value) {
      this.file = file;
      this.name = name;
      this.value = value;
    }

    @Override
    public Path target() {
      return file;
    }

    @Override
    public void commit() throws IOException {
      set(file, name, value);
      Outputs.syncFolder(file);
    }

    @Override
    public void close() {
      // Nothing is held: the value exists in memory alone until it is set.
    }
  }
}
