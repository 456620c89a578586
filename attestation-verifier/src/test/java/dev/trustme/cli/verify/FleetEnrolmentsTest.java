// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.attest.FleetFolder;
import dev.trustme.bytes.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Enrolment records that lie beside the evidence: which file is taken for which device. */
class FleetEnrolmentsTest extends FleetRuns {
  private static final String BROKEN = "{\"payload\":";

  @BeforeEach
  void twoDevices() throws Exception {
    write("e/1.json", fleet.answer(1, 1));
    write("e/2.json", fleet.answer(2, 1));
    Files.createDirectories(folder.resolve("records"));
  }

  private Map<Long, String> judged() throws Exception {
    Files.deleteIfExists(folder.resolve("out"));
    run(path("e"), "--recorded", "--out", path("out"), "--enrolments", path("records"));
    return verdicts("out");
  }

  private static String uuid(int number) {
    return FleetFolder.device(number);
  }

  /** The policy names no enrolment authority, so only a record that cannot be read is noticed. */
  @Test
  void aDevicesOwnFileIsReadAndNoOther() throws Exception {
    assertEquals(Map.of(1L, "accepted", 2L, "accepted"), judged());
    Path flat = write("records/" + uuid(1) + ".record.json", Bytes.utf8(BROKEN));
    assertEquals(Map.of(1L, "unreadable", 2L, "accepted"), judged());
    Files.createDirectories(folder.resolve("records/" + uuid(1).substring(0, 2)));
    String spread = "records/" + uuid(1).substring(0, 2) + "/" + uuid(1) + ".record.json";
    Files.copy(folder.resolve("release.json"), folder.resolve(spread));
    assertEquals(Map.of(1L, "accepted", 2L, "accepted"), judged());
    Files.move(flat, folder.resolve("records/" + uuid(2) + ".record.json"));
    assertEquals(Map.of(1L, "accepted", 2L, "unreadable"), judged());
  }

  @Test
  void theFolderHasToBeOne() {
    assertEquals(2, run(path("e"), "--recorded", "--enrolments", path("release.json")));
    assertEquals(2, run(path("e"), "--recorded", "--enrolments", path("none")));
  }
}
