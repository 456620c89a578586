// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.exchange.Bundle;
import dev.trustme.exchange.Credential;
import dev.trustme.exchange.ExportedFile;
import dev.trustme.exchange.GyroidosLayout;
import dev.trustme.exchange.JavaTrustStore;
import dev.trustme.exchange.Pkcs12Writer;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/** Makes the content of what {@code pki export} writes. */
record Exports(PkiFolder pki, Passphrase passphrase, ExportSecrets protection, Output output) {
  /** Files in the making, and whose private keys are in them. */
  record Result(List<ExportedFile> files, List<X509CertificateHolder> keysOf) {}

  Result file(List<Credential> credentials, ExportCommand.Format format, Bundle bundle)
      throws IOException, FormatException, GeneralSecurityException {
    boolean withKey = protection.withKey();
    if (withKey && credentials.size() != 1) {
      throw CommandFailure.usage("--with-key: a file holds one key; give one name");
    }
    boolean certificatesOnly =
        format == ExportCommand.Format.der || format == ExportCommand.Format.jks;
    if (withKey && certificatesOnly) {
      throw CommandFailure.usage(
          "--with-key: %s protects no key; use --format pkcs12, which Java reads too, or pem"
              .formatted(format));
    }
    boolean plaintext = protection.plaintext(output);
    if (plaintext && format != ExportCommand.Format.pem) {
      throw CommandFailure.usage("--plaintext-keys: only for pem and gyroidos");
    }
    Bytes content =
        switch (format) {
          case pem -> pem(credentials, bundle, plaintext);
          case der -> der(credentials);
          case pkcs12 -> pkcs12(credentials, bundle);
          case jks -> jks(credentials);
          case gyroidos -> throw new IllegalArgumentException("a folder, no file");
        };
    return new Result(
        List.of(new ExportedFile(format.name(), content, withKey)),
        withKey ? List.of(credentials.getFirst().certificate()) : List.of());
  }

  private Bytes pem(List<Credential> credentials, Bundle bundle, boolean plaintext)
      throws IOException, FormatException, GeneralSecurityException {
    Bytes certificates =
        Bytes.utf8(
            Certificates.pem(
                credentials.stream()
                    .map(c -> bundle.of(c.path()))
                    .flatMap(Collection::stream)
                    .distinct()
                    .toList()));
    if (!protection.withKey()) {
      return certificates;
    }
    char[] secret = plaintext ? new char[0] : protection.passphrase();
    try (var own = Passphrase.of(secret);
        var key = credentials.getFirst().key(passphrase)) {
      var how = plaintext ? KeyProtection.plaintext() : KeyProtection.encrypted(own);
      return Bytes.concat(KeyFile.encode(key, how), certificates);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static Bytes der(List<Credential> credentials) {
    if (credentials.size() != 1) {
      throw CommandFailure.usage("der: a file holds one certificate; give one name");
    }
    return Certificates.der(credentials.getFirst().certificate());
  }

  private Bytes pkcs12(List<Credential> credentials, Bundle bundle)
      throws IOException, FormatException, GeneralSecurityException {
    char[] secret = protection.passphrase();
    try {
      var file = new Pkcs12Writer(secret);
      if (protection.withKey()) {
        var only = credentials.getFirst();
        try (var key = only.key(passphrase)) {
          return file.key(only.name(), key, bundle.of(only.path())).write();
        }
      }
      credentials.forEach(c -> file.trusted(c.name(), c.certificate()));
      return file.write();
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private Bytes jks(List<Credential> credentials) throws IOException, GeneralSecurityException {
    Map<String, X509CertificateHolder> certificates = new LinkedHashMap<>();
    credentials.forEach(c -> certificates.put(c.name(), c.certificate()));
    char[] secret = protection.passphrase();
    try {
      return JavaTrustStore.jks(certificates, secret);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  Result gyroidos(List<String> names, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    if (!names.isEmpty()) {
      throw CommandFailure.usage("--format gyroidos: exports the whole folder; give no name");
    }
    boolean plaintext = protection.plaintext(output);
    var layout = protection.withKey() ? withKeys(plaintext, at) : GyroidosLayout.certificates(pki);
    if (!layout.missing().isEmpty()) {
      output.warn("the PKI has nothing for: " + String.join(", ", layout.missing()));
    }
    return new Result(layout.files(), layout.keysOf());
  }

  private GyroidosLayout withKeys(boolean plaintext, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    output.warn(
        "ssig_subca.key is an authority's and the build signs boot images, modules and firmware"
            + " with it: who has it can issue certificates");
    if (!plaintext) {
      output.warn("the keys are encrypted; the build cannot ask for a passphrase by itself");
    }
    char[] secret = protection.passphrase();
    try (var own = Passphrase.of(secret)) {
      var encrypted = KeyProtection.encrypted(own);
      var build = plaintext ? KeyProtection.plaintext() : encrypted;
      return GyroidosLayout.withKeys(
          pki, new GyroidosLayout.Keys(passphrase, build, encrypted), at);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }
}
