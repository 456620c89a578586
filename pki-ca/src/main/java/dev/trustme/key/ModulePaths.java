// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where PKCS#11 modules lie: {@code module-path}, or {@code module-name} in the usual folders. */
final class ModulePaths {
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/pkcs11",
          "/usr/lib/x86_64-linux-gnu/pkcs11",
          "/usr/lib/aarch64-linux-gnu/pkcs11",
          "/usr/lib64/pkcs11",
          "/usr/local/lib/pkcs11",
          "/usr/lib/softhsm",
          "/usr/lib/x86_64-linux-gnu/softhsm",
          "/usr/lib/aarch64-linux-gnu/softhsm");

  private ModulePaths() {}

  static Path find(Pkcs11Uri uri) throws IOException, FormatException {
    var path = uri.modulePath();
    if (path.isPresent()) {
      return path.get();
    }
    String name = uri.text(Pkcs11Uri.Attribute.MODULE_NAME).orElseThrow();
    for (String folder : FOLDERS) {
      for (String file : List.of(name, name + ".so", "lib" + name + ".so")) {
        Path candidate = Path.of(folder, file);
        if (Files.isRegularFile(candidate)) {
          return candidate;
        }
      }
    }
    throw new IOException(
        "PKCS#11 module '%s': in none of %s; name it by module-path"
            .formatted(name, String.join(", ", FOLDERS)));
  }
}
