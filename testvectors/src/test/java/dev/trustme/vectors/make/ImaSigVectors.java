// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.FsVerity;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.ImaSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** IMA's signatures of files, versions 2 and 3. */
final class ImaSigVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String HEADER = "signature_v2_hdr: ";

  private final FamilyMaker family;
  private final Identity signer =
      TestPki.root(Shape.leaf("Vector Firmware", Role.FIRMWARE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Stranger", Role.FIRMWARE), KeyType.EC_P256);
  private final Bytes content = Bytes.utf8("firmware\n".repeat(600));

  ImaSigVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "imasig", OURS);
  }

  void make() throws IOException {
    family.file("keyring.pem", pem(signer)).file("content.bin", content);
    overFile();
    overVerity();
    family.write();
  }

  private static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private ImaSigner imaSigner() {
    return new ImaSigner(
        new RoleKey(signer.key(), List.of(signer.certificate())), HashAlgorithm.SHA256);
  }

  private Map<String, String> files(String signature) {
    return Map.of("content", "content.bin", "signature", signature, "keyring", "keyring.pem");
  }

  private void overFile() throws IOException {
    Bytes signature = imaSigner().file(content).encode();
    family.file("good.sig", signature);
    var good =
        family.accept("good", "version 2: over the file's SHA-256", files("good.sig"), Map.of());
    int size = signature.size() - 9;
    family
        .otherFile(
            good,
            "content-byte",
            "one byte of the file changed",
            "content",
            with(content, 100, 0),
            "ima-signature")
        .otherFile(
            good,
            "other-keyring",
            "no key with this identifier on the keyring",
            "keyring",
            pem(stranger),
            "ima-signer")
        .otherFile(
            good,
            "portable",
            "type 5: a signature over metadata for EVM",
            "signature",
            with(signature, 0, 5),
            "ima-type")
        .otherFile(
            good,
            "type",
            "type 9, which does not exist",
            "signature",
            with(signature, 0, 9),
            HEADER + "a signature of type 9")
        .otherFile(
            good,
            "version-one",
            "version 1, the form of old",
            "signature",
            with(signature, 1, 1),
            HEADER + "version 1 of a signature of type 3, expected 2")
        .otherFile(
            good,
            "hash-unknown",
            "hash_algo 200",
            "signature",
            with(signature, 2, 200),
            HEADER + "hash_algo 200")
        .otherFile(
            good,
            "size-more",
            "sig_size is one more than there is",
            "signature",
            with(signature, 7, (size + 1) >> 8, size + 1),
            HEADER + "sig_size %d, but %d bytes follow".formatted(size + 1, size))
        .otherFile(
            good,
            "trailing",
            "a byte after the signature",
            "signature",
            Bytes.concat(signature, Bytes.zeros(1)),
            HEADER + "sig_size %d, but %d bytes follow".formatted(size, size + 1))
        .otherFile(
            good,
            "cut",
            "the header ends in the key identifier",
            "signature",
            signature.slice(0, 5),
            HEADER + "need 4 bytes, 2 remain");
  }

  private void overVerity() throws IOException {
    var digest = FsVerity.DEFAULT.measure(new ByteArrayInputStream(content.toArray())).digest();
    Bytes signature = imaSigner().verity(digest).encode();
    family.file("good-verity.sig", signature);
    var good =
        family.accept(
            "good-verity",
            "version 3: over the fs-verity digest; no kernel judged it",
            files("good-verity.sig"),
            Map.of("verity-hash", "sha256"));
    family
        .otherContext(
            good,
            "verity-other-hash",
            "the file system hashes with SHA-512",
            "verity-hash",
            "sha512",
            "ima-verity-hash")
        .otherFile(
            good,
            "verity-version",
            "type 6 with version 2",
            "signature",
            with(signature, 1, 2),
            HEADER + "version 2 of a signature of type 6, expected 3");
  }
}
