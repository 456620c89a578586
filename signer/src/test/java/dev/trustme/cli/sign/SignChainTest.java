// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SealedContainer;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.issue.PkiFolder;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.sign.Judge;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything signed once, then looked at as its consumers do. */
class SignChainTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void signEverything() throws Exception {
    shop = new Workshop(folder).sign();
  }

  @Test
  void releaseNamesEverythingAndIsSignedForTheRole() throws Exception {
    var release = release();
    assertEquals(
        List.of("uki", "layer", "module"),
        release.artifacts().stream().map(a -> a.kind()).toList());
    assertEquals("systemd-stub 252.39-1~deb12u2", release.artifacts().getFirst().stub().get());
    assertEquals("web", release.containers().getFirst().name());
    assertEquals(
        List.of(4, 7, 9, 11, 12), release.measurements().stream().map(m -> m.pcr()).toList());
    assertEquals(
        List.of("containers", "firmware", "layers", "modules"),
        List.copyOf(release.signers().keySet()));
  }

  private static ReleaseManifest release() throws Exception {
    var envelope = DsseEnvelope.parse(shop.read("release.json"));
    var verifier = new DsseVerifier(roots(), Role.RELEASE, 1, Instant.parse(Workshop.AT));
    var verdict = verifier.verify(envelope, DsseEnvelope.RELEASE);
    if (verdict instanceof Verdict.Accepted<SignedPayload> accepted) {
      return ReleaseManifest.parse(accepted.value().payload());
    }
    throw new AssertionError(verdict.failures().toString());
  }

  private static TrustStore roots() throws Exception {
    return TrustStore.load(List.of(folder.resolve("pki/certs/software-root.pem")));
  }

  @Test
  void sbverifyAcceptsTheImage() throws Exception {
    Judge.accepts(folder, "sbverify", "--cert", "pki/certs/boot.pem", "boot.efi");
  }

  @Test
  void theLayersSignatureIsOverItsRootHashInHex() throws Exception {
    var json = Files.readString(folder.resolve("layer.img.json"));
    var root = json.replaceAll("(?s).*\"root-hash\" : \"([^\"]*)\".*", "$1");
    var key = PkiFolder.open(folder.resolve("pki")).chain(Role.LAYER);
    var signature = shop.read("layer.img.p7s");
    assertTrue(DetachedSignature.verify(signature, Bytes.utf8(root), key).accepted());
  }

  @Test
  void theSealedContainerIsWhatADeviceInstalls() throws Exception {
    var layout = SealedLayout.open(folder.resolve("web.sealed"));
    try (var image = FileChannel.open(layout.image(), StandardOpenOption.READ)) {
      var envelope = layout.envelope();
      var at = Instant.parse(Workshop.AT);
      assertTrue(SealedContainer.verify(envelope, image, roots(), at).accepted());
      var late = Instant.parse("2028-01-01T00:00:00Z");
      assertEquals(
          List.of("not-after"),
          SealedContainer.verify(envelope, image, roots(), late).failures().stream()
              .map(c -> c.id())
              .toList());
    }
    assertEquals(List.of("blobs", "index.json", "oci-layout"), names(folder.resolve("web.sealed")));
  }

  private static List<String> names(Path directory) throws Exception {
    try (var entries = Files.list(directory)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everySignatureIsInTheLog() throws Exception {
    var log = PkiFolder.open(folder.resolve("pki")).log();
    assertTrue(log.verify().accepted());
    var actions = log.entries().stream().map(e -> e.action()).toList();
    for (String action :
        List.of("sign-module", "sign-layer", "sign-uki", "sign-container", "sign-release")) {
      assertTrue(actions.contains(action), action);
    }
  }

  @Test
  void sameInputsSameBytes(@TempDir Path again) throws Exception {
    shop.succeed("layer", "root", "-o", again.resolve("layer.img").toString());
    assertEquals(
        shop.read("layer.img"), Bytes.copyOf(Files.readAllBytes(again.resolve("layer.img"))));
    shop.uki(again.resolve("boot.efi").toString(), shop.commandLine());
    assertEquals(
        shop.read("boot.efi"), Bytes.copyOf(Files.readAllBytes(again.resolve("boot.efi"))));
  }
}
