// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.release.Artifact;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Floors;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Family release: manifests that are signed as they should be, and say what they should not. */
final class ReleaseVectors {
  private final FamilyMaker family;
  private final Identity root = SeededPki.root(Plan.authority("release root", 1));
  private final Identity signer = SeededPki.issue(root, Plan.leaf("release", 10, Role.RELEASE));
  private final Identity second = SeededPki.issue(root, Plan.leaf("release two", 11, Role.RELEASE));
  private final Envelopes envelopes = new Envelopes(root);
  private final String manifest = manifest().encode().utf8();

  ReleaseVectors(Path folder) throws IOException {
    family =
        new FamilyMaker(
            folder,
            "release",
            "made by this project with keys that everybody can compute; Apache-2.0");
  }

  private static Digest digest(String of) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(of));
  }

  private static ReleaseManifest manifest() {
    return ReleaseManifest.of(
        "gateway",
        41,
        new ReleaseManifest.Validity(
            Instant.parse("2026-11-01T00:00:00Z"),
            Instant.parse("2027-11-01T00:00:00Z"),
            Optional.of(new Floors(40, Map.of("web", 8L), Map.of("systemd", 1L)))),
        new ReleaseManifest.Contents(
            List.of(
                new Artifact(
                    "uki",
                    "boot.efi",
                    15623168,
                    Map.of("sha256", digest("uki"), "authenticode-sha256", digest("pe")),
                    Optional.of(digest("boot")),
                    Optional.of("systemd-stub 252.39-1~deb12u2")),
                new Artifact(
                    "module",
                    "net.ko",
                    4096,
                    Map.of("sha256", digest("net")),
                    Optional.of(digest("module")),
                    Optional.empty())),
            List.of(new ContainerEntry("web", 9, digest("m"), digest("r"), digest("l"), 13)),
            List.of(
                Measurement.of(
                    "direct-uki",
                    "kernel",
                    11,
                    HashAlgorithm.SHA256,
                    List.of(new Measurement.Event("EV_IPL", ".linux", digest("linux")))))),
        Map.of("modules", List.of(digest("module")), "firmware", List.of(digest("boot"))));
  }

  private Bytes signed(String payload, Identity... signers) {
    return envelopes.sign(DsseEnvelope.RELEASE, Bytes.utf8(payload), signers).encode();
  }

  void make() throws IOException {
    family.file("roots.pem", Bytes.utf8(Certificates.pem(List.of(root.certificate()))));
    var good = accept("good", "one release key signed", "1", signed(manifest, signer));
    var plain = manifest.replaceFirst("\"floors\":\\{.*?\\}\\},", "");
    var unused = accept("no-floors", "a release that raises no floor", "1", signed(plain, signer));
    unused =
        accept("two-keys", "two release keys asked for", "2", signed(manifest, signer, second));
    fields(good);
    twice(good);
    floors(good);
    judged(good);
    family.write();
  }

  private Vector accept(String id, String comment, String threshold, Bytes envelope)
      throws IOException {
    family.file(id + ".json", envelope);
    return family.accept(
        id,
        comment,
        Map.of("envelope", id + ".json", "roots", "roots.pem"),
        Map.of("threshold", threshold, "at", "2026-11-22T12:00:00Z"));
  }

  /** The same manifest with one thing exchanged, signed as it is. */
  private void other(Vector twin, String id, String comment, String from, String to, String reason)
      throws IOException {
    if (!manifest.contains(from)) {
      throw new IllegalStateException(id + ": not in the manifest: " + from);
    }
    int at = manifest.indexOf(from);
    String changed = manifest.substring(0, at) + to + manifest.substring(at + from.length());
    var unused = family.otherFile(twin, id, comment, "envelope", signed(changed, signer), reason);
  }

  private void fields(Vector good) throws IOException {
    other(
        good,
        "sequence-zero",
        "sequences begin at 1",
        "\"sequence\":41",
        "\"sequence\":0",
        "release manifest: line 1, column 1577: sequence: expected 1 or more, found 0");
    other(
        good,
        "sequence-negative",
        "a negative sequence",
        "\"sequence\":41",
        "\"sequence\":-1",
        "release manifest: line 1, column 1578: sequence: expected 1 or more, found " + "-1");
    other(
        good,
        "sequence-text",
        "the sequence is a string",
        "\"sequence\":41",
        "\"sequence\":\"41\"",
        "release manifest: line 1, column 59: sequence: Cannot coerce String value "
            + "(\"41\") to `long` value");
    other(
        good,
        "sequence-missing",
        "no sequence",
        "\"sequence\":41,",
        "",
        "release manifest: line 1, column 1564: sequence: Cannot map `null` into " + "type `long`");
    other(
        good,
        "unknown-field",
        "a field that the schema does not have",
        "\"sequence\":41",
        "\"sequence\":41,\"surplus\":1",
        "release manifest: line 1, column 1591: surplus: Unrecognized field \"surplus\"");
    other(
        good,
        "duplicate-field",
        "the sequence twice",
        "\"sequence\":41",
        "\"sequence\":41,\"sequence\":42",
        "release manifest: line 1, column 72: Duplicate field 'sequence'");
    other(
        good,
        "other-schema",
        "a schema to come",
        "trustme/release/1",
        "trustme/release/2",
        "release manifest: line 1, column 1578: schema: expected trustme/release/1, "
            + "found trustme/release/2");
    other(
        good,
        "digest-upper-case",
        "a digest in upper case",
        digest("net").hex(),
        digest("net").hex().toUpperCase(java.util.Locale.ROOT),
        "release manifest: line 1, column 638: artifacts[1].digests.sha256: digest "
            + "at offset 0 (0x0): expected algorithm:lower-case-hex of the algorithm's "
            + "size, found "
            + "sha256:A08A0FCBDEAFD3C1B3A4B495B9A9C9D96850F08946B52BC0622347D3B6E73B78");
    other(
        good,
        "digest-short",
        "a digest without its last byte",
        digest("net").hex(),
        digest("net").hex().substring(2),
        "release manifest: line 1, column 638: artifacts[1].digests.sha256: digest "
            + "at offset 0 (0x0): expected algorithm:lower-case-hex of the algorithm's "
            + "size, found "
            + "sha256:8a0fcbdeafd3c1b3a4b495b9a9c9d96850f08946b52bc0622347d3b6e73b78");
    other(
        good,
        "digest-unknown",
        "a digest by an algorithm that is none of ours",
        "\"sha256\":\"sha256:" + digest("net").hex(),
        "\"sha256\":\"md5:" + digest("net").hex().substring(32),
        "release manifest: line 1, column 638: artifacts[1].digests.sha256: digest "
            + "at offset 0 (0x0): expected algorithm:lower-case-hex of the algorithm's "
            + "size, found md5:6850f08946b52bc0622347d3b6e73b78");
    other(
        good,
        "ends-before-it-begins",
        "not-after is before created",
        "2027-11-01",
        "2026-10-01",
        "release manifest: line 1, column 1578: not-after: 2026-10-01T00:00:00Z is "
            + "not after created 2026-11-01T00:00:00Z");
    other(
        good,
        "name-climbs",
        "a name that is a path",
        "\"gateway\"",
        "\"../gateway\"",
        "release manifest: line 1, column 1581: name: expected letters, digits and . "
            + "_ + - (at most 128)");
    other(
        good,
        "value-not-replayed",
        "the predicted value is not what its events add up to",
        manifest().measurements().getFirst().value().hex(),
        digest("another").hex(),
        "release manifest: line 1, column 1391: measurements[0]: measurements.value: "
            + "PCR 11 says "
            + "sha256:ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5, "
            + "its events replay to "
            + "sha256:4cc49932dc91c7021e5cfee8231a5f2da3ac1de6df7a7aeff333cc8dfd230f28");
    other(
        good,
        "resettable-pcr",
        "a prediction of PCR 16",
        "\"pcr\":11",
        "\"pcr\":16",
        "release manifest: line 1, column 1391: measurements[0]: measurements.pcr: "
            + "expected 1 to 15, found 16");
    other(
        good,
        "trailing-data",
        "something after the manifest",
        "]}}",
        "]}}{}",
        "release manifest: line 1, column 1579: Trailing token (of type "
            + "START_OBJECT) found after value");
  }

  private void twice(Vector good) throws IOException {
    other(
        good,
        "artifact-twice",
        "two artefacts of one kind and name",
        "\"kind\":\"module\",\"name\":\"net.ko\"",
        "\"kind\":\"uki\",\"name\":\"boot.efi\"",
        "release manifest: line 1, column 1577: artifacts: uki boot.efi appears twice");
    int from = manifest.indexOf("\"containers\":[{") + 14;
    String container = manifest.substring(from, manifest.indexOf("}]", from) + 1);
    other(
        good,
        "container-twice",
        "one container twice",
        container,
        container + "," + container,
        "release manifest: line 1, column 1868: containers: web appears twice");
  }

  private void floors(Vector good) throws IOException {
    other(
        good,
        "floor-above-version",
        "the floor of a container is above the version that the release has",
        "\"web\":8",
        "\"web\":10",
        "release manifest: line 1, column 1579: floors.containers: web 10 is above "
            + "the release's own version 9");
    other(
        good,
        "floor-above-sequence",
        "the floor of releases is above this release",
        "\"release\":40",
        "\"release\":42",
        "release manifest: line 1, column 1578: floors.release: 42 is above the "
            + "release's own sequence 41");
    other(
        good,
        "floor-zero",
        "a floor of 0",
        "\"web\":8",
        "\"web\":0",
        "release manifest: line 1, column 196: floors: floors.containers: expected 1 "
            + "or more, found 0");
    other(
        good,
        "floor-unknown",
        "a floor that the schema does not have",
        "\"release\":40",
        "\"release\":40,\"layer\":38",
        "release manifest: line 1, column 208: floors.layer: Unrecognized field " + "\"layer\"");
  }

  /** What is judged with the signatures, and the times. */
  private void judged(Vector good) throws IOException {
    var unused =
        family
            .otherContext(
                good,
                "expired",
                "after not-after",
                "at",
                "2027-11-01T00:00:00Z",
                "release-validity, expected 2026-11-01T00:00:00Z to 2027-11-01T00:00:00Z, "
                    + "found 2027-11-01T00:00:00Z")
            .otherContext(
                good,
                "not-yet",
                "before created",
                "at",
                "2026-10-31T23:59:59Z",
                "release-validity, expected 2026-11-01T00:00:00Z to 2027-11-01T00:00:00Z, "
                    + "found 2026-10-31T23:59:59Z")
            .otherContext(
                good,
                "threshold-two",
                "two keys asked for, one signed",
                "threshold",
                "2",
                "signatures, expected 2 trusted for role release, found 1 of 1")
            .otherFile(
                good,
                "other-role",
                "signed by a key for layers",
                "envelope",
                signed(manifest, SeededPki.issue(root, Plan.leaf("layer", 12, Role.LAYER))),
                "signer-role, expected release, found [LAYER]")
            .otherFile(
                good,
                "other-payload-type",
                "the manifest in an envelope for enrolment records",
                "envelope",
                envelopes.sign(DsseEnvelope.ENROLMENT, Bytes.utf8(manifest), signer).encode(),
                "payload-type, expected application/vnd.trustme.release+json, found "
                    + "application/vnd.trustme.enrolment+json");
  }
}
