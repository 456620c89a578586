// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.artifact.SignedImage;
import dev.trustme.artifact.SigstoreScheme;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.oci.FolderFiles;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.TarFiles;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import picocli.CommandLine.Option;

/**
 * A host that runs an image only if it is signed, in one of three forms: a layout, as a folder or
 * tar archive, holds image and signatures.
 */
record ImageConsumer(ArtifactCommand.As form, Options options, DeviceConsumer device)
    implements Consumer {
  /** What these consumers alone read. */
  static final class Options {
    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "cosign, sigstore: the signer's public key in PEM, or a certificate, of which the key"
                + " alone counts.")
    private Optional<Path> key = Optional.empty();

    @Option(
        names = "--reference",
        paramLabel = "NAME",
        description = "cosign: the name that the image is to be signed under.")
    private Optional<String> reference = Optional.empty();

    @Option(
        names = "--tag",
        paramLabel = "TAG",
        description = "cosign, sigstore, notation: which image of several.")
    private Optional<String> tag = Optional.empty();

    @Option(
        names = "--platform",
        paramLabel = "OS/ARCH",
        description =
            "cosign, sigstore, notation: of an image of several platforms, this one's own manifest;"
                + " else the signature of them all.")
    private Optional<String> platform = Optional.empty();
  }

  /** Asks the image for a good signature. */
  private interface Question {
    Verdict<?> of(SignedImage image) throws IOException, FormatException;
  }

  @Override
  public String takes() {
    return "would be run by this host";
  }

  @Override
  public String refuses() {
    return "would not be run by this host";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var question = question(trust);
    var wanted = new ImageChoice(options.tag, options.platform);
    return layout -> {
      try (OciFiles files =
          Files.isDirectory(layout) ? new FolderFiles(layout) : TarFiles.open(layout)) {
        return question.of(SignedImage.open(files, wanted));
      }
    };
  }

  private Question question(ArtifactTrust trust) throws IOException, FormatException {
    return switch (form) {
      case cosign -> {
        String name = options.reference.filter(CosignSignature::isReference).orElse("");
        if (name.isEmpty()) {
          throw CommandFailure.usage(
              "--as cosign: give --reference NAME, such as registry.example/web");
        }
        var key = key();
        yield image -> image.cosign(name, key);
      }
      case sigstore -> {
        var key = key();
        yield image -> image.sigstore(key);
      }
      case notation -> {
        var validator = new PathValidator(trust.roots("notation"), trust.now());
        PathPolicy policy = device.policy();
        yield image -> image.notation(validator, policy);
      }
      case uefi, shim, module, verity, device, ima, fsverity, gyroidos ->
          throw new IllegalStateException("%s is no form of an image".formatted(form));
    };
  }

  private SubjectPublicKeyInfo key() throws IOException, FormatException {
    if (options.key.isEmpty()) {
      throw CommandFailure.usage("--as %s: give --key FILE".formatted(form));
    }
    return Inputs.parse(options.key.get(), SigstoreScheme::publicKey);
  }
}
