// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.GuestConfiguration;
import dev.trustme.artifact.GuestSignature;
import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.artifact.KernelKeyring;
import dev.trustme.artifact.KernelKeyring.BlacklistedHash;
import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaSignature;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/** Families of files that a kernel or a guest's daemon verifies before it takes them. */
final class SignedFiles {
  private SignedFiles() {}

  /**
   * Files module (by its name maybe compressed) and keyring (PEM); where they are there, revoked
   * (PEM) and blacklist (hashes): would a locked-down kernel load the module?
   */
  static Outcome module(VectorInput input) throws IOException, FormatException {
    var keyring =
        new KernelKeyring(
            Certificates.parse(input.file("keyring")),
            input.has("revoked") ? Certificates.parse(input.file("revoked")) : List.of(),
            input.has("blacklist") ? BlacklistedHash.parseAll(input.file("blacklist")) : List.of());
    var form = ModuleCompression.of(input.path("module").toString()).orElseThrow();
    return Outcome.of(ModuleSignature.parse(form.decompress(input.file("module"))).verify(keyring));
  }

  /** Files content, signature and keyring (PEM): would IMA let the content be read? */
  static Outcome ima(VectorInput input) throws IOException, FormatException {
    var signature = ImaSignature.parse(input.file("signature"));
    var keyring = Certificates.parse(input.file("keyring"));
    Bytes content = input.file("content");
    if (!input.tells("verity-hash")) {
      return Outcome.of(ImaFileSignature.verify(signature, content, keyring));
    }
    var hash = HashAlgorithm.byLabel(input.context("verity-hash")).orElseThrow();
    var digest =
        new FsVerity(hash, FsVerity.DEFAULT.blockSize(), Bytes.empty())
            .measure(new ByteArrayInputStream(content.toArray()))
            .digest();
    return Outcome.of(ImaFileSignature.verifyVerity(signature, digest, keyring));
  }

  /** Files conf, sig, cert (signer first) and roots; context at: would the guest be loaded? */
  static Outcome guest(VectorInput input) throws IOException, FormatException {
    return Outcome.of(
        GuestSignature.verify(
            GuestConfiguration.parse(input.file("conf")),
            input.file("sig"),
            Certificates.parse(input.file("cert")),
            new PathValidator(input.roots(), input.at()),
            PathPolicy.of(Role.GUEST_OS)));
  }
}
