// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.exchange.ForeignCredential;
import dev.trustme.exchange.ForeignFolder;
import dev.trustme.exchange.Importer;
import dev.trustme.exchange.ListImport;
import dev.trustme.issue.PkiSession;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Passphrase;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an import comes from, and which place it takes. */
final class ImportSource {
  /** Who made it. */
  enum Format {
    openssl,
    sbctl,
    gyroidos
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "openssl",
      description = "openssl (files), sbctl or gyroidos (folders). Default: ${DEFAULT-VALUE}.")
  private Format format = Format.openssl;

  @Option(names = "--from", paramLabel = "DIR", description = "The folder of sbctl or gyroidos.")
  private @Nullable Path from;

  @Option(names = "--role", paramLabel = "ROLE", description = "The role that the key signs for.")
  private @Nullable String role;

  @Option(names = "--authority", paramLabel = "NAME", description = "The authority it becomes.")
  private @Nullable String authority;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      converter = KeyReferenceConverter.class,
      description = "The private key: a PEM or DER file, or pkcs12:FILE[?alias=NAME].")
  private @Nullable KeyReference key;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description =
          "Its certificate and the issuers' up to the root; may be repeated. PKCS#12 brings its own.")
  private List<Path> certificates = List.of();

  @Option(
      names = "--variable",
      paramLabel = "NAME",
      description = "KEK, db, dbx, dbt or dbr: merge the entries of --lists into it.")
  private @Nullable String variable;

  @Option(
      names = "--lists",
      paramLabel = "FILE",
      description =
          "Signature lists (.esl), or an update (.auth) that a key of the folder's PK or KEK signed.")
  private @Nullable Path lists;

  @Option(
      names = "--source-pass-file",
      paramLabel = "FILE",
      description = "Read the passphrase of imported keys from this file's first line.")
  private @Nullable Path passFile;

  void requireComplete(boolean fresh) {
    if (fresh && format != Format.gyroidos) {
      throw CommandFailure.usage("-o: only with --format gyroidos");
    }
    if ((variable == null) != (lists == null)) {
      throw CommandFailure.usage("--variable and --lists belong together");
    }
    if (lists != null) {
      if (format != Format.openssl || key != null || role != null || authority != null) {
        throw CommandFailure.usage("--lists: comes alone, with --variable");
      }
      return;
    }
    if (format == Format.openssl
        && (key == null
            || (certificates.isEmpty() && !(key instanceof KeyReference.Pkcs12))
            || (role == null) == (authority == null))) {
      throw CommandFailure.usage("give --key, --cert and either --role or --authority");
    }
    if (format != Format.openssl
        && (from == null || key != null || role != null || authority != null)) {
      throw CommandFailure.usage(
          "--format %s: give --from DIR, and neither --key, --role nor --authority"
              .formatted(format));
    }
    if (authority != null && !authority.matches("[a-z][a-z0-9-]{0,39}")) {
      throw CommandFailure.usage(
          "--authority: expected lower-case letters, digits and '-', found " + authority);
    }
  }

  /** Whether it is about a Secure Boot variable instead of keys. */
  boolean givesLists() {
    return lists != null;
  }

  /** Merges the lists; returns what to say. */
  List<String> into(PkiSession session)
      throws IOException, FormatException, GeneralSecurityException {
    Path file = requireNonNull(lists);
    var target = SecureBootFiles.updated(requireNonNull(variable));
    return new ListImport(session, target).take(SecureBootFiles.read(file), file);
  }

  void into(Importer importer) throws IOException, FormatException, GeneralSecurityException {
    try (var passphrase = Passphrase.ask("Passphrase of the imported key", this::secret)) {
      switch (format) {
        case openssl -> files(importer, passphrase);
        case sbctl -> sbctl(importer, new ForeignFolder(requireNonNull(from), passphrase));
        case gyroidos -> gyroidos(importer, new ForeignFolder(requireNonNull(from), passphrase));
      }
    }
  }

  private char[] secret(String purpose) throws IOException {
    return passFile == null
        ? new Secrets().passphrase(purpose + "; or --source-pass-file")
        : Secrets.firstLineOf(passFile);
  }

  private void files(Importer importer, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    try (var credential = credential(passphrase)) {
      if (role != null) {
        importer.role(role(role), credential);
      } else {
        importer.authority(requireNonNull(authority), credential);
      }
    }
  }

  private ForeignCredential credential(Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    var reference = requireNonNull(key);
    return switch (reference) {
      case KeyReference.KeyPath file ->
          ForeignCredential.read(file.path(), certificates, passphrase);
      case KeyReference.Pkcs12 file -> ForeignCredential.read(file, certificates, passphrase);
      case KeyReference.Pkcs11 token -> throw stays(token);
      case KeyReference.TpmFile tpm -> throw stays(tpm);
      case KeyReference.TpmHandle tpm -> throw stays(tpm);
    };
  }

  private static CommandFailure stays(KeyReference reference) {
    return CommandFailure.usage(
        reference
            + ": stays where it is and cannot be imported; 'trustme pki issue --key REF --existing'"
            + " certifies it");
  }

  private static Role role(String label) {
    return Role.byLabel(label)
        .orElseThrow(() ->
            CommandFailure.usage(
                "--role: no role is named '%s'; there are: %s"
                    .formatted(
                        label,
                        Arrays.stream(Role.values())
                            .map(Role::label)
                            .collect(Collectors.joining(", ")))));
  }

  private static void sbctl(Importer importer, ForeignFolder folder)
      throws IOException, FormatException, GeneralSecurityException {
    try (var platform = folder.sbctl();
        var boot = folder.sbctlBoot()) {
      importer.platform(platform);
      importer.role(Role.BOOT, boot);
    }
  }

  private static void gyroidos(Importer importer, ForeignFolder folder)
      throws IOException, FormatException, GeneralSecurityException {
    for (var entry : folder.gyroidosAuthorities().entrySet()) {
      try (var credential = entry.getValue()) {
        importer.authority(entry.getKey(), credential);
      }
    }
    for (var entry : folder.gyroidosRoles().entrySet()) {
      try (var credential = entry.getValue()) {
        importer.role(entry.getKey(), credential);
      }
    }
    try (var platform = folder.gyroidosPlatform()) {
      importer.platform(platform);
    }
  }
}
