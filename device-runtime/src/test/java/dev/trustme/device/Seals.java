// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.device;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.ContainerManifest.ContentMode;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.artifact.Network;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.issue.Issuer;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciIndex;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;

/** A root, a signer under it, and containers that the signer seals; keys made at test run. */
public final class Seals {
  /** The moment the tests work at. */
  public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static final Instant FROM = NOW.minusSeconds(86400);

  private final X509CertificateHolder root;
  private final DsseSigner signer;

  private Seals(X509CertificateHolder root, DsseSigner signer) {
    this.root = root;
    this.signer = signer;
  }

  /** A fresh root; the signer's certificate carries the role and lasts this long. */
  public static Seals create(Role role, Instant until) throws GeneralSecurityException {
    var rootKey = SigningKey.generate(KeyType.EC_P256);
    var root =
        Issuer.selfSigned(
            new CertificatePlan(
                new X500Name("CN=Test Root"),
                rootKey.publicKey(),
                Validity.years(FROM, 10),
                new Kind.Authority(Optional.empty())),
            rootKey);
    var key = SigningKey.generate(KeyType.EC_P256);
    var leaf =
        Issuer.of(root, rootKey)
            .issue(
                new CertificatePlan(
                    new X500Name("CN=Test Signer"),
                    key.publicKey(),
                    new Validity(FROM, until),
                    new Kind.EndEntity(
                        List.of(KeyPurposeId.getInstance(role.usage())), Optional.empty())));
    return new Seals(root, new DsseSigner(key, List.of(leaf)));
  }

  public static Seals create() throws GeneralSecurityException {
    return create(Role.CONTAINER, NOW.plusSeconds(86400));
  }

  public TrustStore anchors() {
    return new TrustStore(List.of(root));
  }

  /** The launch description of a shell that runs the script. */
  public static LaunchDescription shell(String script) {
    return new LaunchDescription(
        List.of("/bin/sh", "-c", script),
        List.of("PATH=/bin"),
        "/",
        new LaunchDescription.User(1000, 1000),
        List.of(),
        List.of(LaunchDescription.Mount.tmpfs("/tmp", 1 << 20)),
        Network.NONE,
        new LaunchDescription.Limits(64 << 20, 64),
        Optional.empty());
  }

  /** A manifest over an image file. */
  public static ContainerManifest manifest(
      Path image, String name, long version, LaunchDescription launch) throws IOException {
    var content = Inputs.read(image);
    try (var channel = FileChannel.open(image)) {
      // The last block with the superblock's magic: behind the data.
      long blocks = superblockAt(content) / VeritySuperblock.BLOCK;
      var tree =
          VerityTree.compute(
              channel,
              new VeritySuperblock(
                  Bytes.zeros(16), HashAlgorithm.SHA256, blocks, Bytes.fromHex("a5a5")));
      return new ContainerManifest(
          ContainerManifest.SCHEMA,
          name,
          version,
          "linux/" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64"),
          new ContainerManifest.Image(
              ContainerManifest.Image.SQUASHFS_VERITY,
              content.size(),
              HashAlgorithm.SHA256.digest(content),
              new ContainerManifest.Verity(
                  tree.root(), tree.superblock().salt(), blocks, tree.hashStart())),
          launch,
          Optional.empty(),
          Optional.empty(),
          NOW.plusSeconds(3600),
          new ContainerManifest.Requirements(ContentMode.VERIFIED_AT_START));
    }
  }

  private static int superblockAt(Bytes content) {
    int at = content.size() / VeritySuperblock.BLOCK * VeritySuperblock.BLOCK;
    do {
      at -= VeritySuperblock.BLOCK;
    } while (!content.slice(at, at + 6).equals(Bytes.utf8("verity")));
    return at;
  }

  /** Writes the sealed container: its manifest, and a link to the image. */
  public Path seal(Path folder, Path image, ContainerManifest manifest) throws IOException {
    return layout(folder, image, envelope(manifest), manifest);
  }

  /** Writes a sealed container's layout with this envelope and a link to the image. */
  public static Path layout(Path folder, Path image, Bytes envelope, ContainerManifest manifest)
      throws IOException {
    Path blobs = folder.resolve("blobs/sha256");
    Files.createDirectories(blobs);
    var artifact = SealedLayout.manifest(envelope, manifest);
    for (Bytes blob : List.of(envelope, artifact.encode(), OciDescriptor.EMPTY_CONTENT)) {
      Files.write(blobs.resolve(HashAlgorithm.SHA256.digest(blob).hex()), blob.toArray());
    }
    Files.createLink(blobs.resolve(manifest.image().sha256().hex()), image);
    Files.write(folder.resolve(LayoutFile.NAME), LayoutFile.content().toArray());
    var entry = OciDescriptor.of(OciDescriptor.MANIFEST, artifact.encode());
    Files.write(
        folder.resolve(LayoutFile.INDEX_NAME), OciIndex.of(List.of(entry)).encode().toArray());
    return folder;
  }

  public Bytes envelope(ContainerManifest manifest) {
    return signer.sign(DsseEnvelope.CONTAINER, manifest.encode()).encode();
  }

  /** A squashfs with a static busybox and, behind it, its verity area. */
  public static Path image(Path folder, String marker) throws IOException, InterruptedException {
    Path root = Files.createDirectory(folder.resolve("root-" + marker));
    for (String name : List.of("bin", "dev", "proc", "tmp", "etc")) {
      Files.createDirectory(root.resolve(name));
    }
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    for (String applet : List.of("sh", "id", "cat", "unshare", "mount", "sleep", "ls", "grep")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Files.writeString(root.resolve("etc/marker"), marker + "\n");
    Path image = folder.resolve(marker + ".squashfs");
    var process =
        new ProcessBuilder("mksquashfs", root.toString(), image.toString(), "-all-root", "-quiet")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(marker + ".log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve(marker + ".log")));
    }
    appendTree(image);
    return image;
  }

  private static void appendTree(Path image) throws IOException {
    try (var channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long blocks = channel.size() / VeritySuperblock.BLOCK;
      var superblock =
          new VeritySuperblock(
              Bytes.zeros(16), HashAlgorithm.SHA256, blocks, Bytes.fromHex("a5a5"));
      var tree = VerityTree.compute(channel, superblock).encode();
      int written = channel.write(tree.buffer(), channel.size());
      if (written != tree.size()) {
        throw new IOException("short write");
      }
    }
  }
}
