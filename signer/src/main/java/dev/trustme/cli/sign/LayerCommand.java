// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Outputs;
import dev.trustme.image.LayerDescription;
import dev.trustme.image.RootSource;
import dev.trustme.image.SealedImage;
import dev.trustme.image.Squashfs;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign layer}: a root file system behind dm-verity. */
@Command(
    name = "layer",
    description = {
      "Seal a root file system with dm-verity and sign its root hash.",
      "",
      "A folder or tar archive becomes a squashfs, owned by root and with one time stamp; a"
          + " squashfs, EROFS or ext4 image is taken as it is. The hash tree is appended. Beside the"
          + " output appear FILE.json, whose 'cmdline' belongs on the kernel's command line, and"
          + " FILE.p7s, the signature over the root hash (in hex, as the kernel wants it)."
    },
    footer = {"", "Example:", "  trustme sign layer rootfs --pki pki -o layer.img"},
    mixinStandardHelpOptions = true)
final class LayerCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "ROOT", description = "A folder, a tar archive, or an image.")
  private @Nullable Path root;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    Outputs.requireAbsent(target.beside(".json"), target.force());
    Outputs.requireAbsent(target.beside(".p7s"), target.force());
    var source = RootSource.of(requireNonNull(root));
    if (source instanceof RootSource.Image image && SealedImage.needsPadding(image.size())) {
      output.warn(root + ": padded with zeros to whole blocks of 4096 bytes");
    }
    try (var key = pki.open(ArtifactKind.LAYER);
        var staged = stage(target.path());
        var description = stage(target.beside(".json"));
        var rootSignature = stage(target.beside(".p7s"))) {
      source.write(new Squashfs(Times.ofContent()), staged.path(), staged.channel());
      var sealed = SealedImage.seal(staged.channel());
      var layer = LayerDescription.of(sealed);
      var signature = new Pkcs7Signer(key).detached(Bytes.utf8(layer.rootHash()));
      description.write(layer.encode().buffer());
      rootSignature.write(signature.buffer());
      var event = target.event("sign-layer", key, sealed.sha256());
      pki.finish(List.of(event), description, rootSignature, staged);
      output.result(layer, () -> text(layer));
    }
    return ExitCode.ACCEPTED;
  }

  private Outputs.Staged stage(Path file) throws IOException {
    return Outputs.stage(file, Outputs.SHARED, target.force());
  }

  private String text(LayerDescription layer) {
    return "%s  %d bytes, %d data blocks\n  root hash  %s\n  on the kernel's command line: %s"
        .formatted(
            target.path(),
            layer.imageSize(),
            layer.dataBlocks(),
            layer.rootHash(),
            layer.cmdline());
  }
}
