// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.ImageVerifier;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.store.DeviceStore;
import dev.trustme.store.InstalledContainer;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a sealed container into the store: the manifest must be signed, the version must not fall,
 * and the copy in the store, not the file it came from, must be the signed image.
 */
public final class Installer {
  private final DeviceStore store;
  private final Instant now;

  public Installer(DeviceStore store, Instant now) {
    this.store = store;
    this.now = now;
  }

  /** The sealed container is the folder of a {@link SealedLayout}. */
  public Verdict<InstalledContainer> install(Path folder) throws IOException, FormatException {
    var sealed = SealedLayout.open(folder);
    var lock = store.lock();
    try {
      return switch (new ManifestVerifier(store.anchors()).verify(sealed.envelope(), now, now)) {
        case Verdict.Rejected<ContainerManifest> rejected -> rejected.as();
        case Verdict.Accepted<ContainerManifest> accepted -> {
          List<Check> checks = new ArrayList<>(accepted.checks());
          checks.add(floor(accepted.value()));
          yield checks.getLast().failed()
              ? new Verdict.Rejected<>(checks)
              : copy(sealed, accepted.value(), checks);
        }
      };
    } catch (FormatException e) {
      throw e.in(folder.toString());
    } finally {
      lock.close();
    }
  }

  /** A version never falls, and names one content for ever; the same again repairs. */
  private Check floor(ContainerManifest manifest) throws IOException, FormatException {
    var installed = store.find(manifest.name());
    if (installed.isEmpty() || installed.get().version() < manifest.version()) {
      return Check.pass("version-floor", Long.toString(manifest.version()));
    }
    if (installed.get().version() > manifest.version()) {
      return Check.fail(
              "version-floor",
              installed.get().version() + " or newer",
              Long.toString(manifest.version()))
          .advise("a newer version is installed; an older one may not replace it");
    }
    return sameContent(installed.get(), manifest)
        ? Check.pass("version-floor", manifest.version() + " again")
        : Check.fail("version-floor", "the manifest installed as this version", "another")
            .advise("a version names one content: sign the change under a higher version");
  }

  /** Whether the installed manifest says the same; one that is damaged says nothing. */
  private static boolean sameContent(InstalledContainer installed, ContainerManifest manifest)
      throws IOException {
    try {
      return DsseEnvelope.parse(Inputs.read(installed.manifest(), SignedContainerManifest.MAX_FILE))
          .payload()
          .equals(manifest.encode());
    } catch (FormatException e) {
      return true;
    }
  }

  private Verdict<InstalledContainer> copy(
      SealedLayout sealed, ContainerManifest manifest, List<Check> checks) throws IOException {
    try (var source = OpenedFile.open(sealed.image())) {
      if (source.channel().size() != manifest.image().size()) {
        checks.addAll(ImageVerifier.verify(source.channel(), manifest.image()));
        return new Verdict.Rejected<>(checks);
      }
      try (var staged = store.stage(manifest.name(), manifest.version(), now)) {
        Path image = staged.path().resolve(InstalledContainer.IMAGE_FILE);
        checks.addAll(copyImage(source.channel(), image, manifest.image()));
        if (checks.stream().anyMatch(Check::failed)) {
          return new Verdict.Rejected<>(checks);
        }
        Outputs.write(
            staged.path().resolve(InstalledContainer.MANIFEST_FILE),
            sealed.envelope(),
            Outputs.PRIVATE,
            false);
        staged.commit();
      }
    }
    return installed(manifest, checks);
  }

  private static List<Check> copyImage(
      FileChannel source, Path image, ContainerManifest.Image expected) throws IOException {
    try (var target =
        FileChannel.open(
            image,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      for (long at = 0; at < expected.size(); ) {
        long copied = source.transferTo(at, expected.size() - at, target);
        if (copied == 0) {
          throw new IOException("the image became shorter while it was copied");
        }
        at += copied;
      }
      return ImageVerifier.verify(target, expected);
    }
  }

  private Verdict<InstalledContainer> installed(ContainerManifest manifest, List<Check> checks)
      throws IOException {
    try {
      var container = store.find(manifest.name()).orElseThrow();
      store.removeOlder(container);
      return Verdict.of(checks, () -> container);
    } catch (FormatException e) {
      throw new IllegalStateException("a note just written is readable", e);
    }
  }
}
