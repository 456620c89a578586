// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.ContainerManifest.ContentMode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.ContainerLog;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Role;
import dev.trustme.tss.Tcti;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each differs from a start that is permitted in one thing, which the refusal names. */
class RefusalTest {
  private static final String NAME = "refusal-test";

  private static Path image;
  private static Seals seals;

  @TempDir private Path folder;
  private SoftwareTpm tpm;
  private Device device;
  private ContainerManifest good;

  @BeforeAll
  static void makeImage(@TempDir Path images) throws Exception {
    image = Seals.image(images, "good");
    seals = Seals.create();
  }

  @BeforeEach
  void makeDevice() throws Exception {
    tpm = SoftwareTpm.start(folder);
    device = Device.create(folder, seals.anchors(), tpm);
    good = Seals.manifest(image, NAME, 7, Seals.shell("true"));
  }

  @AfterEach
  void stopTpm() {
    tpm.close();
  }

  private List<String> install(Seals by, ContainerManifest manifest) throws Exception {
    Path sealed = Files.createTempDirectory(folder, "sealed").resolve("web.sealed");
    return Device.refusals(device.install(by.seal(sealed, image, manifest)));
  }

  private ContainerManifest version(long version, String script) throws IOException {
    return Seals.manifest(image, NAME, version, Seals.shell(script));
  }

