// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.FileJudgement;
import dev.trustme.attest.FileTally;
import dev.trustme.attest.ImaDemand;
import dev.trustme.attest.MeasuredFiles;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaMatch;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What ran after the kernel had started, by the IMA log. */
final class FileStage {
  /** The first entries of an IMA log, and what is bad among the rest. */
  private static final int MAX_ENTRIES = 200;

  private static final int MAX_BAD = 200;
  private static final String FILES = "Programs and files";
  private static final String ABOUT_FILES =
      "What the kernel measured before it ran or read it (IMA, PCR 10).";
  private static final String PLACE = "IMA log, entry ";

  private final JudgedBoot boot;
  private final Optional<MeasuredFiles> judge;
  private final FileTally tally = new FileTally();
  private final List<BootStage.Entry> entries = new ArrayList<>();
  private long bad;
  private long left;

  private FileStage(JudgedBoot boot, Optional<ImaDemand> demand) {
    this.boot = boot;
    this.judge = demand.map(MeasuredFiles::new);
  }

  static BootStage of(JudgedBoot boot, ReportSources sources) {
    var log = sources.evidence().map(Evidence::logs).flatMap(Evidence.Logs::ima);
    if (log.isEmpty()) {
      return new BootStage(
          FILES,
          ABOUT_FILES,
          List.of(),
          "This evidence carries no IMA log: files were not judged.",
          0);
    }
    return new FileStage(boot, demand(boot, sources)).read(log.get());
  }

  private static Optional<ImaDemand> demand(JudgedBoot boot, ReportSources sources) {
    return sources
        .anchors()
        .flatMap(anchors ->
            ImaDemand.of(
                sources.policy(), anchors, sources.release(), boot.claims(), boot.report().at()));
  }

  /** The anchor of the entry that a check names so. */
  static Optional<String> anchor(String where) {
    int end = where.indexOf(", offset");
    return where.startsWith(PLACE) && end > 0
        ? Optional.of("file-" + where.substring(PLACE.length(), end))
        : Optional.empty();
  }

  private BootStage read(Bytes log) {
    try {
      long covered = covered(log);
      try (var reader = reader(log)) {
        while (reader.next()) {
          add(reader, covered);
        }
      }
      return new BootStage(FILES, ABOUT_FILES, entries, remark(covered), left);
    } catch (FormatException e) {
      String remark = "The IMA log cannot be read to its end: " + e.getMessage();
      return new BootStage(FILES, ABOUT_FILES, entries, remark, left);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ImaReader reader(Bytes log) {
    return ImaReader.of(log.stream(), ImaFormat.BINARY);
  }

  /** How many entries of PCR 10 the quote bears out. */
  private long covered(Bytes log) throws IOException, FormatException {
    var quoted = boot.claimed(ImaReplay.DEFAULT_PCR);
    if (!boot.proven() || !boot.quoted().contains(ImaReplay.DEFAULT_PCR) || quoted.isEmpty()) {
      return 0;
    }
    var start = ImaStart.of(boot.bank()).lookingFor(quoted.get()).withoutTemplateHashes();
    try (var reader = reader(log)) {
      return switch (ImaReplay.run(start, reader).match()) {
        case ImaMatch.Exact(long all) -> all;
        case ImaMatch.LogAhead(long first, long ahead) -> first;
        case ImaMatch.None none -> 0;
      };
    }
  }

  private void add(ImaReader reader, long covered) throws FormatException {
    boolean early = entries.size() < MAX_ENTRIES;
    if (judge.isEmpty() && !early && !reader.violation()) {
      left++;
      return;
    }
    var entry = reader.entry();
    Optional<FileJudgement> judgement = judge.map(j -> j.judge(entry));
    if (judgement.isPresent() && judgement.get() instanceof FileJudgement.Good good) {
      tally.add(good);
    }
    boolean worse = judgement.map(FileJudgement.Bad.class::isInstance).orElseGet(reader::violation);
    boolean named = boot.failure(MeasuredFiles.where(entry)).isPresent();
    if (early || named || (worse && bad++ < MAX_BAD)) {
      entries.add(shown(entry, judgement, entry.number() < covered));
    } else {
      left++;
    }
  }

  private BootStage.Entry shown(
      ImaEntry entry, Optional<FileJudgement> judgement, boolean covered) {
    List<String> facts = new ArrayList<>();
    judgement.ifPresent(j -> facts.addAll(words(j)));
    entry.digest().ifPresent(digest -> facts.addAll(List.of("Digest", digest.toString())));
    facts.addAll(List.of("Template", entry.template().name()));
    facts.addAll(List.of("Template hash", entry.templateHash().toString()));
    entry
        .signature()
        .ifPresentOrElse(
            s -> facts.addAll(List.of("Signature", "key identifier " + s.keyIdHex())),
            () -> facts.addAll(List.of("Signature", "none")));
    String name = entry.name().isEmpty() ? "(no name)" : entry.name().utf8();
    return new BootStage.Entry(
        "file-" + entry.number(),
        String.valueOf(entry.number()),
        "PCR " + entry.pcr(),
        entry.violation() ? name + " (could not be measured reliably)" : name,
        mark(judgement, covered),
        facts,
        List.of());
  }

  private static List<String> words(FileJudgement judgement) {
    return switch (judgement) {
      case FileJudgement.Good(FileJudgement.Reason reason, String by) ->
          List.of("Judged", by.isEmpty() ? reason.label() : reason.label() + " by " + by);
      case FileJudgement.Bad bad ->
          Arrays.asList(
              "Failed check", bad.check().id(), "Expected", bad.expected(), "Seen", bad.seen());
    };
  }

  private static Mark mark(Optional<FileJudgement> judgement, boolean covered) {
    if (judgement.filter(FileJudgement.Bad.class::isInstance).isPresent()) {
      return Mark.DIFFERS;
    }
    if (!covered) {
      return Mark.CLAIMED;
    }
    return judgement.map(j -> mark(((FileJudgement.Good) j).reason())).orElse(Mark.QUOTED);
  }

  private static Mark mark(FileJudgement.Reason reason) {
    return switch (reason) {
      case SIGNED, KEY -> Mark.SIGNED;
      case RELEASED, SIGNED_AND_RELEASED -> Mark.RELEASED;
      case BOOT_AGGREGATE, EXCLUDED, BUFFER -> Mark.QUOTED;
    };
  }

  private String remark(long covered) {
    if (!boot.quoted().contains(ImaReplay.DEFAULT_PCR)) {
      return "The quote does not cover PCR 10: these entries are what the device says.";
    }
    String proof = covered == 0 ? "The quote bears none of these entries out. " : "";
    return judge.isEmpty() ? proof.strip() : proof + "Good: " + tally.words() + ".";
  }
}
