// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.artifact.VerityTree;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The one list of families: how each puts its vectors to our verifiers. */
final class Families {
  static final List<Family> ALL =
      List.of(
          family("attack", AttackFamily::judge),
          family("audit", AuditFamily::judge),
          family("authenticode", Families::authenticode),
          family("authvar", AuthVarFamily::judge),
          family("cel", CelFamily::judge),
          family("csr", CsrFamily::judge),
          family("dsse", Families::dsse),
          family("enrol", EnrolFamily::judge),
          family("eventlog", EventLogFamily::judge),
          family("evidence", EvidenceFamily::judge),
          family("ima", ImaFamily::judge),
          family("module", Families::module),
          family("siglist", Families::signatureList),
          family("verity", Families::verity),
          family("x509", PathFamily::judge));

  private Families() {}

  /** The judging half of a {@link Family}. */
  private interface Judge {
    Outcome judge(VectorInput input) throws IOException, FormatException;
  }

  private static Family family(String name, Judge judge) {
    return new Family() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Outcome judge(VectorInput input) throws IOException, FormatException {
        return judge.judge(input);
      }
    };
  }

  /** Files envelope and roots; context payload-type, role, threshold and at. */
  private static Outcome dsse(VectorInput input) throws IOException, FormatException {
    int threshold = Integer.parseInt(input.context("threshold"));
    var verifier = new DsseVerifier(input.roots(), role(input), threshold, input.at());
    var envelope = DsseEnvelope.parse(input.file("envelope"));
    return Outcome.of(verifier.verify(envelope, input.context("payload-type")));
  }

  /** Files image, db and dbx (EFI_SIGNATURE_LISTs): would firmware start the image? */
  private static Outcome authenticode(VectorInput input) throws IOException, FormatException {
    var database = SignatureDatabase.parse(input.file("db"), input.file("dbx"));
    return Outcome.of(Authenticode.verify(PeImage.parse(input.file("image")), database));
  }

  /** Files module and keyring (PEM): would a locked-down kernel load the module? */
  private static Outcome module(VectorInput input) throws IOException, FormatException {
    var keyring = Certificates.parse(input.file("keyring"));
    return Outcome.of(ModuleSignature.parse(input.file("module")).verify(keyring));
  }

  /** File database: the content of a variable like db. Accepted if it is well formed. */
  private static Outcome signatureList(VectorInput input) throws IOException, FormatException {
    SignatureList.parseDatabase(input.file("database"));
    return Outcome.ACCEPTED;
  }

  /** File image, with superblock and tree appended; context hash-offset and root-hash. */
  private static Outcome verity(VectorInput input) throws IOException, FormatException {
    try (var channel = FileChannel.open(input.path("image"), StandardOpenOption.READ)) {
      return Outcome.of(
          VerityTree.verify(
              channel,
              Long.parseLong(input.context("hash-offset")),
              Digest.parse(input.context("root-hash"))));
    }
  }

  private static Role role(VectorInput input) {
    return Role.byLabel(input.context("role")).orElseThrow();
  }
}
