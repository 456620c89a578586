// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.measure.EventDetails;
import dev.trustme.cli.measure.EventText;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The firmware's log by stretches of the boot, each in the log's order. */
final class FirmwareStages {
  /** Logs of real machines have some hundred events; a hostile one may have millions. */
  private static final int MAX_ENTRIES = 2000;

  /** What differs is shown even behind so many. */
  private static final int MAX_LATE = 100;

  private static final int MAX_DETAILS = 40;

  /**
   * A stretch of the boot. TCG PC Client Platform Firmware Profile 1.06, 3.3.4; systemd-stub(7).
   */
  enum Stretch {
    FIRMWARE("Firmware", "The machine's own programs and settings (PCR 0 to 3 and 6)."),
    SECURE_BOOT("Secure Boot", "Which keys decide what may start, and which were used (PCR 7)."),
    BOOT_IMAGE(
        "Boot image", "What the firmware started, and its parts (PCR 4, 5, 8 and 11 to 14)."),
    KERNEL("Kernel start", "The firmware's handover, and what the kernel was given (PCR 5 and 9).");

    private final String title;
    private final String about;

    Stretch(String title, String about) {
      this.title = title;
      this.about = about;
    }

    static Stretch of(TcgPcrEvent2 event) {
      return switch (event.pcrIndex()) {
        case 4, 8, 11, 12, 13, 14 -> BOOT_IMAGE;
        case 5 -> leavesFirmware(event) ? KERNEL : BOOT_IMAGE;
        case 7 -> SECURE_BOOT;
        case 9 -> KERNEL;
        default -> FIRMWARE;
      };
    }

    private static boolean leavesFirmware(TcgPcrEvent2 event) {
      return event.untrustedData() instanceof EventData.ActionText(String text)
          && text.startsWith("Exit Boot Services");
    }

    static Stretch ofPcr(int pcr) {
      return switch (pcr) {
        case 7 -> SECURE_BOOT;
        case 9 -> KERNEL;
        default -> BOOT_IMAGE;
      };
    }
  }

  /** What lies in one stretch. */
  private static final class Found {
    final List<BootStage.Entry> entries = new ArrayList<>();
    long left;
  }

  private final JudgedBoot boot;
  private final Map<Stretch, Found> found = new EnumMap<>(Stretch.class);

  FirmwareStages(JudgedBoot boot) {
    this.boot = boot;
  }

  List<BootStage> stages() {
    Arrays.stream(Stretch.values()).forEach(s -> found.put(s, new Found()));
    boot.log().ifPresent(log -> log.log().events().forEach(this::sort));
    missing();
    return found.entrySet().stream()
        .map(e ->
            new BootStage(
                e.getKey().title, e.getKey().about, e.getValue().entries, "", e.getValue().left))
        .toList();
  }

  private void sort(TcgPcrEvent2 event) {
    var mark = boot.mark(event);
    var stretch = in(Stretch.of(event));
    int shown = stretch.entries.size();
    if (shown < MAX_ENTRIES || (mark.bad() && shown < MAX_ENTRIES + MAX_LATE)) {
      stretch.entries.add(entry(event, mark));
    } else {
      stretch.left++;
    }
  }

  private Found in(Stretch stretch) {
    return found.computeIfAbsent(stretch, s -> new Found());
  }

  /** Where the log of a PCR ends before the release's prediction does. */
  private void missing() {
    for (int pcr : boot.quoted()) {
      if (boot.endsEarly(pcr)) {
        var event = boot.firstMissed(pcr).orElseThrow();
        in(Stretch.ofPcr(pcr))
            .entries
            .add(
                new BootStage.Entry(
                    "missing-pcr-" + pcr,
                    "–",
                    "PCR " + pcr,
                    event.name(),
                    Mark.MISSING,
                    List.of("Type", event.type(), "Expected", event.digest().toString()),
                    List.of()));
      }
    }
  }

  private BootStage.Entry entry(TcgPcrEvent2 event, Mark mark) {
    var checked = event.checked();
    List<String> facts = new ArrayList<>();
    boot.failure(event)
        .ifPresent(failure -> {
          fact(facts, "Failed check", failure.id());
          fact(facts, "Expected", failure.expected());
          fact(facts, "Seen", failure.seen());
        });
    fact(facts, "Type", event.untrustedType().name());
    event
        .digests()
        .forEach(d -> d.digest().ifPresent(digest -> fact(facts, "Digest", digest.toString())));
    fact(facts, "Text beside it", vouched(checked, boot.bank()));
    fact(
        facts, "Place in the log", "event %d, offset %d".formatted(event.number(), event.offset()));
    var details = EventDetails.of(checked, false);
    return new BootStage.Entry(
        anchor(event),
        String.valueOf(event.number()),
        "PCR " + event.pcrIndex(),
        EventText.of(checked),
        mark,
        facts,
        details.subList(0, Math.min(MAX_DETAILS, details.size())));
  }

  static String anchor(TcgPcrEvent2 event) {
    return "event-" + event.number();
  }

  private static void fact(List<String> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.add(name);
      facts.add(value);
    }
  }

  /** Whether the text of an event is more than a claim. */
  private static String vouched(CheckedEvent event, HashAlgorithm bank) {
    var check = event.checks().get(bank);
    if (check == null) {
      return "no digest of the quoted bank";
    }
    return switch (check) {
      case DigestCheck.Verified verified -> "is what was measured";
      case DigestCheck.VerifiedWithQuirk quirk ->
          "is what was measured, by this firmware's rule " + quirk.id();
      case DigestCheck.Unverifiable unverifiable ->
          "is a claim; what was measured is not in the log, only its digest";
      case DigestCheck.Mismatch mismatch -> "is not what was measured";
    };
  }
}
