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
    return create("device", folder, protection);
  }

  /** Of a shipped profile. */
  public static PkiFolder create(String profile, Path folder, KeyProtection protection)
      throws Exception {
    var text =
        Bytes.utf8(
            Profile.shipped(profile)
                .orElseThrow()
                .utf8()
                .replaceAll("key: rsa-(pss-)?[34]...", "key: rsa-$12048"));
    Files.createDirectory(folder);
    try (var pki = NewPki.create(Profile.parse(text), AT)) {
      pki.write(folder, text, protection);
    }
    return PkiFolder.open(folder);
  }
}
