// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.TarFiles;
import dev.trustme.testing.HostileBytes;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.io.TempDir;

/** An archive that is called a signed image; nobody has this key, so nothing may be accepted. */
class SignedImageFuzzTest {
  private static final X509CertificateHolder SIGNER = signer();

  @TempDir static Path folder;

  private static X509CertificateHolder signer() {
    Path sample = Path.of("../testvectors/vectors/container/roots.pem");
    try {
      return Certificates.parse(Bytes.copyOf(Files.readAllBytes(sample))).getFirst();
    } catch (IOException | FormatException e) {
      throw new AssertionError(e);
    }
  }

  @FuzzTest
  void verify(byte[] input) throws IOException {
    Path archive = Files.write(folder.resolve("image.tar"), input);
    var key = SIGNER.getSubjectPublicKeyInfo();
    var validator =
        new PathValidator(new TrustStore(List.of(SIGNER)), Instant.parse("2026-11-22T12:00:00Z"));
    try (var files = TarFiles.open(archive)) {
      var image = SignedImage.open(files, ImageChoice.ANY);
      assertFalse(image.cosign("registry.example/web", key).accepted());
      assertFalse(image.sigstore(key).accepted());
      assertFalse(image.notation(validator, PathPolicy.of(Role.CONTAINER)).accepted());
    } catch (FormatException e) {
      // The only exception that may come out.
      return;
    }
  }

  @FuzzTest
  void publicKey(byte[] input) {
    HostileBytes.check(input, SigstoreScheme::publicKey);
  }
}
