// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.FsVerityDescriptor;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;

/** Files with fs-verity signatures, and descriptors. */
final class FsVerityVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String SIGNATURE = "signature";
  private static final String DESCRIPTOR = "descriptor";

  private final FamilyMaker family;
  private final Identity signer =
      TestPki.root(Shape.leaf("Vector Verity", Role.FIRMWARE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Verity Stranger", Role.FIRMWARE), KeyType.RSA_2048);
  private final Bytes content = Bytes.utf8("firmware\n".repeat(600));
  private final FsVerityDescriptor file = measure(FsVerity.DEFAULT);

  FsVerityVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "fsverity", OURS);
  }

  private FsVerityDescriptor measure(FsVerity parameters) throws IOException {
    return parameters.measure(new ByteArrayInputStream(content.toArray()));
  }

  void make() throws IOException {
    family.file("content.bin", content).file("keyring.pem", ModuleVectors.pem(signer));
    var good = accept("good", "two blocks of 4096 bytes, SHA-256", FsVerity.DEFAULT);
    var salted =
        new FsVerity(HashAlgorithm.SHA512, 1024, Bytes.fromHex("00112233445566778899aabbccddeeff"));
    var unused = accept("good-salted", "six blocks of 1024 bytes, SHA-512 and a salt", salted);
    family
        .refuse(good, "content-byte", "one byte changed", "content", with(content, 100, 0))
        .refuse(good, "other-keyring", "another signer", "keyring", ModuleVectors.pem(stranger));
    mistaken(good);
    shapes(good);
    descriptors();
    family.write();
  }

  private Bytes sign(Bytes message) {
    return new Pkcs7Signer(new RoleKey(signer.key(), List.of(signer.certificate())))
        .detached(message);
  }

  private Vector accept(String id, String comment, FsVerity parameters) throws IOException {
    family.file(id + ".p7s", sign(measure(parameters).formattedDigest()));
    return family.accept(
        id,
        comment,
        Map.of("content", "content.bin", SIGNATURE, id + ".p7s", "keyring", "keyring.pem"),
        Map.of(
            "hash",
            parameters.algorithm().label(),
            "block-size",
            Integer.toString(parameters.blockSize()),
            "salt",
            parameters.salt().hex()));
  }

  private void mistaken(Vector good) throws IOException {
    var messages =
        Map.of(
            "digest-alone", file.digest().value(),
            "digest-text", Bytes.utf8(file.digest().toString()),
            "descriptor-signed", file.encode(),
            "root-hash", file.rootHash());
    for (var message : new TreeMap<>(messages).entrySet()) {
      family.refuse(
          good,
          message.getKey(),
          "the signature is over another form of what is to be signed",
          SIGNATURE,
          sign(message.getValue()));
    }
  }

  private CmsShape shape() {
    return new CmsShape(signer, file.formattedDigest());
  }

  private void shape(Vector good, String id, String comment, CmsShape shape) throws IOException {
    family.refuse(good, id, comment, SIGNATURE, shape.encode());
  }

  private void shapes(Vector good) throws IOException {
    shape(good, "content-inside", "the digest travels inside", shape().withContent());
    shape(good, "attributes", "authenticated attributes", shape().withAttributes());
    shape(
        good,
        "content-type",
        "content of another type",
        shape().contentType(CMSObjectIdentifiers.digestedData));
    shape(good, "two-signers", "two signers", shape().signers(2));
    shape(good, "sha1", "a digest of SHA-1", shape().digest(OIWObjectIdentifiers.idSHA1));
    family.refuse(
        good,
        "trailing",
        "a byte after the signature",
        SIGNATURE,
        Bytes.concat(shape().encode(), Bytes.zeros(1)));
  }

  private void descriptors() throws IOException {
    Bytes bytes = file.encode();
    family.file("descriptor.bin", bytes);
    var good =
        family.accept(
            DESCRIPTOR, "fsverity_descriptor", Map.of(DESCRIPTOR, "descriptor.bin"), Map.of());
    descriptor(good, "version", "version 2", with(bytes, 0, 2));
    descriptor(good, "algorithm", "hash_algorithm 3", with(bytes, 1, 3));
    descriptor(good, "block-small", "blocks of 512 bytes", with(bytes, 2, 9));
    descriptor(good, "block-large", "blocks of 128 KiB", with(bytes, 2, 17));
    descriptor(good, "salt-size", "a salt of 33 bytes", with(bytes, 3, 33));
    descriptor(good, "signature-size", "a signature inside", with(bytes, 4, 1));
    descriptor(
        good, "root-hash-end", "64 bytes of root hash with SHA-256", with(bytes, 16 + 40, 1));
    descriptor(good, "salt-end", "bytes after the salt", with(bytes, 80 + 8, 1));
    descriptor(good, "reserved", "a reserved byte", with(bytes, 255, 1));
    descriptor(good, "cut", "255 bytes", bytes.slice(0, 255));
    descriptor(good, "longer", "257 bytes", Bytes.concat(bytes, Bytes.zeros(1)));
  }

  private void descriptor(Vector good, String id, String comment, Bytes bytes) throws IOException {
    family.refuse(good, "descriptor-" + id, comment, DESCRIPTOR, bytes);
  }
}
