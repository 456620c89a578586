// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.sign.EfiSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What firmware starts: small images made for the purpose. */
final class BootVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";

  private final Path root;
  private final Identity signer =
      TestPki.root(Shape.leaf("Vector Boot", Role.BOOT, Role.MODULE), KeyType.RSA_2048);
  private final Identity stranger =
      TestPki.root(Shape.leaf("Vector Stranger", Role.BOOT), KeyType.RSA_2048);
  private final EfiGuid owner = owner();

  BootVectors(Path root) throws IOException, FormatException {
    this.root = root;
  }

  private static EfiGuid owner() throws FormatException {
    return EfiGuid.parse("7c673ee7-c41c-431a-89ad-11590e357214");
  }

  private RoleKey key() {
    return new RoleKey(signer.key(), List.of(signer.certificate()));
  }

  private Bytes database(Identity identity) {
    return SignatureList.x509(owner, Certificates.der(identity.certificate())).encode();
  }

  void authenticode() throws IOException, FormatException {
    var family = new FamilyMaker(root, "authenticode", OURS);
    Bytes image = new EfiSigner(key()).sign(PeImage.parse(TestPe.small()));
    var digest = PeImage.parse(image).authenticodeDigest(HashAlgorithm.SHA256);
    family
        .file("good.efi", image)
        .file("db.esl", database(signer))
        .file("empty.esl", Bytes.empty())
        .file("db.pem", Bytes.utf8(Certificates.pem(List.of(signer.certificate()))));
    var good =
        family.accept(
            "good",
            "an image signed by the certificate in db (db.pem is the same for other tools)",
            Map.of("image", "good.efi", "db", "db.esl", "dbx", "empty.esl", "pem", "db.pem"),
            Map.of());
    family
        .otherFile(
            good,
            "code-byte",
            "one byte of code changed after signing",
            "image",
            with(image, TestPe.HEADERS + 8, 0x90),
            "image-digest")
        .otherFile(
            good,
            "other-db",
            "db holds somebody else's certificate",
            "db",
            database(stranger),
            "db-authority")
        .otherFile(
            good,
            "dbx-by-hash",
            "dbx lists the image's digest",
            "dbx",
            SignatureList.sha256(owner, digest).encode(),
            "dbx-hash")
        .otherFile(
            good,
            "dbx-by-certificate",
            "dbx lists the signer",
            "dbx",
            database(signer),
            "dbx-certificate")
        .otherFile(
            good,
            "bytes-after-table",
            "eight bytes after the certificate table, which no digest covers",
            "image",
            Bytes.concat(image, Bytes.zeros(8)),
            "certificate table: %d bytes at offset %d are not the 8-aligned end of a file of %d bytes"
                .formatted(
                    PeImage.parse(image).certificateTable().size(),
                    PeImage.parse(image).certificateTable().offset(),
                    image.size() + 8));
    family.write();
  }
}
