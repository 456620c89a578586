// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a judgement makes of the enrolment record of the vectors that are accepted. */
class EnrolledDeviceTest {
  private static final Path FAMILY = Path.of("vectors", "attack");

  private static Vector vector(String id) throws IOException, FormatException {
    return VectorIndex.load(FAMILY).vectors().stream()
        .filter(v -> v.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** The next time, another TPM under the device's name will be noticed by it. */
  @Test
  void theEndorsementKeyIsRemembered() throws IOException, FormatException {
    var input = new VectorInput(vector("good"), FAMILY);
    var verdict = assertInstanceOf(Verdict.Accepted.class, EvidenceFamily.verdict(input));
    var envelope = Evidence.parse(input.file("evidence")).enrolment().orElseThrow().record();
    var record = EnrolmentRecord.parse(DsseEnvelope.parse(envelope).payload());
    assertEquals(
        Optional.of(record.ek().name()), ((VerifiedDevice) verdict.value()).state().endorsement());
  }

  /**
   * Without a certificate of the attestation key, the record replaces it beside a certified TPM.
   */
  @Test
  void aRecordOfAnUncertifiedTpmReplacesNoCertificate() throws IOException, FormatException {
    var good = vector("good-record-alone");
    Map<String, String> files = new HashMap<>(good.files());
    files.put("maker-root", good.files().get("device-root"));
    var changed =
        new Vector(
            good.id(),
            good.comment(),
            good.flags(),
            good.twin(),
            files,
            good.context(),
            good.expect(),
            good.reason());
    var failed =
        EvidenceFamily.verdict(new VectorInput(changed, FAMILY)).failures().stream()
            .map(Check::id)
            .toList();
    assertEquals(List.of("ek-certificate", "ak-certificate"), failed.subList(0, 2));
  }
}
