// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.Passphrase;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that name a key by PKI folder and role, and the signing log of that folder. */
final class PkiKey {
  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private @Nullable Path pki;

  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();

  /** The role's key, for what the role itself signs. */
  RoleKey open(Role role) throws IOException, FormatException, GeneralSecurityException {
    return open(role, role);
  }

  /** The key of one role, for artefacts of another, if its certificate carries that use too. */
  RoleKey open(Role role, Role use) throws IOException, FormatException, GeneralSecurityException {
    var folder = folder();
    var chain = folder.chain(role);
    if (!use.in(chain.getFirst())) {
      throw CommandFailure.rejected(
          "%s: the certificate of role %s does not carry the role %s; it carries: %s"
              .formatted(folder.path(), role.label(), use.label(), Role.of(chain.getFirst())));
    }
    try (var passphrase = Passphrase.ask("Passphrase of " + folder.path(), secrets::passphrase)) {
      return new RoleKey(folder.key(role, passphrase), chain);
    }
  }

  PkiFolder folder() throws IOException, FormatException {
    return PkiFolder.open(requireNonNull(pki));
  }

  Instant now() {
    return times.now();
  }

  /** Writes down what is being signed; before the result appears, so that none goes unlogged. */
  void log(List<SigningLog.Event> events) throws IOException, FormatException {
    folder().log().append(now(), events);
  }
}
