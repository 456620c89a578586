// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.bytes.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What changes from one release to the next: schema {@code trustme/release-diff/1}. Compares what
 * the two manifests say; who signed them is not looked at.
 */
public record ReleaseDiff(
    String schema,
    Change<Long> sequence,
    List<Named<Artifact>> artifacts,
    List<Named<ContainerEntry>> containers,
    List<Signers> signers,
    List<Pcr> measurements,
    List<Named<List<ShippedDigest>>> files,
    Change<Floors> floors,
    List<Need> needs) {
  public static final String SCHEMA = "trustme/release-diff/1";

  public ReleaseDiff {
    artifacts = List.copyOf(artifacts);
    containers = List.copyOf(containers);
    signers = List.copyOf(signers);
    measurements = List.copyOf(measurements);
    files = List.copyOf(files);
    needs = List.copyOf(needs);
  }

  /** Before and after; absent where there was or is none. */
  public record Change<T>(Optional<T> before, Optional<T> after) {
    boolean same() {
      return before.equals(after);
    }
  }

  /** Something with a name that is not the same in both. */
  public record Named<T>(String name, Optional<T> before, Optional<T> after) {}

  /** Certificates (fingerprints) that signed for a use in one release only. */
  public record Signers(String use, List<Digest> gone, List<Digest> added) {
    public Signers {
      gone = List.copyOf(gone);
      added = List.copyOf(added);
    }
  }

  /**
   * One PCR whose prediction changes.
   *
   * @param events what is measured in one release only, in its order
   */
  public record Pcr(
      String path, String phase, int pcr, String bank, Change<Digest> value, List<Event> events) {
    public Pcr {
      events = List.copyOf(events);
    }
  }

  /**
   * One event of one release only.
   *
   * @param sign {@code -} was measured, {@code +} will be
   */
  public record Event(String sign, String type, String name, Digest digest) {}

  /** Something that a device or its operator needs to accept the later release. */
  public record Need(String id, String words) {}

  public static ReleaseDiff of(ReleaseManifest before, ReleaseManifest after) {
    var signers = signers(before.signers(), after.signers());
    var measurements = measurements(before.measurements(), after.measurements());
    return new ReleaseDiff(
        SCHEMA,
        new Change<>(Optional.of(before.sequence()), Optional.of(after.sequence())),
        named(before.artifacts(), after.artifacts(), a -> a.kind() + " " + a.name()),
        named(before.containers(), after.containers(), ContainerEntry::name),
        signers,
        measurements,
        files(before, after),
        new Change<>(before.floors(), after.floors()),
        new ReleaseNeeds(before, after).list(signers, measurements));
  }

  private static List<Named<List<ShippedDigest>>> files(
      ReleaseManifest before, ReleaseManifest after) {
    var old = before.files().map(ShippedFiles::byPath).orElse(new TreeMap<>());
    var now = after.files().map(ShippedFiles::byPath).orElse(new TreeMap<>());
    Set<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(now.keySet());
    return paths.stream()
        .map(path ->
            new Named<>(
                path, Optional.ofNullable(old.get(path)), Optional.ofNullable(now.get(path))))
        .filter(file -> !file.before().equals(file.after()))
        .toList();
  }

  private static <T> List<Named<T>> named(
      List<T> before, List<T> after, Function<T, String> nameOf) {
    Map<String, T> old = new LinkedHashMap<>();
    before.forEach(item -> old.put(nameOf.apply(item), item));
    Map<String, T> now = new LinkedHashMap<>();
    after.forEach(item -> now.put(nameOf.apply(item), item));
    Set<String> names = new LinkedHashSet<>(old.keySet());
    names.addAll(now.keySet());
    List<Named<T>> changes = new ArrayList<>();
    for (String name : names) {
      var was = Optional.ofNullable(old.get(name));
      var is = Optional.ofNullable(now.get(name));
      if (!was.equals(is)) {
        changes.add(new Named<>(name, was, is));
      }
    }
    return changes;
  }

  private static List<Signers> signers(
      Map<String, List<Digest>> before, Map<String, List<Digest>> after) {
    Set<String> uses = new TreeSet<>(before.keySet());
    uses.addAll(after.keySet());
    List<Signers> changes = new ArrayList<>();
    for (String use : uses) {
      List<Digest> old = before.getOrDefault(use, List.of());
      List<Digest> now = after.getOrDefault(use, List.of());
      var gone = old.stream().filter(d -> !now.contains(d)).toList();
      var added = now.stream().filter(d -> !old.contains(d)).toList();
      if (!gone.isEmpty() || !added.isEmpty()) {
        changes.add(new Signers(use, gone, added));
      }
    }
    return changes;
  }

  private static List<Pcr> measurements(List<Measurement> before, List<Measurement> after) {
    Map<String, Change<Measurement>> pairs = new TreeMap<>();
    before.forEach(m -> pairs.put(m.key(), new Change<>(Optional.of(m), Optional.empty())));
    after.forEach(m ->
        pairs.merge(
            m.key(),
            new Change<>(Optional.empty(), Optional.of(m)),
            (old, now) -> new Change<>(old.before(), now.after())));
    List<Pcr> changes = new ArrayList<>();
    for (var pair : pairs.values()) {
      if (!pair.same()) {
        var any = pair.after().or(pair::before).orElseThrow();
        changes.add(
            new Pcr(
                any.path(),
                any.phase(),
                any.pcr(),
                any.bank().label(),
                new Change<>(
                    pair.before().map(Measurement::value), pair.after().map(Measurement::value)),
                events(pair)));
      }
    }
    changes.sort(java.util.Comparator.comparingInt(Pcr::pcr));
    return changes;
  }

  private static List<Event> events(Change<Measurement> pair) {
    return EventDiff.of(
        pair.before().map(Measurement::events).orElse(List.of()),
        pair.after().map(Measurement::events).orElse(List.of()));
  }

  /** Whether nothing changes but sequence and dates. */
  public boolean isEmpty() {
    return artifacts.isEmpty()
        && containers.isEmpty()
        && signers.isEmpty()
        && measurements.isEmpty()
        && files.isEmpty()
        && floors.same();
  }
}
