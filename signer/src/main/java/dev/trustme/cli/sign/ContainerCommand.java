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
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.image.ContainerSealer;
import dev.trustme.image.SourceImage;
import dev.trustme.image.Squashfs;
import dev.trustme.issue.SigningLog;
import dev.trustme.oci.ImageChoice;
import dev.trustme.sign.ContainerConfig;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign container}: an image as a sealed, signed container, and its manifest signed. */
@Command(
    name = "container",
    description = {
      "Seal a container image and sign how it runs; sign the image itself where it is.",
      "",
      "The image comes as an OCI layout, folder or tar archive ('skopeo copy docker://… oci:DIR',"
          + " 'podman save --format oci-dir'), as a docker archive ('docker save'), or as the tar"
          + " archive of a root file system. Every digest and size in it is checked; archives with"
          + " entries that climb, link or hide their way out, or hold devices, are refused; setuid"
          + " bits and extended attributes are taken away.",
      "",
      "With --config, the output is an OCI layout with one artifact: a squashfs with a dm-verity"
          + " tree and the signed manifest. With --in-layout, the image's own manifest is signed in"
          + " its layout, folder or tar archive, in forms that other tools read."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign container web-oci --pki pki --config container.yaml -o web.sealed",
      "  trustme sign container web-oci --pki pki --in-layout cosign,bundle \\",
      "      --reference registry.example/web",
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
  @Mixin private InLayout inLayout = new InLayout();

  @Parameters(paramLabel = "IMAGE", description = "A layout folder, or an archive.")
  private @Nullable Path image;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Seal: name, version and how it runs (YAML).")
  private @Nullable Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where the sealed container is written.")
  private @Nullable Path sealed;

  @Option(names = "--force", description = "Replace an existing output.")
  private boolean force;

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Which image of several, such as linux/amd64.")
  private Optional<String> platform = Optional.empty();

  @Option(names = "--tag", paramLabel = "TAG", description = "Which image of several.")
  private Optional<String> tag = Optional.empty();

  /** What {@code --json} prints: the sealed container, and what was signed in the layout. */
  record Report(
      String schema, Optional<Sealed> sealed, List<Digest> signedInLayout, Digest signer) {}

  /** The sealed container. */
  record Sealed(
      String folder, String name, long version, Digest manifest, Digest launch, Digest rootHash) {
    static Sealed of(Path folder, ContainerManifest manifest) {
      return new Sealed(
          folder.toString(),
          manifest.name(),
          manifest.version(),
          manifest.digest(),
          manifest.launch().digest(),
          manifest.image().verity().rootHash());
    }

    String text() {
      return "%s  %s %d\n  manifest   %s\n  root hash  %s\n  launch     %s"
          .formatted(folder, name, version, manifest, rootHash, launch);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if ((config == null) != (sealed == null) || (config == null && !inLayout.wanted())) {
      throw CommandFailure.usage("give --config FILE and -o DIR, or --in-layout FORM, or all");
    }
    if (sealed != null) {
      Target.requireFile(sealed);
      Outputs.requireAbsent(sealed, force);
    }
    var wanted = config == null ? Optional.<ContainerConfig>empty() : Optional.of(read(config));
    try (var source = SourceImage.open(requireNonNull(image), wanted(wanted));
        var key = pki.open(ArtifactKind.CONTAINER_MANIFEST);
        var outputs = new Pendings()) {
      List<SigningLog.Event> events = new ArrayList<>();
      Optional<Sealed> result = Optional.empty();
      if (wanted.isPresent()) {
        var staged = outputs.add(Outputs.stageFolder(requireNonNull(sealed), force));
        var manifest = seal(key, source, wanted.get(), staged.path());
        result = Optional.of(Sealed.of(sealed, manifest));
        events.add(event("sign-container", sealed, key, manifest.digest()));
      }
      for (var digest : inLayout.sign(requireNonNull(image), source, key, outputs)) {
        events.add(event("sign-image", image, key, digest));
      }
      pki.finish(events, outputs.inOrder());
      report(result, source, key);
    }
    return ExitCode.ACCEPTED;
  }

  private void report(Optional<Sealed> result, SourceImage source, RoleKey key) {
    var signed =
        inLayout.wanted()
            ? source.signable().stream().map(d -> d.digest()).toList()
            : List.<Digest>of();
    output.result(
        new Report("trustme/sealed-container/2", result, signed, key.fingerprint()),
        () -> {
          List<String> lines = new ArrayList<>();
          result.ifPresent(r -> lines.add(r.text()));
          signed.forEach(d -> lines.add("%s  signed in place: %s".formatted(image, d)));
          return String.join("\n", lines);
        });
  }

  private static SigningLog.Event event(String action, Path what, RoleKey key, Digest digest) {
    return SigningLog.Event.signed(
        action, String.valueOf(what.getFileName()), key.certificate(), digest);
  }

  private ContainerConfig read(Path file) throws IOException, FormatException {
    var wanted = Inputs.parse(file, ContainerConfig::parse);
    if (!wanted.notAfter().isAfter(pki.now())) {
      throw CommandFailure.usage(file + ": not-after " + wanted.notAfter() + " is past");
    }
    return platform.isPresent() ? wanted.forPlatform(platform.get()) : wanted;
  }

  private ImageChoice wanted(Optional<ContainerConfig> wanted) {
    return new ImageChoice(
        tag.or(() -> wanted.flatMap(ContainerConfig::layoutTag)),
        platform.or(() -> wanted.flatMap(ContainerConfig::platform)));
  }

  /** What the sealer finds malformed without a file's name is in the configuration. */
  private ContainerManifest seal(
      RoleKey key, SourceImage source, ContainerConfig wanted, Path folder)
      throws IOException, FormatException {
    try {
      return new ContainerSealer(key, new Squashfs(Times.ofContent())).seal(source, wanted, folder);
    } catch (FormatException e) {
      throw e.in(String.valueOf(config));
    }
  }
}
