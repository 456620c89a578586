// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.attest.LogVerifier;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.CcEventLog;
import dev.trustme.eventlog.CcRegister;
import dev.trustme.eventlog.CcReplay;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * TCG event logs. File log; file pcrs, lines {@code sha256:4 HEX}: what the TPM held (for a CC log
 * the index is the register's); without it the TPM held what the log leads to, as one that measured
 * just this. Context format: tpm or cc. Context quote, {@code sha256:0,4,7}: these PCRs were
 * quoted, and the log is judged with them; without it, it is replayed and compared only. The reason
 * of a rejection is the check's id and where it looked.
 */
final class EventLogFamily {
  private EventLogFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    Map<String, String> context = input.vector().context();
    if (context.getOrDefault("format", "tpm").equals("cc")) {
      return confidential(input);
    }
    var replayed = Replay.replay(EventLog.parse(input.file("log")));
    return outcome(
        context.containsKey("quote") ? appraised(input, replayed) : compared(input, replayed));
  }

  private static Outcome outcome(Verdict<?> verdict) {
    return verdict.failures().stream()
        .findFirst()
        .map(check ->
            new Outcome(
                Expectation.reject,
                check.where().isEmpty() ? check.id() : check.id() + " at " + check.where()))
        .orElseGet(() -> Outcome.of(verdict));
  }

  private static Verdict<ReplayedLog> appraised(VectorInput input, ReplayedLog log)
      throws IOException, FormatException {
    String[] quote = input.context("quote").split(":", 2);
    var bank = bank(quote[0]);
    var selection =
        TpmsPcrSelection.of(
            bank, Arrays.stream(quote[1].split(",", -1)).map(Integer::valueOf).toList());
    SortedMap<Integer, Digest> claimed = new TreeMap<>();
    if (input.has("pcrs")) {
      pcrs(input).stream()
          .filter(v -> v.digest.algorithm() == bank)
          .forEach(v -> claimed.put(v.index, v.digest));
    } else if (log.banks().contains(bank)) {
      selection.pcrs().forEach(pcr -> claimed.put(pcr, log.pcr(bank, pcr)));
    }
    return LogVerifier.verify(log, selection, claimed);
  }

  private static Verdict<ReplayedLog> compared(VectorInput input, ReplayedLog log)
      throws IOException, FormatException {
    List<Check> checks = new ArrayList<>();
    for (Value value : pcrs(input)) {
      var bank = value.digest.algorithm();
      checks.add(
          log.banks().contains(bank)
              ? check(value, log.pcr(bank, value.index), "PCR " + value.index)
              : Check.fail("log-bank", bank.label(), log.banks().toString()).at(bank.label()));
    }
    return Verdict.of(checks, () -> log);
  }

  private static Outcome confidential(VectorInput input) throws IOException, FormatException {
    var log = CcReplay.replay(CcEventLog.parse(input.file("log")));
    List<Check> checks = new ArrayList<>();
    for (Value value : pcrs(input)) {
      var register = CcRegister.at(value.index).orElseThrow();
      checks.add(check(value, log.register(value.digest.algorithm(), register), register.name()));
    }
    return outcome(Verdict.of(checks, () -> log));
  }

  private static Check check(Value value, Digest seen, String where) {
    return seen.equals(value.digest)
        ? Check.pass("log-replay", seen.toString())
        : Check.fail("log-replay", value.digest.toString(), seen.toString()).at(where);
  }

  private record Value(int index, Digest digest) {}

  private static List<Value> pcrs(VectorInput input) throws IOException {
    return input
        .file("pcrs")
        .utf8()
        .lines()
        .map(line -> line.split("[: ]", -1))
        .map(parts ->
            new Value(
                Integer.parseInt(parts[1]), new Digest(bank(parts[0]), Bytes.fromHex(parts[2]))))
        .toList();
  }

  private static HashAlgorithm bank(String label) {
    return HashAlgorithm.byLabel(label).orElseThrow();
  }
}
