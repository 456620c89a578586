// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
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
    new VerityVectors(maker.root).make();
    EnrolVectors.make(maker.root);
    EventLogVectors.make(maker.root);
    var boot = new BootVectors(maker.root);
    new AuthenticodeVectors(maker.root).make();
    boot.module();
    new ImaVectors(maker.root).make();
    new CelVectors(maker.root).make();
    new AuditVectors(maker.root).make();
    new OciVectors(maker.root).make();
    new ContainerVectors(maker.root).make();
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
}
