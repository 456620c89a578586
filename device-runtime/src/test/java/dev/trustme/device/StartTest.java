// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.LaunchDescription;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.launch.ContainerLauncher;
import dev.trustme.launch.Engine;
import dev.trustme.launch.Engine.Kind;
import dev.trustme.tpm.SoftwareTpm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A permitted start: what runs, how it is confined, what is measured, what is left. */
class StartTest {
  private static final String NAME = "start-test";

  private static Path image;
  private static Path otherImage;
  private static Seals seals;

  @TempDir private Path folder;
  private SoftwareTpm tpm;
  private Device device;

  @BeforeAll
  static void makeImages(@TempDir Path images) throws Exception {
    image = Seals.image(images, "good");
    otherImage = Seals.image(images, "evil");
    seals = Seals.create();
  }

  @BeforeEach
  void makeDevice() throws Exception {
    tpm = SoftwareTpm.start(folder);
    device = Device.create(folder, seals.anchors(), tpm);
  }

  @AfterEach
  void stopTpm() {
    tpm.close();
  }

  private void install(LaunchDescription launch) throws Exception {
    var manifest = Seals.manifest(image, NAME, 7, launch);
    assertEquals(
        List.of(),
        Device.refusals(device.install(seals.seal(folder.resolve("sealed"), image, manifest))));
  }

  @ParameterizedTest
  @EnumSource
  void runsConfinedAndLeavesNothing(Kind kind) throws Exception {
    install(
        Seals.shell(
            """
            cat /etc/marker; id -u; grep -E 'CapBnd|CapEff|NoNewPrivs|Seccomp:' /proc/self/status
            unshare -r id || echo no-unshare; mount -t tmpfs x /tmp || echo no-mount
            echo x >/file || echo read-only; echo x >/tmp/file && cat /tmp/file
            grep -c : /proc/net/dev; cat /proc/kcore; echo lines >&2; exit 7
            """));
    var before = Traces.now();
    var run = device.run(NAME, Engine.of(kind));
    assertEquals(
        """
        good
        1000
        CapEff:\t0000000000000000
        CapBnd:\t0000000000000000
        NoNewPrivs:\t1
        Seccomp:\t2
        no-unshare
        no-mount
        read-only
        x
        1
        """,
        run.out(),
        run.err());
    assertEquals(7, run.code());
    assertTrue(run.err().contains("lines"), run.err());
    assertEquals(before, Traces.settled(before));
  }

  @Test
  void keepsTheMemoryLimit() throws Exception {
    install(
        Seals.shell(
            "x=aaaaaaaa; i=0; while [ $i -lt 27 ]; do x=$x$x; i=$((i+1)); done; echo survived"));
    assertEquals(137, device.run(NAME, Engine.choose()).code());
  }

  @Test
  void measuresBeforeEveryStart() throws Exception {
    install(Seals.shell("true"));
    assertEquals(0, device.run(NAME, Engine.choose()).code());
    assertEquals(0, device.run(NAME, Engine.choose()).code());
    var log = device.log();
    assertEquals(2, log.records().size());
    var value = Digest.zero(HashAlgorithm.SHA256);
    for (var record : log.records()) {
      value = value.extend(HashAlgorithm.SHA256.digest(record.event().encode()));
      assertEquals(record.recnum(), record.event().sequence());
    }
    assertEquals(value, device.pcr());
    var event = log.records().getFirst().event();
    try (var permit = device.permit(NAME)) {
      assertEquals(permit.manifest().digest(), event.manifest());
      assertEquals(permit.manifest().launch().digest(), event.launch());
      assertEquals(permit.manifest().image().verity().rootHash(), event.rootHash());
    }
  }

  @Test
  void runsTheVerifiedFileAlthoughThePathNowNamesAnother() throws Exception {
    install(Seals.shell("cat /etc/marker"));
    try (var permit = device.permit(NAME)) {
      Path other = Files.copy(otherImage, folder.resolve("other"));
      Files.move(other, device.find(NAME).image(), StandardCopyOption.REPLACE_EXISTING);
      assertEquals("good\n", device.run(permit, Engine.choose()).out());
    }
    assertTrue(device.refusals(NAME).contains("image-digest"));
  }

  @Test
  void startsOneOfAKindAtATime() throws Exception {
    install(Seals.shell("true"));
    var zero = device.pcr();
    try (var other = ContainerLauncher.take(Engine.choose(), NAME)) {
      var failure =
          assertThrows(IOException.class, () -> device.run(NAME, Engine.choose()), other::toString);
      assertTrue(String.valueOf(failure.getMessage()).contains("running already"));
    }
    assertEquals(zero, device.pcr());
  }

  @Test
  void saysWhatTheEngineSaid() throws Exception {
    var launch = Seals.shell("true");
    install(
        new LaunchDescription(
            List.of("/bin/nothing"),
            launch.env(),
            launch.cwd(),
            launch.user(),
            launch.capabilities(),
            launch.mounts(),
            launch.network(),
            launch.limits(),
            launch.isolation()));
    var before = Traces.now();
    var failure = assertThrows(IOException.class, () -> device.run(NAME, Engine.choose()));
    assertTrue(String.valueOf(failure.getMessage()).contains("/bin/nothing"));
    assertEquals(before, Traces.settled(before));
  }

  @Test
  void doesNotStartWithoutATpm() throws Exception {
    install(Seals.shell("true"));
    var before = Traces.now();
    tpm.close();
    assertThrows(IOException.class, () -> device.run(NAME, Engine.choose()));
    assertEquals(before, Traces.settled(before));
  }
}
