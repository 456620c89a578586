// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.image.LayoutSigner;
import dev.trustme.image.SourceImage;
import dev.trustme.oci.LayoutFile;
import dev.trustme.sign.RoleKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that sign an image's own manifest in its layout. */
final class InLayout {
  @Option(
      names = "--in-layout",
      paramLabel = "FORM",
      split = ",",
      description =
          "Sign the image's manifest in its layout, folder or tar archive: cosign (simple signing, tag"
              + " sha256-HEX.sig), bundle (sigstore bundle 0.3, a referrer), notation (JWS, a"
              + " referrer); several with commas.")
  private LayoutSigner.Form @Nullable [] forms;

  @Option(
      names = "--reference",
      paramLabel = "NAME",
      description = "The image's name in its registry, which cosign's signature carries.")
  private Optional<String> reference = Optional.empty();

  boolean wanted() {
    return forms != null;
  }

  /** Stages what changes in the layout; returns the digests of the manifests that were signed. */
  List<Digest> sign(Path layout, SourceImage source, RoleKey key, Pendings outputs)
      throws IOException, FormatException {
    if (forms == null) {
      return List.of();
    }
    if (source.signable().isEmpty()) {
      throw CommandFailure.usage(
          "--in-layout: %s has no manifest that a signature could be about; 'skopeo copy' makes an"
                  .formatted(layout)
              + " OCI layout of a docker archive");
    }
    var chosen = EnumSet.copyOf(List.of(forms));
    var name = new LayoutSigner.Name(name(chosen), Times.ofContent());
    try {
      write(layout, source, LayoutSigner.sign(source, chosen, key, name), outputs);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--in-layout " + e.getMessage());
    }
    return source.signable().stream().map(d -> d.digest()).toList();
  }

  private static void write(
      Path layout, SourceImage source, LayoutSigner.Signed signed, Pendings outputs)
      throws IOException, FormatException {
    if (!Files.isDirectory(layout)) {
      signed.writeArchive(source, outputs.add(Outputs.stageReplacement(layout)).channel());
      return;
    }
    for (var blob : signed.blobs().entrySet()) {
      Path file = layout.resolve(blob.getKey());
      outputs.add(Outputs.stage(file, Outputs.SHARED, true)).write(blob.getValue().buffer());
    }
    outputs
        .add(Outputs.stageReplacement(layout.resolve(LayoutFile.INDEX_NAME)))
        .write(signed.index().buffer());
  }

  private String name(EnumSet<LayoutSigner.Form> chosen) {
    if (chosen.contains(LayoutSigner.Form.cosign)
        && !CosignSignature.isReference(reference.orElse(""))) {
      throw CommandFailure.usage(
          "--in-layout cosign: give --reference NAME, such as registry.example/web");
    }
    return reference.orElse("");
  }
}
