// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.Subject;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.sign.ReleaseBuilder;
import dev.trustme.sign.ReleaseConfig;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sign release}: everything that ships together, and what it will measure. */
@Command(
    name = "release",
    description = {
      "Gather what was signed into one signed release manifest, with the PCR values to come.",
      "",
      "Every part is verified again as its consumer will: the UKI by firmware's db in the variable"
          + " store, modules and root hashes as the kernel does, containers as a device does. PCR 4,"
          + " 7, 9 and 11 are predicted from these files alone. Files of the device's system are"
          + " listed with their hashes, for policies that ask for them (require.ima). Names in the"
          + " configuration are relative to its folder.",
      "",
      "--add-signature signs a manifest that exists with another key, for example one of ML-DSA"
          + " beside a classical one; a policy's threshold counts distinct keys."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign release --pki pki --config release.yaml -o release.json",
      "  trustme sign release --add-signature release.json --key REF --cert FILE -o both.json",
      "release.yaml:",
      "  schema: trustme/release-config/1",
      "  name: acme-gateway",
      "  sequence: 41",
      "  not-after: 2027-11-22T00:00:00Z",
      "  floors: {release: 40, containers: {web: 9}, sbat: {systemd: 1}}",
      "  boot: {path: direct-uki, uki: boot.efi, vars: OVMF_VARS.fd}",
      "  layers: [layer.img.json]",
      "  containers: [web.sealed]",
      "  modules: [modules-signed]",
      "  files:",
      "    - {folder: rootfs}",
      "    - {tar: firmware.tar, at: /lib/firmware}",
      "    - {sums: SHA256SUMS, at: /opt/app}"
    },
    subcommands = {ReleaseShowCommand.class, ReleaseDiffCommand.class},
    mixinStandardHelpOptions = true)
final class ReleaseCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      description = "What to write.")
  private @Nullable Path path;

  @Option(names = "--force", description = "Replace an existing output.")
  private boolean force;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What belongs to the release (YAML).")
  private @Nullable Path config;

  @Option(
      names = "--add-signature",
      paramLabel = "FILE",
      description = "Sign this manifest too, as it is, instead of making one.")
  private @Nullable Path existing;

  /** What {@code --json} prints; {@code pcrs} are the predictions. */
  record Report(
      String schema,
      String file,
      String name,
      long sequence,
      Digest manifest,
      int artifacts,
      int containers,
      int signatures,
      Map<String, Digest> pcrs) {
    String text() {
      var text = new StringBuilder();
      text.append(
          "%s  %s %d: %d artefacts, %d containers, %d signature%s\n"
              .formatted(
                  file,
                  name,
                  sequence,
                  artifacts,
                  containers,
                  signatures,
                  signatures == 1 ? "" : "s"));
      pcrs.forEach((pcr, value) -> text.append("  PCR %-3s %s\n".formatted(pcr, value)));
      return text.toString();
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (path == null || (config == null) == (existing == null)) {
      throw CommandFailure.usage(
          "expected -o FILE, and either --config FILE or --add-signature FILE");
    }
    var target = Target.of(path, force);
    target.requireFree();
    if (existing == null) {
      write(made(requireNonNull(config)), target);
    } else {
      add(ReleaseFile.read(existing), target);
    }
    return ExitCode.ACCEPTED;
  }

  private ReleaseManifest made(Path file) throws IOException, FormatException {
    var wanted = Inputs.parse(file, ReleaseConfig::parse);
    var builder = new ReleaseBuilder(wanted, requireNonNull(file.toAbsolutePath().getParent()));
    return switch (build(builder, file)) {
      case Verdict.Rejected<ReleaseManifest> rejected -> throw rejected(rejected.failures());
      case Verdict.Accepted<ReleaseManifest> accepted -> accepted.value();
    };
  }

  private Verdict<ReleaseManifest> build(ReleaseBuilder builder, Path file)
      throws IOException, FormatException {
    try {
      return builder.build(new FolderTrust(pki.folder()).of(), pki.now());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private CommandFailure rejected(List<Check> failures) {
    failures.stream().skip(1).map(ReleaseCommand::words).forEach(output::detail);
    String more =
        failures.size() == 1
            ? ""
            : " (and %d more; --verbose lists them)".formatted(failures.size() - 1);
    return CommandFailure.rejected(words(failures.getFirst()) + more);
  }

  private static String words(Check check) {
    String advice = check.advice().isEmpty() ? "" : "; " + check.advice();
    return "%s: %s: expected %s, found %s%s"
        .formatted(check.where(), check.id(), check.expected(), check.seen(), advice);
  }

  private void write(ReleaseManifest manifest, Target target)
      throws IOException, FormatException, GeneralSecurityException {
    var payload = manifest.encode();
    try (var key = pki.open(ArtifactKind.RELEASE_MANIFEST)) {
      var about = key.about(subject(manifest, payload));
      var envelope = new DsseSigner(about.key(), key.chain()).sign(DsseEnvelope.RELEASE, payload);
      finish(manifest, envelope, key, target);
    }
  }

  /** One more signature over the same bytes; those that are there must hold. */
  private void add(ReleaseFile release, Target target)
      throws IOException, FormatException, GeneralSecurityException {
    for (var signature : release.signatures()) {
      if (!signature.holds()) {
        throw CommandFailure.rejected(
            "%s: signature: expected a signature by %s, found another"
                .formatted(existing, signature.subject()));
      }
    }
    var manifest = release.manifest();
    if (!manifest.validAt(pki.now())) {
      throw CommandFailure.rejected(
          "%s: release-validity: expected %s to %s, found %s"
              .formatted(existing, manifest.created(), manifest.notAfter(), pki.now()));
    }
    try (var key = pki.open(ArtifactKind.RELEASE_MANIFEST)) {
      var about = key.about(subject(manifest, release.envelope().payload()));
      var signer = new DsseSigner(about.key(), key.chain());
      if (signer.signed(release.envelope())) {
        throw CommandFailure.rejected(
            "%s: the key of %s signed it already, and would not count twice"
                .formatted(existing, key.certificate().getSubject()));
      }
      finish(manifest, signer.addTo(release.envelope()), key, target);
    }
  }

  private Subject subject(ReleaseManifest manifest, Bytes payload) {
    return new Subject(
        ArtifactKind.RELEASE_MANIFEST,
        "%s %d".formatted(manifest.name(), manifest.sequence()),
        HashAlgorithm.SHA256.digest(payload),
        Map.of(
            "not-after",
            manifest.notAfter().toString(),
            "artifacts",
            String.valueOf(manifest.artifacts().size()),
            "containers",
            String.valueOf(manifest.containers().size())));
  }

  private void finish(ReleaseManifest manifest, DsseEnvelope envelope, RoleKey key, Target target)
      throws IOException, FormatException {
    var digest = HashAlgorithm.SHA256.digest(envelope.payload());
    try (var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      staged.write(envelope.encode().buffer());
      pki.finish(List.of(target.event("sign-release", key, digest)), staged);
    }
    Map<String, Digest> pcrs = new TreeMap<>(Comparator.comparingInt(Integer::parseInt));
    manifest.measurements().forEach(m -> pcrs.put(Integer.toString(m.pcr()), m.value()));
    var report =
        new Report(
            "trustme/signed-release/1",
            target.path().toString(),
            manifest.name(),
            manifest.sequence(),
            digest,
            manifest.artifacts().size(),
            manifest.containers().size(),
            envelope.signatures().size(),
            pcrs);
    output.result(report, report::text);
  }
}
