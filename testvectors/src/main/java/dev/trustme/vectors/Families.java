// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.ReleaseVerifier;
import dev.trustme.trust.Role;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.util.List;

/** The one list of families: how each puts its vectors to our verifiers. */
final class Families {
  static final List<Family> ALL =
      List.of(
          family("airgap", AirGapFamily::judge),
          family("attack", AttackFamily::judge),
          family("audit", AuditFamily::judge),
          family("authenticode", AuthenticodeFamily::judge),
          family("authvar", AuthVarFamily::judge),
          family("cel", CelFamily::judge),
          family("container", ContainerFamily::judge),
          family("credential", CredentialFamily::judge),
          family("csr", CsrFamily::judge),
          family("dsse", Families::dsse),
          family("enrol", EnrolFamily::judge),
          family("eventlog", EventLogFamily::judge),
          family("evidence", EvidenceFamily::judge),
          family("fsverity", FsVerityFamily::judge),
          family("guestos", SignedFiles::guest),
          family("gyroidos", GyroidosFamily::judge),
          family("ima", ImaFamily::judge),
          family("image", ImageFamily::judge),
          family("imasig", SignedFiles::ima),
          family("module", SignedFiles::module),
          family("oci", OciFamily::judge),
          family("release", Families::release),
          family("siglist", Families::signatureList),
          family("verity", VerityFamily::judge),
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
    return Outcome.inWords(verifier.verify(envelope, input.context("payload-type")));
  }

  /** Files envelope and roots; context threshold and at: may this release be believed now? */
  private static Outcome release(VectorInput input) throws IOException, FormatException {
    int threshold = Integer.parseInt(input.context("threshold"));
    var verifier = new ReleaseVerifier(input.roots(), threshold, input.at());
    return Outcome.inWords(verifier.verifyCurrent(DsseEnvelope.parse(input.file("envelope"))));
  }

  /** File database: the content of a variable like db. Accepted if it is well formed. */
  private static Outcome signatureList(VectorInput input) throws IOException, FormatException {
    SignatureList.parseDatabase(input.file("database"));
    return Outcome.ACCEPTED;
  }

  private static Role role(VectorInput input) {
    return Role.byLabel(input.context("role")).orElseThrow();
  }
}
