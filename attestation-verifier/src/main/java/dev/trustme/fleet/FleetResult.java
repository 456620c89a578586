// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.attest.DeviceState;
import dev.trustme.attest.Judgement;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.Digest;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One line of a fleet's results, schema {@code trustme/fleet-result/1}.
 *
 * @param number the place in the input, from 1
 * @param evidence the file, or the file and its line
 * @param digest SHA-256 over the evidence as it was found; absent where it could not be read
 * @param device whom the evidence speaks of; proven only if accepted
 * @param nonce the challenge that it used up, where the verifier keeps them
 * @param release what the device was held against; absent where no release is trusted
 * @param problem what could not be read
 * @param failures the checks that failed, in the order of the judgement
 * @param warnings checks whose failure the policy tolerates
 * @param state what later evidence must come after, where the verifier keeps it
 */
public record FleetResult(
    String schema,
    long number,
    String evidence,
    Optional<Digest> digest,
    Optional<DeviceId> device,
    Optional<Nonce> nonce,
    FleetVerdict verdict,
    Optional<Release> release,
    Instant at,
    Optional<String> problem,
    List<Failure> failures,
    List<String> warnings,
    Optional<DeviceState> state) {
  public static final String SCHEMA = "trustme/fleet-result/1";
  private static final int MAX_WORDS = 1000;

  public FleetResult {
    if (!SCHEMA.equals(schema)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA);
    }
    failures = List.copyOf(failures);
    warnings = List.copyOf(warnings);
  }

  /** The release that a device was held against. */
  public record Release(String name, long sequence) {
    static Release of(ReleaseManifest manifest) {
      return new Release(manifest.name(), manifest.sequence());
    }
  }

  /** A check that failed; long words are cut. */
  public record Failure(String id, String expected, String seen, String where) {
    static Failure of(Check check) {
      return new Failure(check.id(), cut(check.expected()), cut(check.seen()), cut(check.where()));
    }
  }

  private static String cut(String words) {
    return words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "…";
  }

  /** Where it was found, and when it was judged. */
  record Place(long number, String name, Optional<Digest> digest, Instant at) {}

  /** Evidence that was read and judged. */
  static FleetResult of(
      Place place, Evidence evidence, Judgement judgement, Optional<Nonce> nonce, boolean kept) {
    return switch (judgement) {
      case Judgement.Malformed malformed ->
          none(place, FleetVerdict.MALFORMED, String.valueOf(malformed.problem().getMessage()))
              .of(evidence.device(), nonce);
      case Judgement.Judged judged -> {
        var checks = judged.verdict().checks();
        yield new FleetResult(
            SCHEMA,
            place.number(),
            place.name(),
            place.digest(),
            Optional.of(evidence.device()),
            nonce,
            judged.accepted() ? FleetVerdict.ACCEPTED : FleetVerdict.REJECTED,
            judged.release().map(Release::of),
            place.at(),
            Optional.empty(),
            checks.stream().filter(Check::failed).map(Failure::of).toList(),
            checks.stream().filter(Check::warns).map(Check::id).toList(),
            kept ? state(judged.verdict()) : Optional.empty());
      }
    };
  }

  private static Optional<DeviceState> state(Verdict<VerifiedDevice> verdict) {
    return verdict instanceof Verdict.Accepted<VerifiedDevice> accepted
        ? Optional.of(accepted.value().state())
        : Optional.empty();
  }

  /** Evidence that was not judged, and why. */
  static FleetResult none(Place place, FleetVerdict verdict, String problem) {
    return new FleetResult(
        SCHEMA,
        place.number(),
        place.name(),
        place.digest(),
        Optional.empty(),
        Optional.empty(),
        verdict,
        Optional.empty(),
        place.at(),
        Optional.of(cut(problem)),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The same of a device that the evidence names. */
  FleetResult of(DeviceId named, Optional<Nonce> answered) {
    return new FleetResult(
        schema,
        number,
        evidence,
        digest,
        Optional.of(named),
        answered,
        verdict,
        release,
        at,
        problem,
        failures,
        warnings,
        state);
  }

  public boolean accepted() {
    return verdict == FleetVerdict.ACCEPTED;
  }
}
