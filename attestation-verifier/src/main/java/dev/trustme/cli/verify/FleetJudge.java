// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Judge;
import dev.trustme.attest.ListFloorStore;
import dev.trustme.attest.SeenLists;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.fleet.EnrolmentRecords;
import dev.trustme.fleet.FleetJournal;
import dev.trustme.fleet.FleetMemory;
import dev.trustme.release.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a fleet is judged by, and what is known of its devices. */
final class FleetJudge {
  @Mixin private JudgeInputs more = new JudgeInputs();

  @Option(
      names = "--release",
      paramLabel = "FILE",
      required = true,
      description = {
        "A signed release manifest that devices may run; may be repeated. Those that the policy"
            + " admits count; each device is held against the one whose values it quotes, as a"
            + " whole."
      })
  private List<Path> releaseFiles = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "What is demanded, and whom to believe (YAML).")
  private @Nullable Path policyFile;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = {
        "The folder given to 'trustme verify challenge'. It remembers the numbers of revocation lists"
            + " too: one that is older than one seen before is refused."
      })
  private @Nullable Path state;

  @Option(
      names = "--enrolments",
      paramLabel = "DIR",
      description = {
        "The devices' signed enrolment records: the folder 'devices' of the PKI that enrolled them,"
            + " or one with files named UUID.record.json. Default, and for devices without one: the"
            + " record in the evidence. They count if the policy names an enrolment authority."
      })
  private @Nullable Path enrolments;

  @Option(
      names = "--recorded",
      description = {
        "Judge recorded evidence, without challenges and without state: every nonce is taken for one"
            + " of this moment, and every --crl for the newest. It proves nothing of freshness."
      })
  private boolean recorded;

  /**
   * What was read: the judge, the anchors that it judges by, enrolment records beside the evidence,
   * and what a run's results say of it.
   */
  record Loaded(
      Judge judge, TrustAnchors anchors, EnrolmentRecords records, FleetJournal.Header header) {}

  Loaded load() throws IOException, FormatException {
    if (recorded == (state != null)) {
      throw CommandFailure.usage("one of --state and --recorded is needed");
    }
    var records = records();
    var file = held(PolicyFile.read(requireNonNull(policyFile), more.lists()));
    List<Digest> digests = new ArrayList<>();
    try {
      var judge = Judge.of(file.policy(), file.anchors(), releases(digests), more.manifests());
      var header = header(HashAlgorithm.SHA256.digest(file.text()), digests);
      return new Loaded(judge, file.anchors(), records, header);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--release: " + e.getMessage());
    }
  }

  private PolicyFile held(PolicyFile file) throws IOException, FormatException {
    return state == null ? file : file.withFloors(ListFloorStore.in(state).floors());
  }

  private List<DsseEnvelope> releases(List<Digest> digests) throws IOException, FormatException {
    List<DsseEnvelope> releases = new ArrayList<>();
    for (Path file : releaseFiles) {
      Bytes content = Inputs.read(file, DsseEnvelope.MAX_FILE);
      releases.add(Inputs.parse(file.toString(), content, DsseEnvelope::parse));
      digests.add(HashAlgorithm.SHA256.digest(content));
    }
    return releases;
  }

  /** What the operator gave and the policy does not take, as every device will fail by it. */
  List<String> warnings(Judge judge, Instant at) {
    var admitted = judge.admitted(at);
    return judge.offered().stream()
        .filter(release -> !admitted.contains(release))
        .map(FleetJudge::unused)
        .toList();
  }

  private static String unused(ReleaseManifest release) {
    return "release %s %d counts for no device: the policy does not admit it, or its signatures do"
            .formatted(release.name(), release.sequence())
        + " not hold now";
  }

  private FleetJournal.Header header(Digest policy, List<Digest> releases) {
    var sorted = releases.stream().sorted(Comparator.comparing(Digest::hex)).toList();
    return new FleetJournal.Header(
        FleetJournal.Header.SCHEMA, UUID.randomUUID(), policy, sorted, !recorded);
  }

  private EnrolmentRecords records() {
    if (enrolments != null && !Files.isDirectory(enrolments)) {
      throw CommandFailure.usage("--enrolments %s: is no folder".formatted(enrolments));
    }
    return new EnrolmentRecords(Optional.ofNullable(enrolments));
  }

  /** What a run knows of devices and of revocation lists, from this moment on. */
  FleetMemory memory(Loaded loaded, UUID run, Instant at) throws IOException, FormatException {
    return state == null
        ? new FleetMemory.None()
        : FleetMemory.Folder.open(
            state, run, SeenLists.begin(ListFloorStore.in(state), loaded.anchors(), at));
  }
}
