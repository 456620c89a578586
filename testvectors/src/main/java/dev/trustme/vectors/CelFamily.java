// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelCheck;
import dev.trustme.cel.CelContent;
import dev.trustme.cel.CelHandle;
import dev.trustme.cel.CelLog;
import dev.trustme.cel.CelReplay;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * User space's logs. File log; context form (tlv, json, systemd, pcrlock or container) and pcrs
 * ({@code sha256:11=HEX} and more): what the PCRs that the log extends, from zero, hold at its end.
 */
final class CelFamily {
  private CelFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    CelLog log = CelLog.parse(input.file("log"));
    List<Check> checks = new ArrayList<>();
    checks.add(check("cel-form", log.form().label().equals(input.context("form"))));
    checks.add(check("cel-content", contentIsWhatWasHashed(log)));
    checks.add(check("cel-container-sequence", containersInSequence(log)));
    for (String entry : input.context("pcrs").split(" ", -1)) {
      String[] parts = entry.split("[:=]", -1);
      var bank = HashAlgorithm.byLabel(parts[0]).orElseThrow();
      Map<CelHandle, Digest> replayed =
          CelReplay.banks(log).contains(bank) ? CelReplay.replay(log, bank) : Map.of();
      Digest seen =
          replayed.getOrDefault(new CelHandle.Pcr(Integer.parseInt(parts[1])), Digest.zero(bank));
      checks.add(check("cel-replay", seen.value().equals(Bytes.fromHex(parts[2]))));
    }
    return Outcome.of(Verdict.of(checks, () -> log));
  }

  private static Check check(String id, boolean holds) {
    return holds ? Check.pass(id, "") : Check.fail(id, "", "");
  }

  private static boolean contentIsWhatWasHashed(CelLog log) {
    return log.events().stream()
        .allMatch(e ->
            e.digests().stream()
                .map(Digest::algorithm)
                .flatMap(bank -> e.check(bank).stream())
                .noneMatch(c -> c == CelCheck.MISMATCH));
  }

  /** Every start of a container is counted, from 0: a repeated entry is no second start. */
  private static boolean containersInSequence(CelLog log) {
    long expected = 0;
    for (var event : log.events()) {
      if (event.content() instanceof CelContent.Container container
          && container.event().sequence() != expected++) {
        return false;
      }
    }
    return true;
  }
}
