// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.oci.OciDescriptor;
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

/** Nobody has this key, so nothing may be accepted. */
class ImageSignatureFuzzTest {
  private static final X509CertificateHolder SIGNER = signer();
  private static final Digest IMAGE = Digest.zero(HashAlgorithm.SHA256);

  private static X509CertificateHolder signer() {
    Path sample = Path.of("../testvectors/vectors/container/roots.pem");
    try {
      return Certificates.parse(Bytes.copyOf(Files.readAllBytes(sample))).getFirst();
    } catch (IOException | FormatException e) {
      throw new AssertionError(e);
    }
  }

  @FuzzTest
  void cosign(byte[] data) {
    HostileBytes.check(
        data,
        bytes ->
            assertFalse(
                CosignSignature.verify(bytes, bytes, IMAGE, "x", SIGNER.getSubjectPublicKeyInfo())
                    .accepted()));
  }

  @FuzzTest
  void bundle(byte[] data) {
    HostileBytes.check(
        data,
        bytes ->
            assertFalse(
                SigstoreBundle.parse(bytes)
                    .verify(IMAGE, SIGNER.getSubjectPublicKeyInfo())
                    .accepted()));
  }

  @FuzzTest
  void notation(byte[] data) {
    var validator =
        new PathValidator(new TrustStore(List.of(SIGNER)), Instant.parse("2026-11-22T12:00:00Z"));
    HostileBytes.check(
        data,
        bytes ->
            assertFalse(
                NotationSignature.parse(bytes)
                    .verify(
                        OciDescriptor.of(OciDescriptor.MANIFEST, IMAGE, 7),
                        validator,
                        PathPolicy.of(Role.CONTAINER))
                    .accepted()));
  }
}
