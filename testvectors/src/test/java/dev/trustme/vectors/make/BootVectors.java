// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyType;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What firmware starts and a kernel loads: small images made for the purpose. */
final class BootVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";

  private final Path root;
  private final Identity signer =
      TestPki.root(Shape.leaf("Vector Boot", Role.BOOT, Role.MODULE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Stranger", Role.BOOT), KeyType.RSA_2048);

  BootVectors(Path root) throws IOException, FormatException {
    this.root = root;
  }

  private RoleKey key() {
    return new RoleKey(signer.key(), List.of(signer.certificate()));
  }

  void module() throws IOException, FormatException {
    var family = new FamilyMaker(root, "module", OURS);
    Bytes object = object();
    Bytes pkcs7 = new Pkcs7Signer(key()).detached(object);
    Bytes file = new ModuleSignature(object, Optional.of(pkcs7)).encode();
    family
        .file("good.ko", file)
        .file("keyring.pem", Bytes.utf8(Certificates.pem(List.of(signer.certificate()))));
    var good =
        family.accept(
            "good",
            "an ELF object with an appended signature by the certificate on the keyring",
            Map.of("module", "good.ko", "keyring", "keyring.pem"),
            Map.of());
    int header = file.size() - 28 - 12;
    family
        .otherFile(
            good,
            "other-keyring",
            "the keyring holds somebody else's certificate",
            "keyring",
            Bytes.utf8(Certificates.pem(List.of(stranger.certificate()))),
            "signer")
        .otherFile(
            good,
            "id-type",
            "id_type 1 (X.509) instead of 2 (PKCS#7)",
            "module",
            with(file, header + 2, 1),
            "module_signature: expected id_type 2 (PKCS#7) and zeros, which is all the kernel takes")
        .otherFile(
            good,
            "signature-longer-than-file",
            "sig_len 2^24 and more than there is",
            "module",
            with(file, header + 8, 1),
            "module_signature: sig_len %d in a file of %d bytes"
                .formatted(0x01000000 + pkcs7.size(), file.size()));
    family.write();
  }

  /** The smallest relocatable x86-64 object: a header and one empty section. */
  private static Bytes object() {
    return BinaryWriter.littleEndian()
        .bytes(Bytes.fromHex("7f454c46020101000000000000000000"))
        .u16(1)
        .u16(62)
        .u32(1)
        .u64(0)
        .u64(0)
        .u64(64)
        .u32(0)
        .u16(64)
        .u16(0)
        .u16(0)
        .u16(64)
        .u16(1)
        .u16(0)
        .zeros(64)
        .toBytes();
  }
}
