// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.airgap.Session;
import dev.trustme.airgap.SigningRecorder;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import dev.trustme.cli.pki.KeyOptions;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.DeferredKey;
import dev.trustme.key.Passphrase;
import dev.trustme.sign.RoleKey;
import dev.trustme.sign.SignerCheck;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options that name a key by PKI folder and role, or by itself, and where signatures are written
 * down. A dry run and a run for an air gap need no private key: its certificate is enough.
 */
final class PkiKey {
  private static final String WIDER = "wider-key";

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--pki",
      paramLabel = "DIR",
      description = "The PKI folder: its key for this, and its signing log.")
  private @Nullable Path pki;

  @Mixin private KeyOptions explicit = new KeyOptions();
  @Mixin private Secrets secrets = new Secrets();
  @Mixin private Times times = new Times();
  @Mixin private SigningLogFile log = new SigningLogFile();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Take another role's key, whose certificate carries this use too.")
  private @Nullable String role;

  @Option(
      names = "--accept",
      paramLabel = WIDER,
      description =
          "wider-key: take a key whose certificate has no extended key usage, so every role; a"
              + " warning, and written down.")
  private List<String> accept = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description = "Say what would be signed and written; needs no private key.")
  private boolean dryRun;

  private final SigningRecorder rehearsal = new SigningRecorder();
  private final List<SigningLog.Event> accepted = new ArrayList<>();

  /** The key for artefacts of this kind: that of the kind's role, or of {@code --role}. */
  RoleKey open(ArtifactKind kind) throws IOException, FormatException, GeneralSecurityException {
    requireOptions();
    return explicit.certified() ? openExplicit(kind) : openRole(kind);
  }

  /**
   * The certificate whose key {@link #open} would open; empty where the folder has no such role.
   */
  Optional<X509CertificateHolder> certificate(ArtifactKind kind)
      throws IOException, FormatException {
    if (explicit.certified()) {
      return Optional.of(explicit.chain().getFirst());
    }
    var holder = holder(kind.role());
    var folder = folder();
    return folder.roles().contains(holder.label())
        ? Optional.of(folder.chain(holder).getFirst())
        : Optional.empty();
  }

  private RoleKey openExplicit(ArtifactKind kind)
      throws IOException, FormatException, GeneralSecurityException {
    var chain = explicit.chain();
    require(kind, chain, Optional.empty(), "--cert");
    var away = away();
    if (away.isPresent()) {
      return deferred(kind, chain, away.get());
    }
    if (!explicit.given()) {
      throw CommandFailure.usage("--key REF and --cert FILE are needed");
    }
    var key = explicit.open(secrets::passphrase);
    return new RoleKey(key.key(), key.chain());
  }

  private RoleKey openRole(ArtifactKind kind)
      throws IOException, FormatException, GeneralSecurityException {
    var holder = holder(kind.role());
    var folder = folder();
    var chain = folder.chain(holder);
    require(kind, chain, Optional.of(folder), folder.path() + ", role " + holder.label());
    var away = away();
    if (away.isPresent()) {
      return deferred(kind, chain, away.get());
    }
    try (var passphrase = Passphrase.ask("Passphrase of " + folder.path(), secrets::passphrase)) {
      return new RoleKey(folder.key(holder, passphrase), chain);
    }
  }

  private void requireOptions() {
    for (String what : accept) {
      if (!what.equals(WIDER)) {
        throw CommandFailure.usage("--accept: expected %s, found %s".formatted(WIDER, what));
      }
    }
    if (dryRun && AwayFromKeys.current().isPresent()) {
      throw CommandFailure.usage("--dry-run: a request is one already; leave it out");
    }
  }

  /** Who stands in for private keys, where they are not used. */
  private Optional<Session> away() {
    return dryRun ? Optional.of(rehearsal) : AwayFromKeys.current().map(AwayFromKeys::session);
  }

  private static RoleKey deferred(
      ArtifactKind kind, List<X509CertificateHolder> chain, Session session) {
    var certified = chain.getFirst().getSubjectPublicKeyInfo();
    return DeferredKey.of(certified, kind, session.desk(chain))
        .map(key -> new RoleKey(key, chain))
        .orElseThrow(() ->
            CommandFailure.rejected(
                "%s: a key of a type that signs nothing here"
                    .formatted(chain.getFirst().getSubject())));
  }

  private Role holder(Role use) {
    return role == null
        ? use
        : Role.byLabel(role)
            .orElseThrow(() -> CommandFailure.usage("--role: unknown role " + role));
  }

  /** Refuses a certificate that a verifier of the kind would refuse now. */
  private void require(
      ArtifactKind kind,
      List<X509CertificateHolder> chain,
      Optional<PkiFolder> folder,
      String whose)
      throws IOException, FormatException {
    Optional<TrustStore> anchors =
        folder.isPresent() ? Optional.of(new PkiRoots(folder.get()).store()) : Optional.empty();
    var checks = new SignerCheck(anchors, accept.contains(WIDER), times.use()).check(kind, chain);
    var failed = checks.stream().filter(Check::failed).findFirst();
    if (failed.isPresent()) {
      throw CommandFailure.rejected(refusal(failed.get(), chain.getFirst(), whose));
    }
    for (Check check : checks) {
      if (check.warns()) {
        output().ifPresent(o -> o.warn("%s: %s: %s".formatted(whose, check.id(), check.seen())));
      }
    }
    if (checks.stream().anyMatch(Check::warns)) {
      accepted.add(wider(chain.getFirst()));
    }
  }

  private static String refusal(Check check, X509CertificateHolder leaf, String whose) {
    return check.id().equals("signer-role")
        ? "%s: the certificate does not carry the role %s; it carries: %s"
            .formatted(whose, check.expected(), Role.of(leaf))
        : "%s: %s: expected %s, found %s"
            .formatted(whose, check.id(), check.expected(), check.seen());
  }

  private static SigningLog.Event wider(X509CertificateHolder leaf) {
    return new SigningLog.Event(
        "accept-wider-key",
        leaf.getSubject().toString(),
        Certificates.fingerprint(leaf),
        Optional.empty(),
        Optional.of(SigningLog.keyId(leaf.getSubjectPublicKeyInfo())),
        Optional.empty());
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

  /** The time at which keys are used, see {@link Times#use}. */
  Instant use() {
    return times.use();
  }

  /** Whether nothing shall be verified or written: a dry run, or a run without the signatures. */
  boolean rehearsing() {
    return dryRun || AwayFromKeys.current().map(away -> away.session().rehearsing()).orElse(false);
  }

  /**
   * The end of every command that signs: writes down what was signed, then lets the outputs appear
   * in this order, so that none goes unlogged. On a rehearsal neither happens. A key that is named
   * without a folder is logged where {@code --log} says.
   */
  void finish(List<SigningLog.Event> events, Outputs.Pending... outputs)
      throws IOException, FormatException {
    var problem = AwayFromKeys.current().flatMap(away -> away.session().problem());
    if (problem.isPresent()) {
      throw CommandFailure.rejected(problem.get());
    }
    if (rehearsing()) {
      var dry = DryRun.of(rehearsal.items(), outputs);
      output().filter(o -> dryRun).ifPresent(o -> o.also(dry, dry::text));
      return;
    }
    List<SigningLog.Event> all = new ArrayList<>(accepted);
    all.addAll(events);
    if (!all.isEmpty() && pki == null && !log.given()) {
      output().ifPresent(o -> o.warn("no signing log has this: --log FILE names one"));
    }
    log.append(pki, AwayFromKeys.current().map(AwayFromKeys::logged).orElseGet(this::now), all);
    for (var output : outputs) {
      output.commit();
    }
  }

  /** Where the command says what it did. */
  private Optional<Output> output() {
    return command == null
        ? Optional.empty()
        : command.mixins().values().stream()
            .map(CommandSpec::userObject)
            .filter(Output.class::isInstance)
            .map(Output.class::cast)
            .findFirst();
  }
}
