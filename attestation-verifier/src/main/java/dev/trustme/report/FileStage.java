// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What ran after the kernel had started, by the IMA log. */
final class FileStage {
  /** The first entries of an IMA log, and every violation among the rest. */
  private static final int MAX_ENTRIES = 200;

  private static final int MAX_VIOLATIONS = 200;
  private static final String FILES = "Programs and files";
  private static final String ABOUT_FILES =
      "What the kernel measured before it ran or read it (IMA, PCR 10).";

  private FileStage() {}

  static BootStage of(Optional<Bytes> log) {
    if (log.isEmpty()) {
      return new BootStage(
          FILES,
          ABOUT_FILES,
          List.of(),
          "This evidence carries no IMA log: files were not judged.",
          0);
    }
    List<BootStage.Entry> entries = new ArrayList<>();
    String remark = "The quote does not cover PCR 10: these entries are what the device says.";
    long left = 0;
    try (var reader =
        ImaReader.of(new ByteArrayInputStream(log.get().toArray()), ImaFormat.BINARY)) {
      int violations = 0;
      while (reader.next()) {
        boolean wanted =
            entries.size() < MAX_ENTRIES || (reader.violation() && violations++ < MAX_VIOLATIONS);
        if (wanted) {
          entries.add(entry(reader.entry()));
        } else {
          left++;
        }
      }
    } catch (FormatException e) {
      remark = "The IMA log cannot be read to its end: " + e.getMessage();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BootStage(FILES, ABOUT_FILES, entries, remark, left);
  }

  private static BootStage.Entry entry(ImaEntry entry) {
    List<String> facts = new ArrayList<>();
    entry.digest().ifPresent(digest -> facts.addAll(List.of("Digest", digest.toString())));
    facts.addAll(List.of("Template", entry.template().name()));
    facts.addAll(List.of("Template hash", entry.templateHash().toString()));
    facts.addAll(List.of("Signed", entry.signature().isPresent() ? "yes" : "no"));
    String name = entry.name().isEmpty() ? "(no name)" : entry.name().utf8();
    return new BootStage.Entry(
        "",
        String.valueOf(entry.number()),
        "PCR " + entry.pcr(),
        entry.violation() ? name + " (could not be measured reliably)" : name,
        Mark.CLAIMED,
        facts,
        List.of());
  }
}
