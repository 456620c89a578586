// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.image.ContainerSealer;
import dev.trustme.image.OciLayout;
import dev.trustme.image.Squashfs;
import dev.trustme.sign.ContainerConfig;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign container}: an OCI image as a sealed, signed container. */
@Command(
    name = "container",
    description = {
      "Seal a container image and sign how it runs.",
      "",
      "The image comes as an OCI layout folder ('skopeo copy docker://… oci:DIR', 'podman save"
          + " --format oci-dir'). Every digest and size in it is checked; archives with entries that"
          + " climb, link or hide their way out, or hold devices, are refused; setuid bits are taken"
          + " away. The output folder holds one squashfs with a dm-verity tree and the signed"
          + " manifest."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign container web-oci --pki pki --config container.yaml -o web.sealed",
      "container.yaml:",
      "  schema: trustme/container-config/1",
      "  name: web",
      "  version: 9",
      "  not-after: 2027-11-22T00:00:00Z",
      "  launch: {args: [/bin/httpd, -f], user: {uid: 1000, gid: 1000}}"
    },
    mixinStandardHelpOptions = true)
final class ContainerCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "LAYOUT", description = "The OCI image layout folder.")
  private @Nullable Path layout;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "Name, version and how it runs (YAML).")
  private @Nullable Path config;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String folder,
      String name,
      long version,
      Digest manifest,
      Digest launch,
      Digest rootHash,
      Digest signer) {
    String text() {
      return "%s  %s %d\n  manifest   %s\n  root hash  %s\n  launch     %s"
          .formatted(folder, name, version, manifest, rootHash, launch);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    Path file = requireNonNull(config);
    var wanted = NamedInput.read(file, ContainerConfig::parse);
    if (!wanted.notAfter().isAfter(pki.now())) {
      throw CommandFailure.usage(file + ": not-after " + wanted.notAfter() + " is past");
    }
    var image = OciLayout.open(requireNonNull(layout), wanted.layoutTag());
    try (var key = pki.open(ArtifactKind.CONTAINER_MANIFEST);
        var folder = Outputs.stageFolder(target.path(), target.force())) {
      var sealer = new ContainerSealer(key, new Squashfs(Times.ofContent()));
      var manifest = seal(sealer, image, wanted, folder.path());
      pki.finish(List.of(target.event("sign-container", key, manifest.digest())), folder);
      var report = report(manifest, key.fingerprint());
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  /** What the sealer finds malformed without a file's name is in the configuration. */
  private ContainerManifest seal(
      ContainerSealer sealer, OciLayout image, ContainerConfig wanted, Path folder)
      throws IOException, FormatException {
    try {
      return sealer.seal(image, wanted, folder);
    } catch (FormatException e) {
      throw e.in(String.valueOf(config));
    }
  }

  private Report report(ContainerManifest manifest, Digest signer) {
    return new Report(
        "trustme/sealed-container/1",
        target.path().toString(),
        manifest.name(),
        manifest.version(),
        manifest.digest(),
        manifest.launch().digest(),
        manifest.image().verity().rootHash(),
        signer);
  }
}
