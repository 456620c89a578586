// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static dev.trustme.enrol.StatementVerifier.compare;

import dev.trustme.attest.FirmwareEvents;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the log leads to what the TPM holds in PCRs 0 to 3 and 6, so that its events there may be
 * recorded as this device's own.
 */
final class FirmwareVerifier {
  private final StatementVerifier statements;
  private final boolean required;

  FirmwareVerifier(StatementVerifier statements, boolean required) {
    this.statements = statements;
    this.required = required;
  }

  /** The events, where there are any, and how they stood the checks. */
  record Judged(Optional<FirmwareEvents> events, List<Check> checks) {}

  Judged verify(Optional<EnrolmentRequest.Firmware> firmware) throws FormatException {
    if (firmware.isEmpty()) {
      return new Judged(Optional.empty(), List.of(absent()));
    }
    var quote = firmware.get().quote();
    var judged = statements.verify("firmware", TpmsAttest.TPM_ST_ATTEST_QUOTE, quote);
    List<Check> checks = new ArrayList<>(judged.checks());
    if (!(judged.attest().attested() instanceof TpmsAttest.TpmsQuoteInfo info)) {
      checks.add(Check.fail("firmware-selection", "a quote", "another statement"));
      return new Judged(Optional.empty(), checks);
    }
    var log = replayed(firmware.get().log());
    var hash = TpmtSignature.parse(quote.signature()).hash();
    checks.add(selection(info.pcrSelect(), log));
    var digest = quoted(info.pcrSelect(), log, hash);
    checks.add(
        compare(
            "firmware-log",
            info.pcrDigest().hex(),
            digest.map(Digest::hex).orElse("a log without these banks")));
    boolean sound = checks.stream().noneMatch(Check::failed);
    return new Judged(
        sound ? Optional.of(FirmwareEvents.of(log, banks(info.pcrSelect()))) : Optional.empty(),
        checks);
  }

  private Check absent() {
    return required
        ? Check.fail("firmware", "the log of the firmware and a quote", "neither")
            .advise("a machine without a log is enrolled with --without-firmware")
        : Check.notApplicable("firmware", "enrolled without, as was asked for");
  }

  private static ReplayedLog replayed(Bytes log) throws FormatException {
    try {
      return Replay.replay(EventLog.parse(log));
    } catch (FormatException e) {
      throw e.in("firmware.log");
    }
  }

  /** Each bank once, exactly these PCRs, and not SHA-1 alone. */
  private static Check selection(TpmlPcrSelection selection, ReplayedLog log) {
    var banks = banks(selection);
    boolean exact =
        selection.pcrSelections().stream()
            .allMatch(s -> s.equals(TpmsPcrSelection.of(s.hash(), FirmwareEvents.PCRS)));
    boolean fits =
        exact
            && banks.stream().distinct().count() == banks.size()
            && banks.stream().anyMatch(b -> b != HashAlgorithm.SHA1)
            && log.banks().containsAll(banks);
    return fits
        ? Check.pass("firmware-selection", selection.toString())
        : Check.fail(
            "firmware-selection",
            "PCRs 0 to 3 and 6 of banks of the log (%s), not of SHA-1 alone"
                .formatted(
                    log.banks().stream()
                        .map(HashAlgorithm::label)
                        .collect(Collectors.joining(", "))),
            selection.toString());
  }

  private static List<HashAlgorithm> banks(TpmlPcrSelection selection) {
    return selection.pcrSelections().stream().map(TpmsPcrSelection::hash).toList();
  }

  /** What the quote's digest must be if the log tells the truth. TPM 2.0 Part 3, 18.4. */
  private static Optional<Digest> quoted(
      TpmlPcrSelection selection, ReplayedLog log, HashAlgorithm hash) {
    if (!log.banks().containsAll(banks(selection))) {
      return Optional.empty();
    }
    return Optional.of(
        hash.digest(
            selection.pcrSelections().stream()
                .flatMap(s -> s.pcrs().stream().map(pcr -> log.pcr(s.hash(), pcr).value()))
                .toArray(Bytes[]::new)));
  }
}
