// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import dev.trustme.secureboot.SecureBootSet;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.uefi.EfiGuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * UEFI's keys from elsewhere.
 *
 * @param owner SignatureOwner of the entries
 * @param db what db admits, complete
 */
public record PlatformImport(
    UUID owner, ForeignCredential pk, ForeignCredential kek, List<X509CertificateHolder> db)
    implements AutoCloseable {
  public PlatformImport {
    db = List.copyOf(db);
  }

  /** The Secure Boot set by file name: signed anew, so that each update is whole. */
  Map<String, Bytes> files(Instant at) throws IOException {
    Path folder = Files.createTempDirectory("trustme-import");
    try {
      new SecureBootSet(
              new EfiGuid(owner),
              at,
              new VariableSigner(pk.certificate(), pk.key()),
              new VariableSigner(kek.certificate(), kek.key()),
              db)
          .write(folder);
      Map<String, Bytes> files = new LinkedHashMap<>();
      try (Stream<Path> written = Files.list(folder)) {
        for (Path file : written.sorted().toList()) {
          files.put(String.valueOf(file.getFileName()), Bytes.copyOf(Files.readAllBytes(file)));
        }
      }
      return files;
    } finally {
      Outputs.removeTree(folder);
    }
  }

  @Override
  public void close() {
    pk.close();
    kek.close();
  }
}