  private void flip(Path file, long offset) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      assertEquals(1, channel.read(one, offset));
      one.put(0, (byte) (one.get(0) ^ 1)).rewind();
      assertEquals(1, channel.write(one, offset));
    }
  }

  @Test
  void permitsTheContainerAsItWasSealed() throws Exception {
    assertEquals(List.of(), install(seals, good));
    assertEquals(List.of(), device.refusals(NAME));
  }

  @Test
  void refusesAChangedByteAnywhereInTheImage() throws Exception {
    assertEquals(List.of(), install(seals, good));
    Path installed = device.find(NAME).image();
    var before = Traces.now();
    var pcr = device.pcr();
    long hashes = good.image().verity().hashOffset();
    for (long offset : List.of(0L, hashes - 1, hashes, hashes + 300, hashes + 4096)) {
      flip(installed, offset);
      assertEquals(
          List.of("image-digest", "image-root-hash"), device.refusals(NAME), "offset " + offset);
      flip(installed, offset);
    }
    // The superblock's UUID is no part of the tree; the digest covers it.
    flip(installed, hashes + 16);
    assertEquals(List.of("image-digest"), device.refusals(NAME));
    flip(installed, hashes + 16);
    assertEquals(List.of(), device.refusals(NAME));
    assertEquals(before, Traces.settled(before));
    assertEquals(pcr, device.pcr());
  }

  @Test
  void refusesAnImageOfAnotherSize() throws Exception {
    assertEquals(List.of(), install(seals, good));
    try (var channel = FileChannel.open(device.find(NAME).image(), StandardOpenOption.WRITE)) {
      assertEquals(channel.size() - 1, channel.truncate(channel.size() - 1).size());
    }
    assertEquals(List.of("image-size"), device.refusals(NAME));
  }

  @Test
  void refusesToInstallAnotherImage() throws Exception {
    Path sealed = folder.resolve("web.sealed");
    Path copy = Files.copy(image, folder.resolve("copy"));
    flip(copy, 5000);
    assertEquals(
        List.of("image-digest", "image-root-hash"),
        Device.refusals(device.install(seals.seal(sealed, copy, good))));
    assertTrue(device.store().find(NAME).isEmpty());
    assertEquals(List.of(), device.store().installed());
  }

  @Test
  void refusesSignersThatMayNotSealContainers() throws Exception {
    var until = Seals.NOW.plusSeconds(86400);
    assertTrue(install(Seals.create(), good).contains("certificate-path"));
    var layer = Seals.create(Role.LAYER, until);
    device = Device.create(Files.createDirectory(folder.resolve("2")), layer.anchors(), tpm);
    assertTrue(install(layer, good).contains("signer-role"));
    var expired = Seals.create(Role.CONTAINER, Seals.NOW.minusSeconds(1));
    device = Device.create(Files.createDirectory(folder.resolve("3")), expired.anchors(), tpm);
    assertTrue(install(expired, good).contains("certificate-validity"));
  }

  @Test
  void refusesAManifestThatWasChangedOrSwapped() throws Exception {
    assertEquals(List.of(), install(seals, good));
    Path file = device.find(NAME).manifest();
    Outputs.write(file, seals.envelope(version(6, "true")), Outputs.PRIVATE, true);
    assertEquals(List.of("container-identity"), device.refusals(NAME));
    Outputs.write(file, Seals.create().envelope(good), Outputs.PRIVATE, true);
    assertTrue(device.refusals(NAME).contains("certificate-path"));
    Files.writeString(file, "{}");
    assertEquals(List.of("manifest-format"), device.refusals(NAME));
    Outputs.write(file, seals.envelope(good), Outputs.PRIVATE, true);
    assertEquals(List.of(), device.refusals(NAME));
  }

  @Test
  void refusesAContainerPastItsEndButNotPastItsSignersEnd() throws Exception {
    assertEquals(List.of(), install(seals, good));
    var end = good.notAfter();
    assertEquals(List.of(), Device.refusals(device.check(NAME, end)));
    assertEquals(List.of("not-after"), Device.refusals(device.check(NAME, end.plusSeconds(1))));
    var brief = Seals.create(Role.CONTAINER, Seals.NOW.plusSeconds(60));
    device = Device.create(Files.createDirectory(folder.resolve("2")), brief.anchors(), tpm);
    assertEquals(List.of(), install(brief, good));
    assertEquals(List.of(), Device.refusals(device.check(NAME, Seals.NOW.plusSeconds(600))));
    assertEquals(
        List.of("installed-at"), Device.refusals(device.check(NAME, Seals.NOW.minusSeconds(1))));
  }

  @Test
  void versionsRiseAndNameOneContent() throws Exception {
    assertEquals(List.of(), install(seals, good));
    assertEquals(List.of("version-floor"), install(seals, version(6, "true")));
    assertEquals(List.of("version-floor"), install(seals, version(7, "false")));
    flip(device.find(NAME).image(), 0);
    assertEquals(List.of(), install(seals, version(7, "true")));
    assertEquals(List.of(), device.refusals(NAME));
    assertEquals(List.of(), install(seals, version(8, "true")));
    assertEquals(8, device.find(NAME).version());
    assertEquals(1, device.store().installed().size());
  }

  @Test
  void refusesWhatThisDeviceCannotProvide() throws Exception {
    var requires = new ContainerManifest.Requirements(ContentMode.VERITY);
    assertEquals(List.of("content-mode"), install(seals, with(good.platform(), requires)));
    String other = good.platform().equals("linux/amd64") ? "linux/arm64" : "linux/amd64";
    assertEquals(List.of("platform"), install(seals, with(other, good.requires())));
  }

  private ContainerManifest with(String platform, ContainerManifest.Requirements requires) {
    return new ContainerManifest(
        good.schema(),
        NAME,
        7,
        platform,
        good.image(),
        good.launch(),
        Optional.empty(),
        Optional.empty(),
        good.notAfter(),
        requires);
  }

  /** Wishes that this runtime cannot enforce, as their manifests write them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "network":"none" | "network":"veth" | launch-network
          "network":"none" | "network":"interface:eth1" | launch-network
          "tmpfs","target":"/tmp" | "volume","target":"/tmp" | launch-mounts
          "limits" | "devices":[{"path":"/dev/ttyS1","access":"rw"}] | launch-devices
          "limits" | "usb":[{"vendor":"1050","product":"0407","serial":"7"}] | launch-usb
          "limits" | "namespaces":["pid","mount","user"] | launch-namespaces
          "limits" | "selinux":"system_u:system_r:web_t:s0" | launch-selinux
          "not-after" | "second-factor":"pin", | second-factor
          "not-after" | "targets":{"groups":["gateways"]}, | target-devices
          """)
  void refusesWhatItCannotEnforce(String where, String wish, String check) throws Exception {
    assertEquals(List.of(check), install(seals, wishing(where, wish)));
    assertTrue(device.store().find(NAME).isEmpty());
  }

  private ContainerManifest wishing(String where, String wish) throws FormatException {
    String json = good.encode().utf8();
    String changed =
        switch (where) {
          case "\"limits\"" ->
              json.replaceFirst("(\"pids\":[0-9]+})", "$1,\"isolation\":{" + wish + "}");
          case "\"not-after\"" -> json.replace(where, wish + where);
          default -> json.replace(where, wish);
        };
    changed =
        changed.replaceFirst(
            "(\"volume\",\"target\":\"/tmp\",\"size\":[0-9]+)", "$1,\"name\":\"a\"");
    return ContainerManifest.parse(Bytes.utf8(changed));
  }

  @Test
  void refusesToStartWhereTheLogDoesNotExplainThePcr() throws Exception {
    assertEquals(List.of(), install(seals, good));
    measure();
    try (var context = TssContext.open(Tcti.parse(tpm.tcti()))) {
      context.extend(13, List.of(HashAlgorithm.SHA256.digest(new byte[] {1})));
    }
    var pcr = device.pcr();
    try (var permit = device.permit(NAME)) {
      assertEquals(List.of("container-log"), Device.refusals(device.measure(permit)));
    }
    assertEquals(pcr, device.pcr());
  }

  @Test
  void dropsARecordThatWasNeverMeasured() throws Exception {
    assertEquals(List.of(), install(seals, good));
    measure();
    var measured = device.log();
    measure();
    // As if the power had gone between the log and the TPM: one record more than was measured.
    try (var fresh = SoftwareTpm.start(Files.createDirectory(folder.resolve("2")))) {
      device = new Device(device.store(), fresh);
      try (var context = TssContext.open(Tcti.parse(fresh.tcti()))) {
        context.extend(13, measured.records().getFirst().measured());
      }
      measure();
      assertEquals(2, device.log().records().size());
      assertEquals(device.log().replay(HashAlgorithm.SHA256), device.pcr());
    }
  }

  @Test
  void beginsTheLogAnewAfterABoot() throws Exception {
    assertEquals(List.of(), install(seals, good));
    measure();
    measure();
    try (var fresh = SoftwareTpm.start(Files.createDirectory(folder.resolve("2")))) {
      device = new Device(device.store(), fresh);
      measure();
      assertEquals(1, device.log().records().size());
      assertEquals(device.log().replay(HashAlgorithm.SHA256), device.pcr());
    }
  }

  @Test
  void doesNotMeasureWithADamagedLog() throws Exception {
    assertEquals(List.of(), install(seals, good));
    measure();
    Outputs.write(device.store().log(), ContainerLog.empty().encode(), Outputs.PRIVATE, true);
    try (var permit = device.permit(NAME)) {
      assertEquals(List.of("container-log"), Device.refusals(device.measure(permit)));
      Files.writeString(device.store().log(), "{");
      assertThrows(FormatException.class, () -> device.measure(permit));
    }
  }

  private void measure() throws Exception {
    try (var permit = device.permit(NAME)) {
      assertEquals(List.of(), Device.refusals(device.measure(permit)));
    }
  }
}
