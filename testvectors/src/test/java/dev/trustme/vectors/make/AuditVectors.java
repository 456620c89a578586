// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.audit.Checkpoint;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.SigningLog;
import dev.trustme.issue.SigningLog.Entry;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.json.Json;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signing logs: what was done to one, and what shows it. */
final class AuditVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = Instant.parse("2026-11-23T12:00:00Z");

  private final FamilyMaker family;
  private final Identity anchor = TestPki.root(Shape.ca("Log Root", 1));
  private final Identity logKey = TestPki.issue(anchor, Shape.leaf("log", Role.LOG));
  private final Identity release = TestPki.issue(anchor, Shape.leaf("release", Role.RELEASE));
  private final List<Event> events =
      List.of(
          issued(anchor, anchor),
          issued(logKey, anchor),
          issued(release, anchor),
          signed("web.json"),
          signed("release.json"),
          signed("boot.efi"));
  private final List<Entry> entries = chain(events);
  private final Bytes log = lines(entries);

  AuditVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "audit", OURS);
  }

  private static Event issued(Identity certificate, Identity issuer) {
    return Event.issued("issue", certificate.certificate(), issuer.key().publicKey());
  }

  private Event signed(String name) {
    return Event.signed(
        "sign", name, release.certificate(), HashAlgorithm.SHA256.digest(Bytes.utf8(name)));
  }

  private static List<Entry> chain(List<Event> events) {
    List<Entry> chain = new ArrayList<>();
    for (Event event : events) {
      chain.add(entry(chain.size() + 1L, head(chain).digest(), event));
    }
    return chain;
  }

  private static Entry entry(long sequence, Digest previous, Event event) {
    return new Entry(
        sequence,
        previous,
        AT,
        event.action(),
        event.subject(),
        event.certificate(),
        event.artifact(),
        event.key(),
        event.serial(),
        sequence == 1 ? Optional.of(SigningLog.SCHEMA) : Optional.empty());
  }

  private static Head head(List<Entry> entries) {
    return entries.isEmpty()
        ? Head.EMPTY
        : new Head(HashAlgorithm.SHA256.digest(Json.write(entries.getLast())), entries.size());
  }

  private static Bytes lines(List<Entry> entries) {
    var text = new StringBuilder();
    entries.forEach(e -> text.append(Json.write(e).utf8()).append('\n'));
    return Bytes.utf8(text.toString());
  }

  void make() throws IOException, FormatException {
    family
        .file("log.jsonl", log)
        .file("roots.pem", Bytes.utf8(Certificates.pem(List.of(anchor.certificate()))));
    lines();
    heads();
    checkpoints();
    certificates();
    family.write();
  }

  private Vector log(String id, String comment, Map<String, String> context) {
    return family.accept(id, comment, Map.of("log", "log.jsonl"), context);
  }

  private void lines() throws IOException {
    Vector good = log("intact", "six entries, each with the digest of the line before", Map.of());
    family.file("torn.jsonl", Bytes.concat(log, Bytes.utf8("{\"sequence\":7,\"prev")));
    family.accept("torn", "a write that a power cut ended", Map.of("log", "torn.jsonl"), Map.of());
    family.file("earlier.jsonl", lines(earlier()));
    family.accept(
        "earlier",
        "of an earlier version: no schema, no key ids, no serial numbers",
        Map.of("log", "earlier.jsonl"),
        Map.of());
    String text = log.utf8();
    other(good, "edited", "a subject changed", text.replace("web.json", "wab.json"), "log-edited");
    other(good, "reordered", "two lines exchanged", order(0, 1, 3, 2, 4, 5), "log-reordered");
    other(good, "deleted", "two lines taken out", order(0, 1, 4, 5), "log-missing");
    other(good, "duplicated", "a line twice", order(0, 1, 2, 2, 3, 4, 5), "log-duplicated");
    var gap = new ArrayList<>(entries.subList(0, 3));
    gap.add(entry(5, head(gap).digest(), events.get(4)));
    other(good, "gap", "the digests fit, a number is left out", lines(gap).utf8(), "log-sequence");
    var late = new ArrayList<Entry>();
    late.add(entry(1, head(entries).digest(), events.getFirst()));
    other(good, "start", "the first entry follows another one", lines(late).utf8(), "log-start");
    other(
        good,
        "no-entry",
        "a line that is no entry",
        text + "{\"sequence\":7}\n",
        "signing log line 7: line 1, column 14: previous: 'previous' is missing");
    other(
        good,
        "no-digest",
        "a digest with a digit too few",
        text.replaceFirst("\"previous\":\"sha256:0", "\"previous\":\"sha256:"),
        "signing log line 1: line 1, column 26: previous: digest at offset 0 (0x0): expected"
            + " algorithm:lower-case-hex of the algorithm's size, found sha256:"
            + "0".repeat(63));
    other(
        good,
        "long-line",
        "a line that is longer than any entry",
        text + "x".repeat(65537) + "\n",
        "signing log line 7: is longer than 65536 bytes");
  }

  private List<Entry> earlier() {
    List<Entry> chain = new ArrayList<>();
    for (Event e : events) {
      var event =
          new Event(
              e.action(),
              e.subject(),
              e.certificate(),
              e.artifact(),
              Optional.empty(),
              Optional.empty());
      var entry = entry(chain.size() + 1L, head(chain).digest(), event);
      chain.add(
          new Entry(
              entry.sequence(),
              entry.previous(),
              entry.time(),
              entry.action(),
              entry.subject(),
              entry.certificate(),
              entry.artifact(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));
    }
    return chain;
  }

  private String order(int... indices) {
    List<Entry> chosen = new ArrayList<>();
    for (int index : indices) {
      chosen.add(entries.get(index));
    }
    return lines(chosen).utf8();
  }

  private void other(Vector twin, String id, String comment, String text, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "log", Bytes.utf8(text), reason);
  }

  /** All hashed anew behind the first line, as somebody can who writes the folder. */
  private List<Entry> rewritten() {
    var changed = new ArrayList<>(events);
    Collections.swap(changed, 1, 2);
    return chain(changed);
  }

  private void heads() throws IOException {
    String digest = head(entries.subList(0, 5)).digest().toString();
    Vector kept =
        log(
            "kept-head",
            "the head after five entries was kept elsewhere",
            Map.of("head", digest, "entries", "5"));
    other(kept, "cut", "cut behind the fourth entry", order(0, 1, 2, 3), "log-cut");
    other(
        kept,
        "rewritten",
        "two entries exchanged and all hashed anew",
        lines(rewritten()).utf8(),
        "log-head");
    Vector alone = log("kept-digest", "a digest was kept alone", Map.of("head", digest));
    other(alone, "cut-alone", "cut before that digest", order(0, 1, 2), "log-head-unknown");
  }

  private DsseEnvelope checkpoint(Identity signer, Checkpoint checkpoint) {
    return new DsseSigner(signer.key(), List.of(signer.certificate()))
        .sign(Checkpoint.TYPE, checkpoint.encode());
  }

  private Checkpoint stated(long number, Head head, Optional<Digest> previous) {
    return new Checkpoint(
        Checkpoint.SCHEMA,
        number,
        head(entries.subList(0, 1)).digest(),
        head.entries(),
        head.digest(),
        number == 1 ? AT : LATER,
        previous);
  }

  private void checkpoints() throws IOException {
    var first = stated(1, head(entries.subList(0, 3)), Optional.empty());
    var previous = Optional.of(HashAlgorithm.SHA256.digest(first.encode()));
    var second = stated(2, head(entries), previous);
    var signedFirst = checkpoint(logKey, first);
    family
        .file("checkpoint-1.json", signedFirst.encode())
        .file("checkpoint-2.json", checkpoint(logKey, second).encode());
    Vector good =
        family.accept(
            "checkpoints",
            "two checkpoints by the log key",
            Map.of(
                "log", "log.jsonl",
                "checkpoint-1", "checkpoint-1.json",
                "checkpoint-2", "checkpoint-2.json",
                "roots", "roots.pem"),
            Map.of());
    other(
        good, "cut-behind-checkpoint", "cut between the two", order(0, 1, 2, 3), "checkpoint-cut");
    other(
        good,
        "rewritten-behind-checkpoint",
        "hashed anew from the second line on",
        lines(rewritten()).utf8(),
        "checkpoint-head");
    signatures(good, first, signedFirst);
    series(good, second, previous);
  }

  private void signatures(Vector good, Checkpoint first, DsseEnvelope signed) throws IOException {
    var edited = Bytes.utf8(first.encode().utf8().replace("\"entries\":3", "\"entries\":2"));
    replace(
        good,
        "forged",
        "the number of entries changed after signing",
        new DsseEnvelope(signed.payloadType(), edited, signed.signatures()),
        "checkpoint-signature");
    replace(
        good,
        "other-role",
        "signed by the release key",
        checkpoint(release, first),
        "checkpoint-signer-role");
    replace(
        good,
        "other-type",
        "signed as something else",
        new DsseSigner(logKey.key(), List.of(logKey.certificate()))
            .sign(DsseEnvelope.RELEASE, first.encode()),
        "checkpoint-payload-type");
    var stranger =
        TestPki.issue(TestPki.root(Shape.ca("Other Root", 1)), Shape.leaf("log", Role.LOG));
    replace(
        good,
        "stranger",
        "signed by a log key of another root",
        checkpoint(stranger, first),
        "checkpoint-certificate-anchor");
  }

  private void replace(Vector good, String id, String comment, DsseEnvelope first, String reason)
      throws IOException {
    family.otherFile(good, id, comment, "checkpoint-1", first.encode(), reason);
  }

  private void series(Vector good, Checkpoint second, Optional<Digest> previous)
      throws IOException {
    second(
        good,
        "lost",
        "the second is numbered three",
        stated(3, head(entries), previous),
        "checkpoint-missing");
    var other = Optional.of(HashAlgorithm.SHA256.digest(Bytes.empty()));
    second(
        good,
        "branch",
        "the second follows another first",
        stated(2, head(entries), other),
        "checkpoint-previous");
    second(
        good,
        "back",
        "the second states fewer entries than the first",
        stated(2, head(entries.subList(0, 2)), previous),
        "checkpoint-order");
    var foreign =
        new Checkpoint(
            second.schema(),
            2,
            HashAlgorithm.SHA256.digest(Bytes.utf8("another log")),
            second.entries(),
            second.head(),
            second.time(),
            second.previous());
    second(good, "other-log", "the second is of another log", foreign, "checkpoint-log");
  }

  private void second(Vector good, String id, String comment, Checkpoint stated, String reason)
      throws IOException {
    family.otherFile(
        good, id, comment, "checkpoint-2", checkpoint(logKey, stated).encode(), reason);
  }

  private void certificates() throws IOException {
    var all = List.of(anchor.certificate(), logKey.certificate(), release.certificate());
    family.file("issued.pem", Bytes.utf8(Certificates.pem(all)));
    Vector good =
        family.accept(
            "issued",
            "every certificate has its entry",
            Map.of("log", "log.jsonl", "issued", "issued.pem"),
            Map.of());
    family.otherFile(
        good,
        "certificate-taken-out",
        "a certificate that an entry tells of is not there",
        "issued",
        Bytes.utf8(Certificates.pem(all.subList(0, 2))),
        "certificate-gone");
    var more = new ArrayList<>(all);
    more.add(TestPki.issue(anchor, Shape.leaf("unlogged", Role.BOOT)).certificate());
    family.otherFile(
        good,
        "certificate-unlogged",
        "a certificate that no entry tells of",
        "issued",
        Bytes.utf8(Certificates.pem(more)),
        "certificate-unlogged");
  }
}
