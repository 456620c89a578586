// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyProtection;
import dev.trustme.profile.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A throw-away PKI folder of the device profile, with smaller and so faster keys. */
public final class TestPki {
  public static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");

  private TestPki() {}

  public static PkiFolder create(Path folder) throws Exception {
    return create(folder, KeyProtection.plaintext());
  }

  static PkiFolder create(Path folder, KeyProtection protection) throws Exception {
    var text =
        Bytes.utf8(
            Profile.shipped("device")
                .orElseThrow()
                .utf8()
                .replace("key: rsa-3072", "key: rsa-2048"));
    Files.createDirectory(folder);
    try (var pki = NewPki.create(Profile.parse(text), AT)) {
      pki.write(folder, text, protection);
    }
    return PkiFolder.open(folder);
  }
}
