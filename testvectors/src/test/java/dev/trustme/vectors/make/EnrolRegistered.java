// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.EnrolFixtures.entry;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.key.SigningKey;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.util.TreeMap;

/** The same request beside devices that are enrolled already. */
final class EnrolRegistered {
  private static final DeviceId OTHER = new DeviceId("8d9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  private static final DeviceId THIRD = new DeviceId("9e9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");

  private final FamilyMaker family;
  private final Vector good;
  private final Identity maker;
  private final SigningKey ekKey;

  EnrolRegistered(FamilyMaker family, Vector good, Identity maker, SigningKey ekKey) {
    this.family = family;
    this.good = good;
    this.maker = maker;
    this.ekKey = ekKey;
  }

  void make() throws IOException {
    family.file(
        "registered-other.json", entry(maker, OTHER, HashAlgorithm.SHA256.digest(Bytes.empty())));
    var files = new TreeMap<>(good.files());
    files.put("registered", "registered-other.json");
    var beside =
        family.accept("beside-another", "another device is enrolled", files, good.context());
    Digest same = HashAlgorithm.SHA256.digest(Bytes.copyOf(ekKey.publicKey().getEncoded()));
    var elsewhere = HashAlgorithm.SHA256.digest(Bytes.zeros(1));
    family.otherFile(
        beside,
        "device-enrolled",
        "a device of this UUID is enrolled",
        "registered",
        entry(maker, EnrolVectors.DEVICE, elsewhere),
        "device-unique enrolled 2026-10-01T00:00:00Z");
    family.otherFile(
        beside,
        "tpm-enrolled",
        "another device is enrolled with this endorsement key",
        "registered",
        entry(maker, OTHER, same),
        "ek-unique that of " + OTHER);
    replaced(entry(maker, EnrolVectors.DEVICE, elsewhere));
    family.file("registered-same-tpm.json", entry(maker, OTHER, same));
    files.put("registered", "registered-same-tpm.json");
    var context = new TreeMap<>(good.context());
    context.put("also-of", OTHER.uuid());
    var also =
        family.accept("tpm-also-of", "its TPM may be the one of this device", files, context);
    family.otherContext(
        also,
        "tpm-also-of-a-third",
        "its TPM may be the one of a third device",
        "also-of",
        THIRD.uuid(),
        "ek-unique that of %s, allowed is that of %s".formatted(OTHER, THIRD));
  }

  private void replaced(Bytes known) throws IOException {
    family.file("registered-same-device.json", known);
    var files = new TreeMap<>(good.files());
    files.put("registered", "registered-same-device.json");
    var context = new TreeMap<>(good.context());
    context.put("replace", "true");
    var twin =
        family.accept("device-replaced", "the enrolled device shall be replaced", files, context);
    family.otherFile(
        twin,
        "replace-nobody",
        "a device that is not enrolled shall be replaced",
        "registered",
        entry(maker, OTHER, HashAlgorithm.SHA256.digest(Bytes.empty())),
        "device-unique %s is not enrolled".formatted(EnrolVectors.DEVICE));
  }
}
