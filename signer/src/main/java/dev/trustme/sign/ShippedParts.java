// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.artifact.SealedContainer;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.image.LayerDescription;
import dev.trustme.release.Artifact;
import dev.trustme.release.ContainerEntry;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Layers, containers and modules of a release, each verified before it is listed. */
final class ShippedParts {
  private static final int CONTAINER_PCR = 13;

  private final ReleaseParts parts;
  private final List<Check> checks;
  private final ReleaseTrust trust;
  private final Instant at;

  ShippedParts(ReleaseParts parts, List<Check> checks, ReleaseTrust trust, Instant at) {
    this.parts = parts;
    this.checks = checks;
    this.trust = trust;
    this.at = at;
  }

  /** A layer by its description; image and signature lie beside it. */
  void layer(Path description, PeImage uki) throws IOException, FormatException {
    String name = String.valueOf(description.getFileName());
    if (!name.endsWith(".json")) {
      throw new FormatException("release configuration", 0, "expected the layer's .json file")
          .in(description.toString());
    }
    Path image = description.resolveSibling(name.substring(0, name.length() - 5));
    Path signature = description.resolveSibling(image.getFileName() + ".p7s");
    try {
      var layer = LayerDescription.parse(Inputs.read(description));
      requireDigest("layer-image", image, layer.sha256());
      requireOnCommandLine(layer, uki, description);
      var verdict =
          DetachedSignature.verify(
              Inputs.read(signature), Bytes.utf8(layer.rootHash()), trust.layerKeys());
      signer(verdict, "layers", signature)
          .ifPresent(signer ->
              parts.add(
                  new Artifact(
                      "layer",
                      String.valueOf(image.getFileName()),
                      layer.imageSize(),
                      Map.of("sha256", layer.sha256(), "verity-sha256", root(layer)),
                      Optional.of(signer),
                      Optional.empty())));
    } catch (FormatException e) {
      throw e.in(description.toString());
    }
  }

  private static Digest root(LayerDescription layer) {
    return new Digest(HashAlgorithm.SHA256, Bytes.fromHex(layer.rootHash()));
  }

  /** A signed and measured command line is what holds a device to this layer and no other. */
  private void requireOnCommandLine(LayerDescription layer, PeImage uki, Path description)
      throws FormatException {
    var section = uki.section(".cmdline");
    String line = section.isEmpty() ? "" : Bytes.copyOf(uki.content(section.get())).utf8();
    checks.add(
        (List.of(line.split(" ")).contains("roothash=" + layer.rootHash())
                ? Check.pass("layer-command-line", layer.rootHash())
                : Check.fail("layer-command-line", "roothash=" + layer.rootHash(), line)
                    .advise("build the UKI with the 'cmdline' of this layer"))
            .at(description.toString()));
  }

  private void requireDigest(String id, Path file, Digest expected) throws IOException {
    var seen = expected.algorithm().digest(Inputs.map(file));
    checks.add(
        (seen.equals(expected)
                ? Check.pass(id, seen.toString())
                : Check.fail(id, expected.toString(), seen.toString())
                    .advise("the file was changed after it was signed"))
            .at(file.toString()));
  }

  private Optional<Digest> signer(Verdict<X509CertificateHolder> verdict, String use, Path file) {
    return switch (verdict) {
      case Verdict.Rejected<X509CertificateHolder> rejected -> {
        rejected.failures().forEach(check -> checks.add(check.at(file.toString())));
        yield Optional.empty();
      }
      case Verdict.Accepted<X509CertificateHolder> accepted -> {
        var fingerprint = Certificates.fingerprint(accepted.value());
        parts.signed(use, fingerprint);
        yield Optional.of(fingerprint);
      }
    };
  }

  /** A sealed container's folder. */
  void container(Path sealed) throws IOException, FormatException {
    var layout = SealedLayout.open(sealed);
    try (var channel = FileChannel.open(layout.image(), StandardOpenOption.READ)) {
      switch (SealedContainer.verify(layout.envelope(), channel, trust.software(), at)) {
        case Verdict.Rejected<SealedContainer> rejected ->
            rejected.failures().forEach(check -> checks.add(check.at(sealed.toString())));
        case Verdict.Accepted<SealedContainer> accepted -> add(accepted.value());
      }
    } catch (FormatException e) {
      throw e.in(sealed.toString());
    }
  }

  private void add(SealedContainer container) {
    var manifest = container.manifest();
    container
        .signers()
        .forEach(s -> parts.signed("containers", Certificates.fingerprint(s.certificate())));
    parts.add(
        new ContainerEntry(
            manifest.name(),
            manifest.version(),
            manifest.digest(),
            manifest.image().verity().rootHash(),
            manifest.launch().digest(),
            CONTAINER_PCR));
  }

  /** A folder of signed modules. */
  void modules(Path folder) throws IOException, FormatException {
    for (var item : ModuleTree.of(List.of(folder)).items()) {
      try {
        var file = Inputs.read(item.file(), ModuleCompression.MAX_MODULE);
        var module = ModuleSignature.parse(item.compression().decompress(file));
        signer(module.verify(trust.moduleKeys()), "modules", item.file())
            .ifPresent(signer ->
                parts.add(
                    new Artifact(
                        "module",
                        item.name(),
                        file.size(),
                        Map.of("sha256", HashAlgorithm.SHA256.digest(file)),
                        Optional.of(signer),
                        Optional.empty())));
      } catch (FormatException e) {
        throw e.in(item.file().toString());
      }
    }
  }
}
