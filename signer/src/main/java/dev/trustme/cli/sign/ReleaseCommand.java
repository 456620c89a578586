// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.DsseSigner;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.sign.ReleaseBuilder;
import dev.trustme.sign.ReleaseConfig;
import dev.trustme.sign.ReleaseTrust;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
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
          + " 7, 9 and 11 are predicted from these files alone. Names in the configuration are"
          + " relative to its folder."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign release --pki pki --config release.yaml -o release.json",
      "release.yaml:",
      "  schema: trustme/release-config/1",
      "  name: acme-gateway",
      "  sequence: 41",
      "  not-after: 2027-11-22T00:00:00Z",
      "  boot: {path: direct-uki, uki: boot.efi, vars: OVMF_VARS.fd}",
      "  layers: [layer.img.json]",
      "  containers: [web.sealed]",
      "  modules: [modules-signed]"
    },
    mixinStandardHelpOptions = true)
final class ReleaseCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "What belongs to the release (YAML).")
  private @Nullable Path config;

  /** What {@code --json} prints; {@code pcrs} are the predictions. */
  record Report(
      String schema,
      String file,
      String name,
      long sequence,
      Digest manifest,
      int artifacts,
      int containers,
      Map<String, Digest> pcrs) {
    String text() {
      var text = new StringBuilder();
      text.append(
          "%s  %s %d: %d artefacts, %d containers\n"
              .formatted(file, name, sequence, artifacts, containers));
      pcrs.forEach((pcr, value) -> text.append("  PCR %-3s %s\n".formatted(pcr, value)));
      return text.toString();
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    Path file = requireNonNull(config);
    var wanted = NamedInput.read(file, ReleaseConfig::parse);
    var builder = new ReleaseBuilder(wanted, requireNonNull(file.toAbsolutePath().getParent()));
    return switch (build(builder, file)) {
      case Verdict.Rejected<ReleaseManifest> rejected -> throw rejected(rejected.failures());
      case Verdict.Accepted<ReleaseManifest> accepted -> {
        write(accepted.value());
        yield ExitCode.ACCEPTED;
      }
    };
  }

  private Verdict<ReleaseManifest> build(ReleaseBuilder builder, Path file)
      throws IOException, FormatException {
    try {
      return builder.build(trust(pki.folder()), pki.now());
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

  private void write(ReleaseManifest manifest)
      throws IOException, FormatException, GeneralSecurityException {
    try (var key = pki.open(ArtifactKind.RELEASE_MANIFEST);
        var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      var payload = manifest.encode();
      var envelope = new DsseSigner(key.key(), key.chain()).sign(DsseEnvelope.RELEASE, payload);
      staged.write(envelope.encode().buffer());
      var digest = dev.trustme.bytes.HashAlgorithm.SHA256.digest(payload);
      pki.finish(List.of(target.event("sign-release", key, digest)), staged);
      Map<String, Digest> pcrs =
          new TreeMap<>(java.util.Comparator.comparingInt(Integer::parseInt));
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
              pcrs);
      output.result(report, report::text);
    }
  }

  /** The folder's own certificates are what a release's parts must be signed by. */
  private static ReleaseTrust trust(PkiFolder folder) throws IOException, FormatException {
    List<X509CertificateHolder> modules = new ArrayList<>();
    List<X509CertificateHolder> layers = new ArrayList<>();
    for (String label : folder.roles()) {
      var role = Role.byLabel(label);
      if (role.isPresent()) {
        var leaf = folder.chain(role.get()).getFirst();
        if (Role.MODULE.in(leaf)) {
          modules.add(leaf);
        }
        if (Role.LAYER.in(leaf)) {
          layers.add(leaf);
        }
      }
    }
    return new ReleaseTrust(new TrustStore(List.of(root(folder))), modules, layers);
  }

  /** The authority that issued the last certificate of the release role's chain. */
  private static X509CertificateHolder root(PkiFolder folder) throws IOException, FormatException {
    var issuer = folder.chain(Role.RELEASE).getLast().getIssuer();
    for (String name : folder.authorities()) {
      var authority = folder.authority(name);
      if (authority.getSubject().equals(issuer)) {
        return authority;
      }
    }
    throw CommandFailure.rejected(
        folder.path() + ": holds no certificate of " + issuer + ", the root of the release role");
  }
}
