// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.artifact.GuestImages;
import dev.trustme.artifact.GuestSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.sign.GuestBuilder;
import dev.trustme.sign.GuestSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
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

/** {@code sign guestos}: configurations of GyroidOS guests. */
@Command(
    name = "guestos",
    description = {
      "Sign the configuration of a GyroidOS guest as its daemon verifies it.",
      "",
      "NAME-VERSION.conf, .sig (raw, SHA-512) and .cert (the chain, signer first) are written. The"
          + " certificate's key decides about the padding: id-RSASSA-PSS means PSS with a salt of 64"
          + " bytes, rsaEncryption PKCS#1 v1.5. With --images, sizes, hashes and dm-verity root"
          + " hashes of the images are filled in and the configuration is printed anew; without, its"
          + " bytes stay."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign guestos sampleos.conf --pki pki -o out",
      "  trustme sign guestos sampleos.conf --pki pki --images images --verity"
          + " --set-version 20261123 -o out"
    },
    mixinStandardHelpOptions = true)
final class GuestOsCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();

  @Parameters(paramLabel = "CONF", description = "The configuration, protobuf text.")
  private @Nullable Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "An existing folder for the files.")
  private @Nullable Path folder;

  @Option(names = "--force", description = "Replace existing outputs.")
  private boolean force;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Where the images lie: IMAGE.img, and IMAGE.hash.img with a dm-verity tree.")
  private Optional<Path> images = Optional.empty();

  @Option(
      names = "--verity",
      description = "Write IMAGE.hash.img into the folder of the images where there is none.")
  private boolean verity;

  @Option(names = "--set-version", paramLabel = "N", description = "The guest's version.")
  private Optional<String> version = Optional.empty();

  @Option(names = "--build-date", paramLabel = "TEXT", description = "For people.")
  private Optional<String> buildDate = Optional.empty();

  /** What {@code --json} prints. */
  record Report(
      String schema, String configuration, Digest sha256, String algorithm, Digest signer) {
    String text() {
      return "%s  %s\n  %s by %s".formatted(configuration, sha256, algorithm, signer);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (verity && images.isEmpty()) {
      throw CommandFailure.usage("--verity needs --images DIR");
    }
    Path input = requireNonNull(file);
    var given = Inputs.parse(input, GuestConfiguration::parse);
    List<Outputs.Pending> staged = new ArrayList<>();
    try (var key = pki.open(ArtifactKind.GUEST_CONFIGURATION)) {
      if (GuestSignature.algorithm(key.key().publicKey()).isEmpty()) {
        throw CommandFailure.rejected(
            "the key of %s is one that GyroidOS verifies nothing with: use RSA or RSASSA-PSS"
                .formatted(key.certificate().getSubject()));
      }
      var configuration = build(given, staged);
      var signature = new GuestSigner(key).sign(configuration, !pki.rehearsing());
      Path stem = requireNonNull(folder).resolve(configuration.fileStem());
      stage(stem, ".cert", Bytes.utf8(Certificates.pem(key.chain())), staged);
      stage(stem, ".sig", signature, staged);
      if (!isInput(beside(stem, ".conf"), input) || !configuration.raw().equals(given.raw())) {
        stage(stem, ".conf", configuration.raw(), staged);
      }
      var sha256 = HashAlgorithm.SHA256.digest(configuration.raw());
      pki.finish(
          List.of(event(configuration, sha256, key)), staged.toArray(Outputs.Pending[]::new));
      var report =
          new Report(
              "trustme/signed-guestos/1",
              beside(stem, ".conf").toString(),
              sha256,
              GuestSigner.description(key),
              key.fingerprint());
      output.result(report, report::text);
    } finally {
      for (var pending : staged) {
        pending.close();
      }
    }
    return ExitCode.ACCEPTED;
  }

  private GuestConfiguration build(GuestConfiguration given, List<Outputs.Pending> staged)
      throws IOException, FormatException {
    var configuration = given;
    if (version.isPresent()) {
      configuration = configuration.withVersion(number(version.get()));
    }
    if (buildDate.isPresent()) {
      configuration = configuration.withBuildDate(buildDate.get());
    }
    return images.isPresent()
        ? new GuestBuilder(new GuestImages(images.get()), verity).fill(configuration, staged)
        : configuration;
  }

  private static long number(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw CommandFailure.usage("--set-version: a number of 64 bits, not " + text);
    }
  }

  private static boolean isInput(Path target, Path input) {
    return target.toAbsolutePath().normalize().equals(input.toAbsolutePath().normalize());
  }

  private static Path beside(Path stem, String suffix) {
    return stem.resolveSibling(stem.getFileName() + suffix);
  }

  private void stage(Path stem, String suffix, Bytes content, List<Outputs.Pending> staged)
      throws IOException {
    var file = Outputs.stage(beside(stem, suffix), Outputs.SHARED, force);
    staged.add(file);
    file.write(content.buffer());
  }

  private static SigningLog.Event event(
      GuestConfiguration configuration, Digest sha256, RoleKey key) {
    return SigningLog.Event.signed(
        "sign-guestos", configuration.fileStem() + ".conf", key.certificate(), sha256);
  }
}
