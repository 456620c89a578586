// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Measurement;
import dev.trustme.report.FleetPage;
import dev.trustme.report.HtmlReport;
import dev.trustme.report.PreparedFleets;
import dev.trustme.report.ReportSources;
import dev.trustme.report.VerdictReport;
import dev.trustme.tpm.TpmsClockInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Verdicts of well-known troubles, for reports to tell them apart. */
public final class PreparedVerdicts {
  /** A verdict and what it was made from. */
  public record Prepared(String name, VerdictReport report, ReportSources sources) {}

  public static final DeviceId DEVICE_ID = Scenario.DEVICE;
  public static final Instant AT = Scenario.NOW;

  private static final Path REAL_EVIDENCE = Path.of("../testvectors/vectors/evidence/good.json");

  private PreparedVerdicts() {}

  public static List<Prepared> all() throws FormatException, IOException {
    return List.of(
        accepted(),
        wrongKernel(),
        staleDbx(),
        oldContainer(),
        replayedQuote(),
        editedLog(),
        tooOld(),
        signedFiles(),
        editedFile(),
        malformed());
  }

  /** What all of them are judged by. */
  public static Policy policy() {
    return Scenario.policy("");
  }

  /** Writes the pages of all of them into a folder: for looking at them. */
  public static void main(String... args) throws FormatException, IOException {
    for (Prepared each : all()) {
      Files.write(
          Path.of(args[0], each.name() + ".html"),
          HtmlReport.of(each.report(), each.sources()).toArray());
    }
    for (var fleet : PreparedFleets.all().entrySet()) {
      Files.write(
          Path.of(args[0], fleet.getKey() + ".html"), FleetPage.of(fleet.getValue()).toArray());
    }
  }

  public static Prepared accepted() throws FormatException, IOException {
    return judged("accepted", named());
  }

  /** The release's kernel is another: its section, and the whole image. */
  public static Prepared wrongKernel() throws FormatException, IOException {
    var scenario = named();
    scenario.predictions =
        scenario.predictions.stream()
            .map(m -> changed(m, m.pcr() == 11 ? ".linux" : "unified kernel image"))
            .toList();
    return judged("wrong-kernel", scenario);
  }

  public static Prepared staleDbx() throws FormatException, IOException {
    var scenario = named();
    scenario.predictions = scenario.predictions.stream().map(m -> changed(m, "dbx")).toList();
    return judged("stale-dbx", scenario);
  }

  /** Of two containers the second was started in a version that the policy no longer takes. */
  public static Prepared oldContainer() throws FormatException, IOException {
    var scenario = named();
    var database = container("database", 3);
    var web = container("web", 9);
    scenario.containers = List.of(database, web);
    var log = started(started(ContainerLog.empty(), database), web);
    scenario.started = Optional.of(log);
    scenario.claimed.put(web.pcr(), log.replay(Scenario.BANK));
    scenario.policy =
        Scenario.policy("  containers: {pcr: 13, content: verity, floors: {web: 10}}\n");
    scenario.requote();
    return judged("old-container", scenario);
  }

  private static ContainerEntry container(String name, long version) {
    var digest = HashAlgorithm.SHA256.digest(Bytes.utf8(name + version));
    return new ContainerEntry(name, version, digest, digest, digest, 13);
  }

  private static ContainerLog started(ContainerLog log, ContainerEntry entry) {
    int number = log.records().size();
    var event =
        new ContainerEvent(
            entry.manifest(),
            entry.rootHash(),
            entry.launch(),
            "verity",
            ContainerEvent.NO_LABEL,
            Optional.empty(),
            number);
    return log.with(CelRecord.of(number, entry.pcr(), event, Set.of(Scenario.BANK)));
  }

  /** The quote answers an earlier challenge, and its clock is that of then. */
  public static Prepared replayedQuote() throws FormatException, IOException {
    var scenario = named();
    scenario.last =
        Optional.of(
            DeviceState.of(
                Scenario.DEVICE, new TpmsClockInfo(90000, 3, 0, true), 41, Scenario.NOW));
    scenario.nonce = new Nonce(Bytes.utf8("an earlier challenge, long ago.."));
    scenario.requote();
    scenario.nonce = new Scenario().nonce;
    return judged("replayed-quote", scenario);
  }

  /** The log says that Secure Boot was on; the digest beside it says that it was off. */
  public static Prepared editedLog() throws FormatException, IOException {
    var scenario = named();
    var log = EventLog.parse(scenario.log);
    var event =
        log.events().stream().filter(e -> name(e).equals("SecureBoot")).findFirst().orElseThrow();
    Bytes raw = scenario.log;
    int end = Math.toIntExact(event.offset()) + eventEnd(event);
    scenario.log = Bytes.concat(raw.slice(0, end - 1), Bytes.zeros(1), raw.slice(end, raw.size()));
    return judged("edited-log", scenario);
  }

  private static int eventEnd(TcgPcrEvent2 event) {
    int digests = event.digests().stream().mapToInt(d -> 2 + d.value().size()).sum();
    return 4 + 4 + 4 + digests + 4 + event.event().size();
  }

