// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelCheck;
import dev.trustme.cel.CelHandle;
import dev.trustme.cel.CelLog;
import dev.trustme.cel.CelReplay;
import dev.trustme.cel.TpmsCelEvent;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows and replays a canonical event log. */
@Command(
    name = "cel",
    description = {
      "Show a log of user space's measurements: systemd's, a .pcrlock file, a container log, or any"
          + " other Canonical Event Log in JSON or TLV.",
      "",
      "VERIFIED content is what was measured; UNVERIFIABLE content need not be. With --pcrs, the"
          + " replay is compared: exit 0 if all PCRs of the log are equal, 1 if one differs. Where"
          + " firmware extended the same PCRs before (systemd's do), name its log with --after."
    },
    footer = {
      "",
      "Examples:",
      "  trustme measure cel",
      "  trustme measure cel tpm2-measure.log --after eventlog.bin --pcrs pcrs.txt",
      "  trustme measure cel containers.cel --json"
    },
    mixinStandardHelpOptions = true)
final class CelCommand implements Callable<ExitCode> {
  private static final Path THIS_MACHINE = Path.of("/run/log/systemd/tpm2-measure.log");
  private static final long MAX_BYTES = 64 << 20;

  @Mixin private Output output = new Output();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The log. Without it, systemd's log of this machine.")
  private @Nullable Path file;

  @Option(
      names = "--after",
      paramLabel = "FILE",
      description = "The firmware's event log: PCRs begin with the values that it leads to.")
  private @Nullable Path firmware;

  @Option(
      names = "--pcrs",
      paramLabel = "FILE",
      description = "PCR values to compare with, as for 'trustme measure replay'.")
  private @Nullable Path expected;

  /** The JSON document; {@code replay} by bank, for banks that every record has. */
  record Document(
      String schema,
      String form,
      List<Row> records,
      Map<String, Map<String, String>> replay,
      Optional<List<Difference>> differences) {}

  /** One record; {@code checks} by bank. */
  record Row(
      int number,
      String extended,
      String type,
      Map<String, Digest> digests,
      Map<String, CelCheck> checks,
      String content) {
    static Row of(int number, TpmsCelEvent event) {
      Map<String, Digest> digests = new LinkedHashMap<>();
      Map<String, CelCheck> checks = new LinkedHashMap<>();
      for (HashAlgorithm bank : HashAlgorithm.values()) {
        event.digest(bank).ifPresent(digest -> digests.put(bank.label(), digest));
        event.check(bank).ifPresent(check -> checks.put(bank.label(), check));
      }
      return new Row(
          number,
          event.handle().toString(),
          event.content().type(),
          digests,
          checks,
          CelText.of(event.content()));
    }

    /** One word where all banks agree, else all of them. */
    String check() {
      return String.join(
          ", ", new TreeSet<>(checks.values().stream().map(CelCheck::name).toList()));
    }
  }

