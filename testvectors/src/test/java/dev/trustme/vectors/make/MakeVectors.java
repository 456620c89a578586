// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.VeritySuperblock;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/** Writes all families anew: {@code MakeVectors testvectors/vectors [DEMO-RUN]}. */
public final class MakeVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String AT = "2026-11-22T12:00:00Z";

  private final Path root;
  private final Identity anchor = TestPki.root(Shape.ca("Vector Root", 1));
  private final Identity subCa = TestPki.issue(anchor, Shape.ca("Vector Signing", 0));
  private final Identity signer =
      TestPki.issue(subCa, Shape.leaf("container", Role.CONTAINER, Role.RELEASE));

  private MakeVectors(Path root) throws IOException {
    this.root = root;
  }

  public static void main(String... args)
      throws IOException, GeneralSecurityException, FormatException {
    var maker = new MakeVectors(Path.of(args[0]));
    X509Vectors.make(maker.root);
    maker.dsse();
    new SigListVectors(maker.root).make();
    new AuthVarVectors(maker.root).make();
    new CsrVectors(maker.root).make();
    maker.verity();
    EnrolVectors.make(maker.root);
    EventLogVectors.make(maker.root);
    AttackVectors.make(maker.root);
    var boot = new BootVectors(maker.root);
    boot.authenticode();
    boot.module();
    new ImaVectors(maker.root).make();
    new CelVectors(maker.root).make();
    new AuditVectors(maker.root).make();
    if (args.length > 1) {
      var demo = new DemoVectors(maker.root, Path.of(args[1]));
      demo.evidence();
    }
  }

  private static Bytes pem(X509CertificateHolder... certificates) {
    return Bytes.utf8(Certificates.pem(List.of(certificates)));
  }

  private void dsse() throws IOException {
    var family = new FamilyMaker(root, "dsse", OURS);
    Bytes payload = Bytes.utf8("{\"schema\":\"trustme/container/1\",\"name\":\"web\"}");
    var path = List.of(signer.certificate(), subCa.certificate());
    var envelope = new DsseSigner(signer.key(), path).sign(DsseEnvelope.CONTAINER, payload);
    var altered =
        new DsseEnvelope(
            envelope.payloadType(),
            Bytes.utf8(payload.utf8().replace("web", "wab")),
            envelope.signatures());
    family.file("roots.pem", pem(anchor.certificate())).file("good.json", envelope.encode());
    var good =
        family.accept(
            "good",
            "one signature by a key of the container role",
            Map.of("envelope", "good.json", "roots", "roots.pem"),
            Map.of(
                "payload-type",
                DsseEnvelope.CONTAINER,
                "role",
                "container",
                "threshold",
                "1",
                "at",
                AT));
    String text = envelope.encode().utf8();
    family
        .otherFile(
            good,
            "payload-altered",
            "one letter of the payload changed after signing",
            "envelope",
            altered.encode(),
            "signature")
        .otherContext(
            good,
            "other-payload-type",
            "a container manifest where a release manifest is expected",
            "payload-type",
            DsseEnvelope.RELEASE,
            "payload-type")
        .otherContext(
            good, "threshold-two", "two keys asked for, one signed", "threshold", "2", "signatures")
        .otherFile(
            good,
            "duplicate-key",
            "the key payloadType twice",
            "envelope",
            Bytes.utf8(text.replaceFirst("\\{", "{ \"payloadType\" : \"x\",")),
            "DSSE envelope: line 2, column 16: Duplicate field 'payloadType'");
    family.write();
  }

  private void verity() throws IOException, FormatException {
    var family = new FamilyMaker(root, "verity", OURS);
    int blocks = 129;
    var data = new byte[blocks * VeritySuperblock.BLOCK];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 + (i >> 8));
    }
    var superblock =
        new VeritySuperblock(
            Bytes.fromHex("7c673ee7c41c431a89ad11590e357214"),
            HashAlgorithm.SHA256,
            blocks,
            Bytes.fromHex("00112233445566778899aabbccddeeff"));
    Path scratch = Files.createTempFile("verity", ".img");
    Files.write(scratch, data);
    VerityTree tree;
    try (var channel = FileChannel.open(scratch, StandardOpenOption.READ)) {
      tree = VerityTree.compute(channel, superblock);
    }
    Files.delete(scratch);
    Bytes image = Bytes.concat(Bytes.copyOf(data), tree.encode());
    family.file("good.img", image);
    var good =
        family.accept(
            "good",
            "129 data blocks, so that the tree has two levels",
            Map.of("image", "good.img"),
            Map.of(
                "hash-offset", Integer.toString(data.length), "root-hash", tree.root().toString()));
    family
        .otherFile(
            good,
            "data-byte",
            "one byte of the last data block changed",
            "image",
            with(image, data.length - 1, image.at(data.length - 1) ^ 1),
            "verity-root-hash")
        .otherFile(
            good,
            "tree-byte",
            "one byte of the stored tree changed, the data as it was",
            "image",
            with(image, image.size() - 4096, image.at(image.size() - 4096) ^ 1),
            "verity-hash-tree")
        .otherFile(
            good,
            "fewer-data-blocks",
            "the superblock names 128 data blocks, so the last one would be unprotected",
            "image",
            with(image, data.length + 72, 128),
            "verity-data-size");
    family.write();
  }
}
