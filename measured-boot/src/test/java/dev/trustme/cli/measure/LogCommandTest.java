// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestEvents;
import dev.trustme.eventlog.TestLog;
import dev.trustme.json.Json;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of each kind of event, and what a program reads. */
class LogCommandTest {
  private static final EfiGuid IMAGE = EfiGuid.IMAGE_SECURITY_DATABASE;
  private static final String BAD_TEXT = "a\u001b[2J\u009b31m\u202eb\nc";

  @TempDir private Path folder = Path.of("");

  private String process(Path log, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("log", log.toString()));
    command.addAll(List.of(options));
    var ended = new MeasureRun(folder).process(command.toArray(String[]::new));
    assertEquals(0, ended.code(), ended.err());
    return ended.out();
  }

  private Path file(TestLog log) {
    try {
      return Files.write(folder.resolve("log.bin"), log.build().toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestLog everyKind() {
    var log = TestLog.agile();
    for (var data : TestEvents.all().values()) {
      if (data.type() != TcgEventType.EV_NO_ACTION) {
        log.measured(data.pcr(), data.type(), data.data());
      }
    }
    return log;
  }

  @Test
  void eachKindIsToldInWords() throws IOException, InterruptedException {
    String out = process(file(everyKind()));
    for (String words :
        List.of(
            "SecureBoot = 1 (on)",
            "DeployedMode = 0 (off)",
            "db = 1 certificate, 1 hash",
            "dbx = (empty)",
            "BootOrder = Boot0001 Boot000A",
            "Boot000A = \"Linux\"",
            "path  PciRoot(0x0)/Pci(0x1f,0x2)/Sata(0x0,0xffff,0x0)/\\EFI\\BOOT.EFI",
            "SbatLevel = sbat,1,2023; shim,4",
            "Returning from EFI Application  (unknown action)",
            "disk 605dab50-e046-4300-abb6-3dd810dd8b23, 2 partitions",
            "\"part\"  8be4df61-93ca-11d2-aa0d-00e098032b8c  blocks 34 to 40",
            "tag 8f3b22ec Linux: initrd initrd",
            "tag 13aed6db systemd-stub: profile main",
            "Fv: 0x1000 bytes at 0xff000000",
            "\"ACPI DATA\"",
            "1 SPDM measurements of PCI device 8086:1234",
            "measurement 2  aabbcc",
            "file /boot/vmlinuz: its content",
            "shim variable MokList: its content",
            "not an X.509 certificate")) {
      assertTrue(out.contains(words), words + "\n" + out);
    }
  }

  @Test
  void certificatesAreNamed() throws IOException, InterruptedException {
    Path made = folder.resolve("a.der");
    var openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                folder.resolve("k").toString(),
                "-subj",
                "/CN=Boot\u00a0\u202eKey",
                "-utf8",
                "-outform",
                "DER",
                "-out",
                made.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.txt").toFile())
            .start();
    assertEquals(0, openssl.waitFor());
    var der = Bytes.copyOf(Files.readAllBytes(made));
    Bytes list = SignatureList.x509(IMAGE, der).encode();
    Bytes db = TestEvents.variable(IMAGE, "db", list);
    Bytes entry = TestEvents.variable(IMAGE, "db", new SignatureData(IMAGE, der).encode());
    var log =
        TestLog.agile()
            .measured(7, TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, db)
            .measured(7, TcgEventType.EV_EFI_VARIABLE_AUTHORITY, entry);
    String out = process(file(log));
    String name = "CN=Boot\u00a0\\u{202e}Key  " + HashAlgorithm.SHA256.digest(der);
    assertEquals(2, out.split(java.util.regex.Pattern.quote(name), -1).length - 1, out);
  }

  @Test
  void longDatabasesAreCutUnlessAllIsWanted() throws IOException, InterruptedException {
    List<SignatureData> hashes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hashes.add(new SignatureData(IMAGE, HashAlgorithm.SHA256.digest(Bytes.zeros(i)).value()));
    }
    var list = new SignatureList(EfiGuid.CERT_SHA256, Bytes.empty(), 48, hashes);
    Bytes dbx = TestEvents.variable(IMAGE, "dbx", list.encode());
    Path log = file(TestLog.agile().measured(7, TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, dbx));
    String last = hashes.getLast().signatureData().hex();
    String out = process(log);
    assertTrue(out.contains("dbx = 20 hashes") && out.contains("and 17 more"), out);
    assertFalse(out.contains(last), out);
    assertTrue(process(log, "--verbose").contains(last));
  }

  @Test
  void undecodedBytesAreDumpedWhenAllIsWanted() throws IOException, InterruptedException {
    var data = Bytes.concat(Bytes.fromHex("00ff"), Bytes.utf8("secret plan"), Bytes.zeros(8));
    Path log = file(TestLog.agile().measured(1, TcgEventType.EV_TABLE_OF_DEVICES, data));
    assertFalse(process(log).contains("000000  00 ff"));
    String out = process(log, "--verbose");
    assertTrue(out.contains("000000  00 ff 73 65 63 72 65 74"), out);
    assertTrue(out.contains("..secret plan"), out);
  }

  /** Escape sequences, C1 controls, bidirectional overrides and line ends in every text field. */
  @Test
  void hostileTextIsEscaped() throws IOException, InterruptedException {
    Bytes wide = TestEvents.utf16(BAD_TEXT + "\0");
    Bytes narrow = Bytes.utf8(BAD_TEXT);
    Bytes name = TestEvents.variable(EfiGuid.SHIM_LOCK, BAD_TEXT, Bytes.empty());
    var log =
        TestLog.agile()
            .measured(8, TcgEventType.EV_IPL, narrow)
            .measured(12, TcgEventType.EV_IPL, wide)
            .measured(11, TcgEventType.EV_IPL, wide)
            .measured(7, TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, name)
            .measured(0, TcgEventType.EV_POST_CODE, narrow)
            .measured(4, TcgEventType.EV_EFI_ACTION, Bytes.utf8("a\u001b[2J\u007f"))
            .measured(9, TcgEventType.EV_EVENT_TAG, TestEvents.tag(1, narrow));
    Path file = file(log);
    for (String option : List.of("--color=never", "--verbose", "--yaml")) {
      String out = process(file, option);
      assertTrue(out.codePoints().allMatch(c -> c == '\n' || Untrusted.isShown(c)), out);
      assertTrue(out.contains("2J"), out);
    }
    assertFalse(process(file, "--json").contains("\u001b"));
  }

  @Test
  void jsonHasStructure() throws IOException, InterruptedException, FormatException {
    JsonNode document = Json.tree(Bytes.utf8(process(file(everyKind()), "--json")), "output");
    int kinds = 0;
    for (JsonNode event : document.get("events")) {
      assertTrue(event.at("/data/kind").isTextual(), event.toString());
      assertTrue(event.get("banks-agree").asBoolean());
      kinds++;
    }
    assertEquals(40, kinds);
    JsonNode boot = find(document, "Boot000A").at("/data/content");
    assertEquals("boot-option", boot.get("kind").textValue());
    assertEquals("\\EFI\\BOOT.EFI", boot.at("/paths/0/file").textValue());
    assertTrue(boot.get("active").asBoolean());
    JsonNode secureBoot = find(document, "SecureBoot").at("/data/content");
    assertEquals("flag", secureBoot.get("kind").textValue());
    assertTrue(secureBoot.get("value").asBoolean());
  }

  private static JsonNode find(JsonNode document, String name) {
    for (JsonNode event : document.get("events")) {
      if (name.equals(event.at("/data/name").textValue())) {
        return event;
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void banksThatDisagreeAreTold() throws IOException, InterruptedException, FormatException {
    var action = Bytes.utf8("action");
    var log =
        TestLog.agile()
            .raw(
                TestLog.event(
                    4,
                    TcgEventType.EV_EFI_ACTION.value(),
                    action,
                    HashAlgorithm.SHA1.digest(Bytes.utf8("other")),
                    HashAlgorithm.SHA256.digest(action)));
    String out = process(file(log), "--color", "always");
    assertTrue(out.contains("\u001b[31;1msha1 MISMATCH, sha256 VERIFIED"), out);
    assertTrue(out.contains("the banks disagree"), out);
    assertTrue(out.endsWith("2 events, banks disagree in 1\n"), out);
    JsonNode document = Json.tree(Bytes.utf8(process(file(log), "--json")), "output");
    assertFalse(document.at("/events/1/banks-agree").asBoolean());
  }

  @Test
  void yamlIsForTheWholeLog() {
    String log = file(everyKind()).toString();
    var main = new MeasureMain();
    assertEquals(2, Launcher.run(main, "log", log, "--yaml", "--json", "--quiet"));
    assertEquals(2, Launcher.run(main, "log", log, "--yaml", "--pcr", "7", "--quiet"));
  }
}
