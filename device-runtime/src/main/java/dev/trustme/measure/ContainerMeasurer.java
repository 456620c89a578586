// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.enforce.StartPermit;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Measures a start: the record is written to the log first, then the PCR is extended in every
 * active bank, then read back. So the log never lacks what the PCR holds; a last record that was
 * written but not measured, because the power went, is dropped at the next start. A PCR at zero is
 * a new boot: the log begins anew. The caller lets one start be measured at a time.
 */
public final class ContainerMeasurer {
  private static final long MAX_LOG = 256L << 20;

  private final TssContext tpm;
  private final int pcr;
  private final Path logFile;

  public ContainerMeasurer(TssContext tpm, int pcr, Path logFile) {
    this.tpm = tpm;
    this.pcr = pcr;
    this.logFile = logFile;
  }

  /** Rejected if the log does not explain the PCR; every failure to measure is an IOException. */
  public Verdict<MeasuredStart> measure(StartPermit permit) throws IOException, FormatException {
    Set<HashAlgorithm> banks = tpm.activeBanks(pcr);
    if (!banks.contains(HashAlgorithm.SHA256)) {
      throw new IOException("the TPM's bank sha256 has no PCR " + pcr + "; enable the bank");
    }
    var log = Files.exists(logFile) ? read() : ContainerLog.empty();
    var current = values(banks);
    var before = before(log, current);
    List<Check> checks = new ArrayList<>(permit.checks());
    if (before.isEmpty()) {
      checks.add(unexplained(log, current));
      return new Verdict.Rejected<>(checks);
    }
    checks.add(Check.pass("container-log", before.get().records().size() + " records"));
    var record = extend(before.get(), permit, banks);
    return Verdict.of(checks, () -> new MeasuredStart(permit, record));
  }

  private ContainerLog read() throws IOException, FormatException {
    return Inputs.parse(logFile, MAX_LOG, ContainerLog::parse);
  }

  private Map<HashAlgorithm, Digest> values(Set<HashAlgorithm> banks) throws IOException {
    Map<HashAlgorithm, Digest> values = new EnumMap<>(HashAlgorithm.class);
    for (var bank : banks) {
      values.putAll(Map.of(bank, tpm.read(bank, List.of(pcr)).values().iterator().next()));
    }
    return values;
  }

  /** The log that gives these values: none of it, all of it, or all but the last record. */
  private Optional<ContainerLog> before(ContainerLog log, Map<HashAlgorithm, Digest> values) {
    List<ContainerLog> candidates = new ArrayList<>(List.of(ContainerLog.empty(), log));
    if (!log.records().isEmpty()) {
      candidates.add(log.shorter());
    }
    return candidates.stream().filter(c -> explains(c, values)).findFirst();
  }

  private boolean explains(ContainerLog log, Map<HashAlgorithm, Digest> values) {
    return log.records().stream().allMatch(r -> r.pcr() == pcr)
        && values.entrySet().stream().allMatch(e -> log.replay(e.getKey()).equals(e.getValue()));
  }

  private Check unexplained(ContainerLog log, Map<HashAlgorithm, Digest> values) {
    return Check.fail(
            "container-log",
            "a log whose replay is PCR %d, %s"
                .formatted(pcr, values.values().iterator().next().toString()),
            log.replay(HashAlgorithm.SHA256).toString())
        .at(logFile.toString())
        .advise(
            "something else extended PCR %d, or the log was changed; restart the device"
                .formatted(pcr));
  }

  private CelRecord extend(ContainerLog before, StartPermit permit, Set<HashAlgorithm> banks)
      throws IOException {
    long sequence = before.records().size();
    var record = CelRecord.of(sequence, pcr, event(permit, sequence), banks);
    var after = before.with(record);
    Outputs.write(logFile, after.encode(), Outputs.PRIVATE, true);
    tpm.extend(pcr, record.measured());
    if (!explains(after, values(banks))) {
      throw new IOException("PCR " + pcr + " was extended by somebody else at the same time");
    }
    return record;
  }

  private static ContainerEvent event(StartPermit permit, long sequence) {
    var manifest = permit.manifest();
    return new ContainerEvent(
        manifest.digest(),
        manifest.image().verity().rootHash(),
        manifest.launch().digest(),
        "verified-at-start",
        ContainerEvent.NO_LABEL,
        Optional.empty(),
        sequence);
  }
}
