// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.SignedVerity;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Option;

/**
 * The kernel that opens an image with dm-verity and wants its root hash signed, with these
 * certificates on its keyring. Of X.raw, the tree is in X.verity, the root hash in X.roothash, its
 * signature in X.roothash.p7s; of another FILE the tree is appended, the signature in FILE.p7s.
 */
final class VerityConsumer implements Consumer {
  private static final String RAW = ".raw";
  private static final long MAX_SMALL = 1 << 20;

  @Option(
      names = "--root-hash",
      paramLabel = "HEX",
      description = "verity: the root hash; else that of X.roothash.")
  private Optional<String> rootHash = Optional.empty();

  @Option(
      names = "--hash-offset",
      paramLabel = "BYTES",
      description = "verity: where in FILE the appended tree begins.")
  private Optional<Long> hashOffset = Optional.empty();

  @Override
  public String takes() {
    return "would be opened by this kernel";
  }

  @Override
  public String refuses() {
    return "would not be opened by this kernel";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    if (hashOffset.orElse(0L) < 0) {
      throw CommandFailure.usage("--hash-offset: expected 0 or more bytes");
    }
    var keyring = trust.certificates("verity");
    return file ->
        String.valueOf(file.getFileName()).endsWith(RAW)
            ? separate(file, keyring)
            : appended(file, keyring);
  }

  private Verdict<?> separate(Path file, List<X509CertificateHolder> keyring)
      throws IOException, FormatException {
    Path rootFile = named(file, ".roothash");
    var root = rootHash.isPresent() ? root(rootHash.get()) : rootOf(rootFile);
    var signature = Inputs.read(named(file, ".roothash.p7s"), MAX_SMALL);
    Path tree = named(file, ".verity");
    Inputs.requireReadable(file);
    Inputs.requireReadable(tree);
    try (var image = FileChannel.open(file, StandardOpenOption.READ);
        var hashes = FileChannel.open(tree, StandardOpenOption.READ)) {
      return new SignedVerity(root, signature)
          .verify(image, new SignedVerity.Hashes(hashes, hashOffset.orElse(0L)), keyring);
    } catch (FormatException e) {
      throw e.in(tree.toString());
    }
  }

  private Verdict<?> appended(Path file, List<X509CertificateHolder> keyring)
      throws IOException, FormatException {
    if (rootHash.isEmpty() || hashOffset.isEmpty()) {
      throw CommandFailure.usage(
          "--as verity: %s is no X.raw: give --root-hash HEX and --hash-offset BYTES"
              .formatted(file));
    }
    var signature = Inputs.read(file.resolveSibling(file.getFileName() + ".p7s"), MAX_SMALL);
    Inputs.requireReadable(file);
    try (var image = FileChannel.open(file, StandardOpenOption.READ)) {
      return new SignedVerity(root(rootHash.get()), signature)
          .verify(image, new SignedVerity.Hashes(image, hashOffset.get()), keyring);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static String root(String text) throws FormatException {
    try {
      return SignedVerity.rootHash(Bytes.utf8(text));
    } catch (FormatException e) {
      throw CommandFailure.usage("--root-hash: " + e.problem());
    }
  }

  private static String rootOf(Path file) throws IOException, FormatException {
    return Inputs.parse(file, MAX_SMALL, SignedVerity::rootHash);
  }

  private static Path named(Path file, String suffix) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.length() - RAW.length()) + suffix);
  }
}
