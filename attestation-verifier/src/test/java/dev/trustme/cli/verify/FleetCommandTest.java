// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.trustme.attest.FleetFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.fleet.FleetResult;
import dev.trustme.json.Json;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** Fleets of devices, good and bad, and runs that do not come to their end. */
class FleetCommandTest extends FleetRuns {
  @Test
  void judgesEachDeviceOnceAndKeepsItsState() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("e/" + i + ".json", fleet.answer(i, 5000));
    }
    assertEquals(0, kept("e", "out.ndjson", "--summary", path("s.json")));
    assertEquals(5, results("out.ndjson").stream().filter(FleetResult::accepted).count());
    assertEquals(5, json("s.json").at("/counts/accepted").asInt());
    assertEquals(5, json("s.json").at("/devices/accepted").asInt());
    assertEquals(0, nonces("open"));
    assertEquals(5, nonces("used"));
    assertEquals(0, nonces("claimed"));
    for (int i = 0; i < 5; i++) {
      var state = json("state/devices/" + FleetFolder.device(i) + ".json");
      assertEquals(5000, state.get("clock").asLong());
    }
    assertEquals(1, kept("e", "again.ndjson"));
    assertEquals(
        List.of("rejected nonce-unused quote-clock"),
        verdicts("again.ndjson").values().stream().distinct().toList());
  }

  @Test
  void agreesWithTheCommandForOneDevice() throws Exception {
    write("evidence.json", fleet.answer(1, 5000));
    assertEquals(0, kept("evidence.json", "out.ndjson"));
    assertEquals(
        1,
        Launcher.run(
            new VerifyMain(),
            "evidence",
            path("evidence.json"),
            "--release",
            path("release.json"),
            "--policy",
            path("policy.yaml"),
            "--state",
            path("state"),
            "--at",
            FleetFolder.AT,
            "-q"));
  }

  @Test
  void badEvidenceNeverStopsTheRest() throws Exception {
    write("e/1.json", fleet.answer(1, 5000));
    write("e/2.json", fleet.uninvited(2));
    write("e/3.json", Bytes.utf8("{\"schema\": 3"));
    Files.createSymbolicLink(folder.resolve("e/4.json"), folder.resolve("nowhere"));
    Files.createDirectory(folder.resolve("e/below"));
    write("e/below/notes.txt", Bytes.utf8("no evidence"));
    try (OutputStream out = Files.newOutputStream(folder.resolve("e/below/5.ndjson"))) {
      out.write(fleet.answer(5, 5000).toArray());
      out.write("\n\n  \nnull\n\"".getBytes(StandardCharsets.UTF_8));
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, (byte) 'x');
      for (int i = 0; i < 65; i++) {
        out.write(block);
      }
      out.write("\"\n".getBytes(StandardCharsets.UTF_8));
      out.write(fleet.answer(6, 5000).toArray());
    }
    assertEquals(4, kept("e", "out.ndjson", "--summary", path("s.json"), "--csv", path("s.csv")));
    assertEquals(
        List.of(
            "accepted",
            "rejected nonce-known nonce-unused nonce-device nonce-fresh",
            "malformed",
            "unreadable",
            "accepted",
            "malformed",
            "malformed",
            "accepted"),
        inOrder("out.ndjson"));
    var named = json("s.json").get("not-accepted");
    assertEquals(5, named.size());
    assertTrue(named.toString().contains("5.ndjson, line 5"), named.toString());
    assertTrue(named.toString().contains("more than 67108864 bytes"), named.toString());
    assertEquals(9, Files.readAllLines(folder.resolve("s.csv")).size());
    Files.copy(folder.resolve("s.json"), folder.resolve("summary"));
    requireSchema("out.ndjson", "summary");
    Files.delete(folder.resolve("e/4.json"));
    assertEquals(3, kept("e", "out.ndjson", "--resume"));
  }

  /** Every line and the summary against the published schema, by an independent validator. */
  private void requireSchema(String... files) throws Exception {
    var schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("../docs/schema/fleet-1.schema.json")));
    for (String file : files) {
      String text = Files.readString(folder.resolve(file));
      List<String> documents = file.endsWith(".ndjson") ? text.lines().toList() : List.of(text);
      for (String document : documents) {
        var tree = Json.tree(Bytes.utf8(document), file);
        assertEquals(Set.of(), schema.validate(tree), document);
        ((ObjectNode) tree).put("more", 1);
        assertFalse(schema.validate(tree).isEmpty(), document);
      }
    }
  }

  /** The verdicts by file name and line, whatever the order they came in. */
  private List<String> inOrder(String out) throws Exception {
    var byName = new TreeMap<String, String>();
    var verdicts = verdicts(out);
    for (FleetResult result : results(out)) {
      String name = result.evidence().replace("below/", "");
      byName.put(name, String.valueOf(verdicts.get(result.number())));
    }
    return List.copyOf(byName.values());
  }

  @Test
  void judgesADevicesEvidenceInTheOrderOfTheInput() throws Exception {
    var lines = new ArrayList<String>();
    Bytes late = fleet.answer(1, 9000);
    for (int i = 0; i < 12; i++) {
      lines.add(fleet.answer(1, 1000 + i).utf8());
    }
    lines.add(late.utf8());
    lines.add(lines.getFirst());
    lines.add(fleet.answer(1, 8000).utf8());
    Files.write(folder.resolve("one.ndjson"), lines);
    assertEquals(1, kept("one.ndjson", "out.ndjson", "--threads", "8", "--summary", path("s")));
    var verdicts = verdicts("out.ndjson");
    assertEquals(14, verdicts.size());
    assertEquals("rejected quote-clock", verdicts.get(15L));
    assertEquals(13, verdicts.values().stream().filter("accepted"::equals).count());
    assertEquals(1, json("s").at("/counts/repeated").asInt());
    assertEquals(1, json("s").at("/devices/contradictory").asInt());
    assertEquals(1, json("s").at("/devices/named").asInt());
  }

  @Test
  void aNonceCountsOnceAlsoWithinARun() throws Exception {
    Bytes first = fleet.answer(1, 5000);
    Bytes second = Bytes.utf8(first.utf8() + " ");
    Files.write(folder.resolve("two.ndjson"), List.of(first.utf8(), second.utf8()));
    assertEquals(1, kept("two.ndjson", "out.ndjson"));
    assertEquals(
        Map.of(1L, "accepted", 2L, "rejected nonce-unused quote-clock"), verdicts("out.ndjson"));
  }

  @Test
  void holdsDevicesAgainstSeveralReleases() throws Exception {
    write("e/1.json", fleet.answer(1, 5000));
    fleet.otherRelease("newer.json", 42);
    fleet.otherRelease("old.json", 40);
    int code = kept("e", "out", "--release", path("newer.json"), "--release", path("old.json"));
    assertEquals(0, code);
    assertEquals(41, results("out").getFirst().release().orElseThrow().sequence());
    assertEquals(2, kept("e", "out2", "--release", path("release.json")));
  }

  @Test
  void judgesRecordedEvidenceWithoutState() throws Exception {
    write("e/1.json", fleet.uninvited(1));
    assertEquals(0, run(path("e"), "--recorded"));
    assertEquals(2, run(path("e")));
    assertEquals(2, run(path("e"), "--recorded", "--state", path("state")));
    assertEquals(4, run(path("missing"), "--recorded"));
  }

  @Test
  void endsWithWhatAPipelineShouldKnow() throws Exception {
    assertEquals(1, run(path("e"), "--recorded"), "no evidence");
    for (int i = 0; i < 9; i++) {
      write("e/" + i + ".json", fleet.uninvited(i));
    }
    assertEquals(0, run(path("e"), "--recorded"));
    write("e/9.json", Bytes.utf8("{"));
    assertEquals(3, run(path("e"), "--recorded"));
    assertEquals(3, run(path("e"), "--recorded", "--tolerate", "0"));
    assertEquals(0, run(path("e"), "--recorded", "--tolerate", "1"));
    assertEquals(0, run(path("e"), "--recorded", "--tolerate", "10%"));
    assertEquals(3, run(path("e"), "--recorded", "--tolerate", "9.99%"));
    for (String wrong : List.of("-1", "1.5", "%", "x", "1e3")) {
      assertEquals(2, run(path("e"), "--recorded", "--tolerate", wrong), wrong);
    }
  }

  @Test
  void aFleetPageNamesWhatIsWrong() throws Exception {
    write("e/<b>1.json", fleet.uninvited(1));
    write("e/2.json", Bytes.utf8("{"));
    assertEquals(3, kept("e", "out", "--html", path("f.html"), "--csv", path("f.csv")));
    String page = Files.readString(folder.resolve("f.html"));
    assertTrue(page.contains("2 of 2 not accepted"), page);
    assertTrue(page.contains("&lt;b&gt;1.json"), page);
    assertFalse(page.contains("<b>"), page);
    assertTrue(page.contains("nonce-known"), page);
    var builder = DocumentBuilderFactory.newInstance();
    builder.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    builder.newDocumentBuilder().parse(folder.resolve("f.html").toFile());
  }
}
