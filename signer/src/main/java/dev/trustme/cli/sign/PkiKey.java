// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.cli.pki.KeyOptions;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.Passphrase;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Options that name a key by PKI folder and role, or by itself, and the signing log of that folder.
 */
final class PkiKey {
  @Option(
      names = "--pki",
      paramLabel = "DIR",
      description = "The PKI folder: its key for this, and its signing log.")
  private @Nullable Path pki;

  @Mixin private KeyOptions explicit = new KeyOptions();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Take another role's key, whose certificate carries this use too.")
  private @Nullable String role;

  @Option(names = "--dry-run", description = "Do everything but write and log.")
  private boolean dryRun;

  /** The key for artefacts of this kind: that of the kind's role, or of {@code --role}. */
  RoleKey open(ArtifactKind kind) throws IOException, FormatException, GeneralSecurityException {
    var use = kind.role();
    if (explicit.given()) {
      var key = explicit.open(secrets::passphrase);
      var opened = new RoleKey(key.key(), key.chain());
      try {
        require(use, opened.chain(), "--cert");
        return opened;
      } catch (CommandFailure e) {
        opened.close();
        throw e;
      }
    }
    var holder = holder(use);
    var folder = folder();
    var chain = folder.chain(holder);
    require(use, chain, folder.path() + ", role " + holder.label());
    try (var passphrase = Passphrase.ask("Passphrase of " + folder.path(), secrets::passphrase)) {
      return new RoleKey(folder.key(holder, passphrase), chain);
    }
  }

  private Role holder(Role use) {
    return role == null
        ? use
        : Role.byLabel(role)
            .orElseThrow(() -> CommandFailure.usage("--role: unknown role " + role));
  }

  private static void require(Role use, List<X509CertificateHolder> chain, String whose) {
    if (!use.in(chain.getFirst())) {
      throw CommandFailure.rejected(
          "%s: the certificate does not carry the role %s; it carries: %s"
              .formatted(whose, use.label(), Role.of(chain.getFirst())));
    }
  }

  PkiFolder folder() throws IOException, FormatException {
    if (pki == null) {
      throw CommandFailure.usage("name the key by --pki DIR, or by --key REF and --cert FILE");
    }
    return PkiFolder.open(pki);
  }

  Instant now() {
    return times.now();
  }

  /** Whether nothing shall be written: a dry run. */
  boolean rehearsing() {
    return dryRun;
  }

  /**
   * The end of every command that signs: writes down what was signed, then lets the outputs appear
   * in this order, so that none goes unlogged. On a rehearsal neither happens. A key that is named
   * without a folder has no log.
   */
  void finish(List<SigningLog.Event> events, Outputs.Pending... outputs)
      throws IOException, FormatException {
    if (rehearsing()) {
      return;
    }
    if (pki != null) {
      folder().log().append(now(), events);
    }
    for (var output : outputs) {
      output.commit();
    }
  }
}
