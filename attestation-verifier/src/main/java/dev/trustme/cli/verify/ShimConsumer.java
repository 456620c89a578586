// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.ShimTrust;
import dev.trustme.artifact.ShimVerifier;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.predict.ShimImage;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SbatRevocations;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** shim that starts an EFI program, with what it carries and what the machine's variables hold. */
final class ShimConsumer implements Consumer {
  @Option(
      names = "--shim",
      paramLabel = "FILE",
      description = "shim: the program itself, for its own certificate, its dbx and SBAT level.")
  private Optional<Path> shim = Optional.empty();

  @Option(
      names = "--sbat-level",
      paramLabel = "FILE|latest",
      description = {
        "shim: the SBAT level to compare with, a text file; 'latest' is the one that --shim carries"
            + " for the policy latest. Without it, the machine's SbatLevel and shim's own."
      })
  private Optional<String> level = Optional.empty();

  @Option(
      names = "--not-by-shim",
      description = "shim: another program asks shim about the image, as GRUB does about a kernel.")
  private boolean askedByAnother;

  @Override
  public String takes() {
    return "would be started by this shim";
  }

  @Override
  public String refuses() {
    return "would not be started by this shim";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    if (trust.vars().isEmpty() && !trust.hasCertificates() && shim.isEmpty()) {
      throw CommandFailure.usage("--as shim: give --vars FILE, --shim FILE, or --cert FILE");
    }
    var shimTrust = trust(trust);
    return file ->
        Inputs.parse(file, content -> ShimVerifier.verify(PeImage.parse(content), shimTrust));
  }

  private ShimTrust trust(ArtifactTrust trust) throws IOException, FormatException {
    var store =
        trust.vars().isPresent()
            ? Inputs.parse(trust.vars().get(), SecureBootStore::parse)
            : new SecureBootStore(
                SignatureDatabase.of(List.of()), Bytes.empty(), Bytes.empty(), Bytes.empty());
    var mok =
        trust.hasCertificates()
            ? SignatureList.encodeDatabase(SignatureDatabase.of(trust.certificates("shim")).db())
            : Bytes.empty();
    Optional<ShimImage> own =
        shim.isEmpty()
            ? Optional.empty()
            : Optional.of(
                Inputs.parse(shim.get(), content -> ShimImage.read(PeImage.parse(content))));
    var vendor = own.map(ShimImage::vendorAuthorized).orElse(Bytes.empty());
    var vendorDbx = own.map(ShimImage::vendorDeauthorized).orElse(Bytes.empty());
    return new ShimTrust(
        store.firmware(),
        SignatureList.parseDatabase(Bytes.concat(vendor, store.mokList(), mok)),
        SignatureList.parseDatabase(Bytes.concat(vendorDbx, store.mokListX())),
        level(own, store),
        !askedByAnother);
  }

  private Optional<SbatRevocations> level(Optional<ShimImage> own, SecureBootStore store)
      throws IOException, FormatException {
    if (level.isPresent() && level.get().equals("latest")) {
      return Optional.of(
          SbatRevocations.parse(
              own.orElseThrow(() -> CommandFailure.usage("--sbat-level latest: give --shim FILE"))
                  .latestLevel()
                  .text()));
    }
    if (level.isPresent()) {
      return Optional.of(Inputs.parse(Path.of(level.get()), SbatRevocations::parse));
    }
    var stored = own.isPresent() ? own.get().sbatLevel(store.sbatLevel()) : store.sbatLevel();
    return stored.isEmpty() ? Optional.empty() : Optional.of(SbatRevocations.parse(stored));
  }
}
