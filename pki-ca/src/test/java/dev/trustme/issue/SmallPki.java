// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.profile.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A throw-away PKI folder with elliptic curves only, made in a moment: for what happens later. */
public final class SmallPki {
  public static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");

  public static final String PROFILE =
      """
      schema: trustme/profile/1
      subject: {country: DE, organization: Small}
      authorities:
        root: {common-name: Small Root, key: ec-p256, years: 20, path-length: 1, revocation: {crl-days: 90}}
        device:
          common-name: Small Devices
          issuer: root
          key: ec-p256
          years: 10
          path-length: 0
          issues: [device, container]
          locations: {crl: ["http://pki.example/device.crl"], delta-crl: ["http://pki.example/device.delta.crl"], ocsp: ["http://pki.example/ocsp"]}
          revocation: {crl-days: 30, delta-days: 7, ocsp-key: ec-p256, ocsp-years: 1, ocsp-days: 7}
        guests: {issuer: root, key: ec-p256, years: 10, path-length: 0, issues: [guest-os]}
      roles:
        container: {issuer: device, key: ec-p256, years: 3, use: [container]}
      templates:
        device: {issuer: device, years: 2, use: [device], key: [ec-p256, ec-p384, rsa-2048], names: [uuid]}
      """;

  private SmallPki() {}

  public static PkiFolder create(Path folder) throws Exception {
    return create(folder, KeyProtection.plaintext());
  }

  public static PkiFolder encrypted(Path folder, String passphrase) throws Exception {
    try (var secret = Passphrase.of(passphrase.toCharArray())) {
      return create(folder, KeyProtection.encrypted(secret));
    }
  }

  private static PkiFolder create(Path folder, KeyProtection protection) throws Exception {
    var text = Bytes.utf8(PROFILE);
    Files.createDirectory(folder);
    try (var pki = NewPki.create(Profile.parse(text), AT)) {
      pki.write(folder, text, protection);
    }
    return PkiFolder.open(folder);
  }
}
