// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.FleetFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Revocation lists that fleets are judged by: none that is older than one seen before. */
class FleetListsTest extends FleetRuns {
  private long clock = 1000;

  @BeforeEach
  void makeLists() throws Exception {
    for (int number = 1; number <= 3; number++) {
      fleet.list("root-" + number, number);
    }
  }

  /** What a run with this list says of a device that answers a new challenge. */
  private String judged(String list, String... more) throws Exception {
    write("e/1.json", fleet.answer(1, ++clock));
    Files.deleteIfExists(folder.resolve("out"));
    String[] options = new String[more.length + 2];
    options[0] = "--crl";
    options[1] = path(list);
    System.arraycopy(more, 0, options, 2, more.length);
    int code = kept("e", "out", options);
    assertEquals(verdicts("out").equals(Map.of(1L, "accepted")) ? 0 : 1, code);
    Files.move(folder.resolve("out"), folder.resolve("out-" + System.nanoTime()));
    return code == 0 ? "accepted" : "rejected";
  }

  private Map<String, String> floors() throws Exception {
    Map<String, String> floors = new HashMap<>();
    if (Files.exists(folder.resolve("state/revocation-floors.json"))) {
      json("state/revocation-floors.json")
          .get("floors")
          .properties()
          .forEach(floor -> floors.put(floor.getKey(), floor.getValue().textValue()));
    }
    return floors;
  }

  @Test
  void aListIsRefusedOnceANewerOneWasSeen() throws Exception {
    assertEquals("accepted", judged("root-1"));
    assertEquals("accepted", judged("root-2"));
    assertEquals(Map.of(fleet.issuer(), "2"), floors());
    assertEquals("rejected", judged("root-1"));
    assertEquals("accepted", judged("root-2"));
    assertEquals("accepted", judged("root-3"));
    assertEquals("rejected", judged("root-2"));
    assertEquals(Map.of(fleet.issuer(), "3"), floors());
  }

  @Test
  void theReasonIsTheListsNumber() throws Exception {
    judged("root-2");
    write("e/1.json", fleet.answer(1, 9000));
    assertEquals(1, kept("e", "out", "--crl", path("root-1")));
    var failures = results("out").getFirst().failures();
    assertEquals("ak-certificate", failures.getFirst().id());
    assertTrue(failures.getFirst().seen().contains("list 1"), failures.toString());
  }

  @Test
  void theCommandForOneDeviceAndThatForManyShareTheFloors() throws Exception {
    assertEquals("accepted", judged("root-2"));
    assertEquals(1, one("root-1", 5001));
    assertEquals(0, one("root-3", 5002));
    assertEquals("rejected", judged("root-2"));
  }

  private int one(String list, long clock) throws Exception {
    write("evidence.json", fleet.answer(1, clock));
    return Launcher.run(
        new VerifyMain(),
        "evidence",
        path("evidence.json"),
        "--release",
        path("release.json"),
        "--policy",
        path("policy.yaml"),
        "--state",
        path("state"),
        "--crl",
        path(list),
        "--at",
        FleetFolder.AT,
        "-q");
  }

  /** Who the authorities below the roots are, evidence shows. */
  @Test
  void listsOfAuthoritiesThatEvidenceShowsCountToo() throws Exception {
    fleet.subordinate();
    fleet.list("sub-1", 1);
    fleet.list("sub-2", 2);
    assertEquals(1, kept("e", "none", "--crl", path("sub-2")), "no evidence");
    assertEquals(Map.of(), floors());
    assertEquals("accepted", judged("sub-2", "--crl", path("root-1")));
    assertEquals("2", floors().get(fleet.issuer()));
    assertEquals(2, floors().size());
    assertEquals("rejected", judged("sub-1"));
    assertEquals("accepted", judged("sub-2"));
  }

  /** A device that a list revokes shows the list's issuer as well. */
  @Test
  void whatIsRejectedRaisesFloorsToo() throws Exception {
    fleet.subordinate();
    fleet.list("sub-2", 2);
    write("e/1.json", fleet.uninvited(1));
    assertEquals(1, kept("e", "out", "--crl", path("sub-2")));
    assertEquals(Map.of(fleet.issuer(), "2"), floors());
  }

  @Test
  void strangersRaiseNoFloors() throws Exception {
    fleet.stranger();
    fleet.list("stranger-7", 7);
    assertEquals("rejected", judged("stranger-7"));
    assertEquals(1, one("stranger-7", 5001));
    assertEquals(Map.of(), floors());
    write("e/1.json", Bytes.utf8("{"));
    assertEquals(3, kept("e", "out", "--crl", path("stranger-7")));
    assertEquals(Map.of(), floors());
  }

  @Test
  void recordedEvidenceKnowsNoFloors() throws Exception {
    judged("root-2");
    write("e/1.json", fleet.uninvited(1));
    assertEquals(0, run(path("e"), "--recorded", "--crl", path("root-1")));
    assertEquals(0, run(path("e"), "--recorded", "--crl", path("root-3")));
    assertEquals(Map.of(fleet.issuer(), "2"), floors());
  }

  @Test
  void damagedFloorsAreNoFloors() throws Exception {
    judged("root-2");
    Files.writeString(folder.resolve("state/revocation-floors.json"), "{}");
    write("e/1.json", fleet.answer(1, 9000));
    assertEquals(3, kept("e", "out", "--crl", path("root-2")));
    assertFalse(Files.exists(folder.resolve("out")));
  }
}