  /** A PCR of the log that is not what the file says. */
  record Difference(String bank, int pcr, String expected, String replayed) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    CelLog log = read();
    List<Row> rows = new ArrayList<>();
    for (TpmsCelEvent event : log.events()) {
      rows.add(Row.of(rows.size(), event));
    }
    Map<HashAlgorithm, Map<CelHandle, Digest>> replayed = replay(log);
    var differences =
        expected == null
            ? Optional.<List<Difference>>empty()
            : Optional.of(differences(replayed, PcrFile.read(expected)));
    var document =
        new Document("trustme/cel/1", log.form().label(), rows, shown(replayed), differences);
    output.result(document, () -> text(document));
    return differences.orElse(List.of()).isEmpty() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private CelLog read() throws IOException, FormatException {
    if (file == null && !Files.exists(THIS_MACHINE)) {
      throw new NoSuchFileException(
          THIS_MACHINE.toString(), null, "this machine has no log of systemd's; name a file");
    }
    Path path = file == null ? THIS_MACHINE : file;
    Bytes content = Inputs.read(path, MAX_BYTES);
    try {
      return CelLog.parse(content);
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  private Map<HashAlgorithm, Map<CelHandle, Digest>> replay(CelLog log)
      throws IOException, FormatException {
    Optional<ReplayedLog> before =
        firmware == null ? Optional.empty() : Optional.of(firmware(firmware));
    Map<HashAlgorithm, Map<CelHandle, Digest>> replayed = new LinkedHashMap<>();
    for (HashAlgorithm bank : CelReplay.banks(log)) {
      if (before.isEmpty()) {
        replayed.put(bank, CelReplay.replay(log, bank));
      } else if (before.get().banks().contains(bank)) {
        replayed.put(bank, CelReplay.replay(log, bank, values(before.get().pcrs(bank))));
      }
    }
    return replayed;
  }

  private static ReplayedLog firmware(Path path) throws IOException, FormatException {
    try {
      return Replay.replay(EventLog.parse(Inputs.read(path, MAX_BYTES)));
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  private static Map<CelHandle, Digest> values(List<Digest> pcrs) {
    Map<CelHandle, Digest> values = new HashMap<>();
    for (int i = 0; i < pcrs.size(); i++) {
      values.put(new CelHandle.Pcr(i), pcrs.get(i));
    }
    return values;
  }

  private static Map<String, Map<String, String>> shown(
      Map<HashAlgorithm, Map<CelHandle, Digest>> replayed) {
    Map<String, Map<String, String>> shown = new LinkedHashMap<>();
    replayed.forEach((bank, values) -> {
      Map<String, String> byHandle = new LinkedHashMap<>();
      values.forEach((handle, value) -> byHandle.put(handle.toString(), value.hex()));
      shown.put(bank.label(), byHandle);
    });
    return shown;
  }

  /** Only of the PCRs that the log extends: it says nothing of the others. */
  private static List<Difference> differences(
      Map<HashAlgorithm, Map<CelHandle, Digest>> replayed, List<PcrFile.Value> given)
      throws FormatException {
    List<Difference> differences = new ArrayList<>();
    int compared = 0;
    for (PcrFile.Value value : given) {
      Digest seen =
          replayed
              .getOrDefault(value.digest().algorithm(), Map.of())
              .get(new CelHandle.Pcr(value.pcr()));
      if (seen != null) {
        compared++;
        if (!seen.equals(value.digest())) {
          differences.add(
              new Difference(
                  seen.algorithm().label(), value.pcr(), value.digest().hex(), seen.hex()));
        }
      }
    }
    if (compared == 0) {
      throw new FormatException("PCR values", 0, "holds none of a PCR and bank of this log");
    }
    return differences;
  }

  private String text(Document document) {
    var lines = new StringBuilder();
    for (Row row : document.records) {
      lines.append(
          "%4d  %-13s  %-12s  %s  %s%n"
              .formatted(row.number, row.extended, row.type, colored(row), row.content));
    }
    lines.append("%s log, %d records%n".formatted(document.form, document.records.size()));
    document.replay.forEach((bank, values) -> {
      lines.append(bank).append(":\n");
      values.forEach((handle, value) -> lines.append("  %-13s  %s%n".formatted(handle, value)));
    });
    document.differences.ifPresent(differences -> {
      if (differences.isEmpty()) {
        lines.append(output.good("all equal to " + expected));
      }
      for (Difference d : differences) {
        lines.append(output.bad("PCR %d (%s) differs%n".formatted(d.pcr, d.bank)));
        lines.append("    expected  %s%n    replayed  %s%n".formatted(d.expected, d.replayed));
      }
    });
    return lines.toString();
  }

  private String colored(Row row) {
    String text = "%-12s".formatted(row.check());
    if (row.checks.containsValue(CelCheck.MISMATCH)) {
      return output.bad(text);
    }
    return row.checks.containsValue(CelCheck.UNVERIFIABLE) ? output.dim(text) : output.good(text);
  }
}
