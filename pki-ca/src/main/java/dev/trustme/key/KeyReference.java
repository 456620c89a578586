// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.FormatException;
import dev.trustme.tss.Tcti;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a private key is, as people and index files write it. {@link #toString} is such a text
 * again. References never hold a secret.
 *
 * <pre>
 * PATH, file:PATH                  PKCS#8 in PEM
 * pkcs12:PATH[?alias=NAME]         a PKCS#12 file; the alias where it holds several keys
 * pkcs11:…?module-path=…           a token's key, RFC 7512
 * tpm2:0x81……[?pass][&amp;tcti=…]      a TPM's persistent key; pass: with a secret
 * tpm2:PATH[?tcti=…]               a TPM's key in a TSS2 PRIVATE KEY PEM file
 * </pre>
 */
public sealed interface KeyReference {
  /** A PKCS#8 file. */
  record KeyPath(Path path) implements KeyReference {
    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  /** A PKCS#12 file, and the friendlyName of the key in it. */
  record Pkcs12(Path path, Optional<String> alias) implements KeyReference {
    @Override
    public String toString() {
      return "pkcs12:" + path + alias.map(name -> KeyReferenceReader.ALIAS + name).orElse("");
    }
  }

  /** A key of a PKCS#11 token. */
  record Pkcs11(Pkcs11Uri uri) implements KeyReference {
    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /**
   * A persistent key of a TPM.
   *
   * @param handle 0x81000000 to 0x81ffffff
   * @param secret whether it has an authorization value, which is asked for; a TPM does not tell,
   *     and counts a try without it as a wrong one
   */
  record TpmHandle(long handle, boolean secret, Tcti tcti) implements KeyReference {
    public TpmHandle {
      if (!KeyReferenceReader.persistent(handle)) {
        throw new IllegalArgumentException("0x%08x is no persistent handle".formatted(handle));
      }
    }

    @Override
    public String toString() {
      return "tpm2:0x%08x".formatted(handle) + KeyReferenceReader.tail(secret, tcti);
    }
  }

  /** A key that only its TPM can load, in a file. */
  record TpmFile(Path path, Tcti tcti) implements KeyReference {
    @Override
    public String toString() {
      return "tpm2:" + path + KeyReferenceReader.tail(false, tcti);
    }
  }

  /**
   * Reads a reference. A text without a scheme is a path; a scheme that is none of these is
   * malformed, and so is a path with a control character.
   */
  static KeyReference parse(String text) throws FormatException {
    return KeyReferenceReader.read(text);
  }

  /** The same for a file reference beside the folder that it is relative to; others stay. */
  default KeyReference in(Path folder) {
    return switch (this) {
      case KeyPath file -> new KeyPath(folder.resolve(file.path));
      case Pkcs12 pkcs12 -> new Pkcs12(folder.resolve(pkcs12.path), pkcs12.alias);
      case TpmFile tpm -> new TpmFile(folder.resolve(tpm.path), tpm.tcti);
      case Pkcs11 token -> token;
      case TpmHandle handle -> handle;
    };
  }
}