  public static Prepared tooOld() throws FormatException, IOException {
    var scenario = named();
    scenario.sequence = 40;
    return judged("release-too-old", scenario);
  }

  /** The device runs files that are signed, and one that the release lists. */
  public static Prepared signedFiles() throws FormatException, IOException {
    var files = new FileScenario();
    return judged("signed-files", files.measuring(files.log(12)));
  }

  /** One of the signed files was changed on the device, and one of the release. */
  public static Prepared editedFile() throws FormatException, IOException {
    var files = new FileScenario();
    var log = files.log(250);
    files.edited(log, "/usr/bin/edited");
    FileScenario.unsigned(log, FileScenario.RELEASED, "another content");
    return judged("edited-file", files.measuring(log));
  }

  public static Prepared malformed() throws FormatException, IOException {
    var scenario = named();
    scenario.log = scenario.log.slice(0, scenario.log.size() - 7);
    var evidence = withFiles(scenario.evidence());
    try {
      scenario.judge();
      throw new IllegalStateException("judged");
    } catch (FormatException e) {
      return new Prepared(
          "malformed",
          VerdictReport.malformed(
              Optional.of(Scenario.DEVICE), Scenario.NOW, String.valueOf(e.getMessage())),
          new ReportSources(Optional.of(evidence), Optional.empty(), scenario.policy));
    }
  }

  static Prepared judged(String name, Scenario scenario) throws FormatException, IOException {
    var verdict = scenario.judge();
    var manifest = scenario.manifest();
    var report =
        VerdictReport.of(
            verdict,
            scenario.device,
            Optional.of(VerdictReport.Release.of(manifest)),
            Scenario.NOW);
    return new Prepared(
        name,
        report,
        new ReportSources(
            Optional.of(
                scenario.ima.isPresent() ? scenario.evidence() : withFiles(scenario.evidence())),
            Optional.of(manifest),
            scenario.policy,
            Optional.of(scenario.anchors())));
  }

  /** With a real IMA log beside the firmware's. */
  private static Evidence withFiles(Evidence evidence) throws FormatException, IOException {
    var real = Evidence.parse(Bytes.copyOf(Files.readAllBytes(REAL_EVIDENCE)));
    return withLogs(
        evidence,
        new Evidence.Logs(evidence.logs().tcg(), real.logs().ima(), evidence.logs().containers()));
  }

  /** The same evidence with another firmware log. */
  public static Evidence withLog(Evidence evidence, Bytes tcg) {
    return withLogs(
        evidence, new Evidence.Logs(tcg, evidence.logs().ima(), evidence.logs().containers()));
  }

  private static Evidence withLogs(Evidence evidence, Evidence.Logs logs) {
    return new Evidence(
        evidence.schema(),
        evidence.device(),
        evidence.nonce(),
        evidence.created(),
        evidence.quote(),
        evidence.pcrs(),
        evidence.ak(),
        evidence.enrolment(),
        logs);
  }

  /** A good device whose release names its events as 'trustme sign release' does. */
  static Scenario named() throws FormatException {
    var scenario = new Scenario();
    var log = Replay.replay(EventLog.parse(scenario.log));
    List<Measurement> named = new ArrayList<>();
    for (Measurement each : scenario.predictions) {
      List<Measurement.Event> events = new ArrayList<>();
      for (TcgPcrEvent2 event : log.measuredEvents(each.pcr())) {
        events.add(
            new Measurement.Event(
                event.untrustedType().name(),
                name(event),
                event.digest(Scenario.BANK).orElseThrow()));
      }
      named.add(Measurement.of(each.path(), each.phase(), each.pcr(), each.bank(), events));
    }
    scenario.predictions = named;
    return scenario;
  }

  private static String name(TcgPcrEvent2 event) {
    return switch (event.untrustedData()) {
      case EventData.UefiVariable variable -> variable.variable().unicodeName();
      case EventData.IplText(String text) -> text;
      case EventData.ActionText(String text) -> text;
      case EventData.TaggedEvent tag
          when tag.taggedEventId() == EventData.TaggedEvent.LOAD_OPTIONS_EVENT_TAG_ID ->
          "LOADED_IMAGE::LoadOptions";
      case EventData.TaggedEvent tag -> "Linux initrd";
      case EventData.BootServicesApplication image -> "unified kernel image";
      default -> "separator";
    };
  }

  /** The prediction with another digest for the last event of this name. */
  private static Measurement changed(Measurement measurement, String name) {
    List<Measurement.Event> events = new ArrayList<>(measurement.events());
    for (int i = events.size() - 1; i >= 0; i--) {
      if (events.get(i).name().equals(name)) {
        var other = HashAlgorithm.SHA256.digest(Bytes.utf8("another " + name));
        events.set(i, new Measurement.Event(events.get(i).type(), name, other));
        break;
      }
    }
    return Measurement.of(
        measurement.path(), measurement.phase(), measurement.pcr(), measurement.bank(), events);
  }
}
