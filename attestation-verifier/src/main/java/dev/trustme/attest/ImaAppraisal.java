// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.attest.EvidenceCheck.*;

import dev.trustme.attest.FileJudgement.Bad;
import dev.trustme.attest.FileJudgement.Good;
import dev.trustme.attest.FileJudgement.Reason;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaMatch;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's log of measured files: it leads to the quoted PCR 10, belongs to the quoted boot,
 * and every entry is one that the policy takes. Reads the log once, an entry at a time.
 */
final class ImaAppraisal {
  /** The checks, in the order of the judgement. */
  static final List<EvidenceCheck> CHECKS =
      List.of(
          IMA_LOG,
          IMA_AHEAD,
          IMA_PCR,
          IMA_TEMPLATE,
          IMA_TEMPLATE_HASH,
          IMA_BOOT_AGGREGATE,
          IMA_VIOLATIONS,
          IMA_NAMES,
          IMA_BUFFERS,
          IMA_HASH,
          IMA_SIGNATURE,
          IMA_FILES);

  /** Entries of one check that are named beside the first. */
  private static final int MAX_NAMED = 20;

  private final ImaDemand demand;
  private final KnownEntries.OfRelease known;
  private final MeasuredFiles files;
  private final ImaReplay replay;
  private final Map<EvidenceCheck, Findings> findings = new EnumMap<>(EvidenceCheck.class);
  private final FileTally good = new FileTally();
  private long entries;

  private ImaAppraisal(ImaDemand demand, KnownEntries known, ImaStart start) {
    this.demand = demand;
    this.known =
        known.of(demand.files().filter(f -> demand.rule().files() != ImaRule.Files.SIGNED));
    this.files = new MeasuredFiles(demand);
    this.replay = ImaReplay.of(start.withoutTemplateHashes(), ImaFormat.BINARY);
  }

  /** What is wrong with entries, for one check. */
  private static final class Findings {
    private final Bad first;
    private final String where;
    private final String name;
    private final List<String> more = new ArrayList<>();
    private long count;

    Findings(Bad first, ImaEntry entry) {
      this.first = first;
      this.where = MeasuredFiles.where(entry);
      this.name = entry.name().utf8();
    }

    void add(ImaEntry entry) {
      if (count++ > 0 && more.size() < MAX_NAMED) {
        more.add("%d %s".formatted(entry.number(), entry.name().utf8()));
      }
    }

    Check of(EvidenceCheck check) {
      var seen = new StringBuilder(name).append(": ").append(first.seen());
      if (count > 1) {
        seen.append("; %d more: entry ".formatted(count - 1)).append(String.join(", ", more));
        seen.append(count - 1 > more.size() ? ", …" : "");
      }
      return check.fail(first.expected(), seen.toString()).at(where);
    }
  }

  /** The checks, against the claimed value of PCR 10 in this bank. */
  static List<Check> checks(
      Optional<ImaDemand> demand,
      Optional<Bytes> log,
      HashAlgorithm bank,
      Map<Integer, Digest> claimed,
      KnownEntries known)
      throws FormatException {
    if (demand.isEmpty()) {
      return CHECKS.stream()
          .map(c -> Check.notApplicable(c.id(), "the policy asks for no files"))
          .toList();
    }
    if (log.isEmpty() || !claimed.containsKey(ImaRule.PCR)) {
      String missing = log.isEmpty() ? "an IMA log" : "a value of PCR 10";
      return CHECKS.stream().map(c -> c.fail(missing, "none")).toList();
    }
    var start = ImaStart.of(bank).lookingFor(claimed.get(ImaRule.PCR));
    var appraisal = new ImaAppraisal(demand.get(), known, start);
    appraisal.read(log.get());
    return appraisal.checks(claimed.get(ImaRule.PCR));
  }

  private void read(Bytes log) throws FormatException {
    try (var reader = ImaReader.of(log.stream(), ImaFormat.BINARY)) {
      while (reader.next()) {
        boolean own = reader.pcr() == ImaRule.PCR && reader.count() > 1 && !reader.violation();
        var before = own ? known.find(reader) : null;
        if (before != null) {
          before.extend(replay);
          good.add(before.judgement());
        } else {
          replay.extend(reader);
          judge(reader, own);
        }
      }
      entries = reader.count();
    } catch (IOException e) {
      throw new UncheckedIOException("in memory", e);
    }
  }

  private void judge(ImaReader reader, boolean own) throws FormatException {
    var entry = reader.entry();
    switch (files.judge(entry)) {
      case Good judgement -> {
        good.add(judgement);
        if (own && lasts(judgement)) {
          known.add(reader, replay.measured(), judgement);
        }
      }
      case Bad bad ->
          findings.computeIfAbsent(bad.check(), c -> new Findings(bad, entry)).add(entry);
    }
  }

  /** Whether the entry is good in every log; excluded ones are as many as a device wants. */
  private boolean lasts(Good judgement) {
    return switch (judgement.reason()) {
      case SIGNED, RELEASED, SIGNED_AND_RELEASED -> !files.byLearnedKey();
      case BOOT_AGGREGATE, EXCLUDED, KEY, BUFFER -> false;
    };
  }

  private List<Check> checks(Digest quoted) {
    List<Check> checks = new ArrayList<>();
    checks.add(replayed(quoted));
    checks.add(ahead());
    for (EvidenceCheck check : CHECKS.subList(2, CHECKS.size())) {
      var found = findings.get(check);
      checks.add(found != null ? found.of(check) : passed(check));
    }
    return checks;
  }

  private Check replayed(Digest quoted) {
    return switch (replay.match()) {
      case ImaMatch.Exact(long n) when n > 0 -> IMA_LOG.pass(n + " entries");
      case ImaMatch.LogAhead(long n, long more) when n > 0 -> IMA_LOG.pass(n + " entries");
      case ImaMatch.Exact exact -> IMA_LOG.fail("a log", "one without entries").at("PCR 10");
      case ImaMatch.LogAhead ahead ->
          IMA_LOG.fail("a value that covers entries", quoted + ", which covers none").at("PCR 10");
      case ImaMatch.None none ->
          IMA_LOG
              .fail(
                  quoted.toString(),
                  "%s after all %d entries, and not before".formatted(replay.value(), entries))
              .at("PCR 10");
    };
  }

  private Check ahead() {
    long most = demand.rule().ahead();
    String expected = "at most %d entries behind the quote".formatted(most);
    return switch (replay.match()) {
      case ImaMatch.Exact exact -> IMA_AHEAD.pass("none");
      case ImaMatch.LogAhead(long n, long more) ->
          IMA_AHEAD
              .of(more <= most, expected, more + " entries")
              .at("IMA log, entry %d".formatted(n));
      case ImaMatch.None none -> IMA_AHEAD.fail(expected, "no entry at which the quote was made");
    };
  }

  private Check passed(EvidenceCheck check) {
    return switch (check) {
      case IMA_BOOT_AGGREGATE ->
          check.of(
              good.has(Reason.BOOT_AGGREGATE), ImaEntry.BOOT_AGGREGATE, "a log without entries");
      case IMA_SIGNATURE, IMA_FILES -> check.pass(good.words());
      default -> check.pass(entries + " entries");
    };
  }
}
