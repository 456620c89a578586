// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.image.LayerDescription;
import dev.trustme.image.RootSource;
import dev.trustme.image.SealedImage;
import dev.trustme.key.Subject;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
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
      "A folder or tar archive becomes a squashfs, with --format erofs an EROFS, owned by root and"
          + " with one time stamp; a squashfs, EROFS or ext4 image is taken as it is. Of an archive,"
          + " entries that climb, lie below links or appear twice are refused before any tool sees"
          + " them. The hash tree is appended. Beside the output appear FILE.json, whose 'cmdline'"
          + " belongs on the kernel's command line, and FILE.p7s, the signature over the root hash"
          + " (in hex, as the kernel wants it).",
      "",
      "With --separate the output is X.raw, and beside it appear X.verity, X.roothash and"
          + " X.roothash.p7s, as systemd and veritysetup take them."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign layer rootfs --pki pki -o layer.img",
      "  trustme sign layer rootfs --pki pki --format erofs --separate -o app.raw"
    },
    mixinStandardHelpOptions = true)
final class LayerCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();
  @Mixin private LayerOptions options = new LayerOptions();

  @Parameters(paramLabel = "ROOT", description = "A folder, a tar archive, or an image.")
  private @Nullable Path root;

  /** What {@code --json} prints of a layer whose tree is a file of its own. */
  record Separate(
      String schema,
      String image,
      String tree,
      String rootHash,
      String algorithm,
      String salt,
      long dataBlocks,
      Digest sha256) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    var source = RootSource.of(requireNonNull(root));
    options.check(source, requireNonNull(root), target.path());
    try (var key = pki.open(ArtifactKind.LAYER);
        var outputs = new Pendings()) {
      if (options.separate()) {
        separate(source, key, outputs);
      } else {
        appended(source, key, outputs);
      }
    }
    return ExitCode.ACCEPTED;
  }

  private void appended(RootSource source, RoleKey key, Pendings outputs)
      throws IOException, FormatException {
    var description = outputs.add(stage(target.beside(".json")));
    var signature = outputs.add(stage(target.beside(".p7s")));
    var image = outputs.add(stage(target.path()));
    source.write(options.maker(), image.path(), image.channel());
    var sealed = SealedImage.seal(image.channel(), options.tree());
    var layer = LayerDescription.of(sealed);
    description.write(layer.encode().buffer());
    signature.write(sign(key, sealed).buffer());
    pki.finish(List.of(target.event("sign-layer", key, sealed.sha256())), outputs.inOrder());
    output.result(layer, () -> text(layer));
  }

  private void separate(RootSource source, RoleKey key, Pendings outputs)
      throws IOException, FormatException {
    var hashes = outputs.add(stage(options.named(target.path(), ".verity")));
    var rootHash = outputs.add(stage(options.named(target.path(), ".roothash")));
    var signature = outputs.add(stage(options.named(target.path(), ".roothash.p7s")));
    var image = outputs.add(stage(target.path()));
    source.write(options.maker(), image.path(), image.channel());
    var sealed = SealedImage.sealSeparately(image.channel(), hashes.channel(), options.tree());
    String root = sealed.tree().root().hex();
    rootHash.write(Bytes.utf8(root).buffer());
    signature.write(sign(key, sealed).buffer());
    pki.finish(List.of(target.event("sign-layer", key, sealed.sha256())), outputs.inOrder());
    var superblock = sealed.tree().superblock();
    var report =
        new Separate(
            "trustme/layer-separate/1",
            target.path().toString(),
            options.named(target.path(), ".verity").toString(),
            root,
            superblock.algorithm().label(),
            superblock.salt().hex(),
            superblock.dataBlocks(),
            sealed.sha256());
    output.result(
        report,
        () ->
            "%s  %d data blocks, tree in %s\n  on the kernel's command line: roothash=%s"
                .formatted(report.image, report.dataBlocks, report.tree, root));
  }

  private Bytes sign(RoleKey key, SealedImage sealed) {
    String root = sealed.tree().root().hex();
    var about =
        new Subject(
            ArtifactKind.LAYER,
            String.valueOf(target.path().getFileName()),
            sealed.sha256(),
            Map.of("root-hash", root));
    return new Pkcs7Signer(key.about(about)).detached(Bytes.utf8(root));
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
