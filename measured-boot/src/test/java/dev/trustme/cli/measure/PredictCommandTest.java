// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestLog;
import dev.trustme.json.Json;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import dev.trustme.uefi.UefiVariableData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictCommandTest {
  private static final String CALLING = "Calling EFI Application from Boot Option";
  private static final SignatureList DB = SignatureList.x509(EfiGuid.SHIM_LOCK, Bytes.utf8("db"));
  private static final String DESCRIPTION =
      """
      schema: trustme/boot/1
      firmware: {pk: db.esl, kek: db.esl, db: db.esl}
      phases: [kernel, enter-initrd]
      paths:
        - {name: slot-a, boot: [{uki: boot.efi}]}
        - {name: slot-a-retried, refused-options: [{}], boot: [{uki: boot.efi}]}
      """;

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void writeFiles() throws IOException {
    Files.write(folder.resolve("boot.efi"), image().toArray());
    Files.write(folder.resolve("db.esl"), DB.encode().toArray());
    Files.writeString(folder.resolve("boot.yaml"), DESCRIPTION);
  }

  private static Bytes image() {
    return TestPe.signed(
        TestPe.uki("252.39")
            .section(".cmdline", "quiet")
            .section(".initrd", "initrd")
            .section(".linux", "kernel")
            .build());
  }

  private MeasureRun.Ended predict(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("predict", "boot.yaml"));
    command.addAll(List.of(args));
    return new MeasureRun(folder).process(command.toArray(String[]::new));
  }

  /** What the machine would log; the separator of PCR 4 as given. */
  private static Bytes log(Bytes separator) throws Exception {
    var empty = Bytes.empty();
    var log = TestLog.agile();
    config(log, EfiGuid.GLOBAL_VARIABLE, "SecureBoot", Bytes.fromHex("01"));
    config(log, EfiGuid.GLOBAL_VARIABLE, "PK", DB.encode());
    config(log, EfiGuid.GLOBAL_VARIABLE, "KEK", DB.encode());
    config(log, EfiGuid.IMAGE_SECURITY_DATABASE, "db", DB.encode());
    config(log, EfiGuid.IMAGE_SECURITY_DATABASE, "dbx", empty);
    log.separator(7);
    var authority =
        new UefiVariableData(
            EfiGuid.IMAGE_SECURITY_DATABASE, "db", DB.signatures().getFirst().encode());
    log.measured(7, TcgEventType.EV_EFI_VARIABLE_AUTHORITY, authority.encode());
    log.measured(4, TcgEventType.EV_EFI_ACTION, Bytes.utf8(CALLING));
    log.measured(4, TcgEventType.EV_SEPARATOR, separator);
    var type = TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION;
    var image = PeImage.parse(image());
    log.raw(
        TestLog.event(
            4,
            type.value(),
            Bytes.empty(),
            image.authenticodeDigest(HashAlgorithm.SHA1),
            image.authenticodeDigest(HashAlgorithm.SHA256)));
    log.measured(
        9, TcgEventType.EV_EVENT_TAG, Bytes.copyOf("quiet\0".getBytes(StandardCharsets.UTF_16LE)));
    log.measured(9, TcgEventType.EV_EVENT_TAG, Bytes.utf8("initrd"));
    for (String part :
        List.of(
            ".linux\0",
            "kernel",
            ".osrel\0",
            "ID=test\n",
            ".cmdline\0",
            "quiet",
            ".initrd\0",
            "initrd")) {
      log.measured(11, TcgEventType.EV_IPL, Bytes.utf8(part));
    }
    return log.build();
  }

  private static void config(TestLog log, EfiGuid guid, String name, Bytes data) {
    log.measured(
        7,
        TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG,
        new UefiVariableData(guid, name, data).encode());
  }

  @Test
  void showsPathsPhasesAndPcrs() throws Exception {
    var ended = predict();
    assertEquals(0, ended.code(), ended.err());
    var lines = ended.out().lines().toList();
    assertEquals("slot-a, phase kernel   systemd-stub 252.39", lines.getFirst());
    assertEquals(4 * (1 + 5) + 1, lines.size(), ended.out());
    var json = Json.tree(Bytes.utf8(predict("--json", "--pcr", "4").out()), "output");
    assertEquals("trustme/prediction/1", json.get("schema").textValue());
    assertEquals(4, json.get("predictions").size());
    var retried = json.get("predictions").get(2).get("pcrs");
    assertEquals(1, retried.size());
    assertEquals(5, retried.get(0).get("events").size());
  }

  @Test
  void writesWhatOtherProgramsRead() throws Exception {
    assertEquals(0, predict("--format", "pcrlock", "-o", "locks", "--bank", "sha384").code());
    var file = folder.resolve("locks/300-firmware.pcrlock.d/slot-a-retried.pcrlock");
    assertTrue(Files.readString(file).contains("\"hashAlg\":\"sha384\""));
    var signed = predict("--format", "pcrsig", "-o", "-", "--path", "slot-a");
    assertEquals(2, Json.tree(Bytes.utf8(signed.out()), "output").get("policies").size());
    assertEquals(0, predict("-o", "prediction.json").code());
    var again = predict("-o", "prediction.json");
    assertEquals(2, again.code());
    assertTrue(again.err().contains("--force"), again.err());
  }

  @Test
  void aLogSaysWhichPathWasTaken() throws Exception {
    Files.write(folder.resolve("log.bin"), log(Bytes.zeros(4)).toArray());
    var ended = predict("--log", "log.bin");
    assertEquals(0, ended.code(), ended.out() + ended.err());
    assertEquals("the machine booted by slot-a (sha256)", ended.out().strip());
    var json = Json.tree(Bytes.utf8(predict("--log", "log.bin", "--json").out()), "output");
    assertEquals("[\"slot-a\"]", json.get("matched").toString());
    assertEquals(1, predict("--log", "log.bin", "--path", "slot-a-retried").code());
  }

  @Test
  void aLogsFirstOtherEventIsNamed() throws Exception {
    Files.write(folder.resolve("log.bin"), log(Bytes.fromHex("00000001")).toArray());
    var ended = predict("--log", "log.bin", "--path", "slot-a");
    assertEquals(1, ended.code(), ended.err());
    assertTrue(ended.out().contains("PCR 4   event 2"), ended.out());
    assertTrue(
        ended.out().contains("predicted  EV_SEPARATOR separator  sha256:df3f6198"), ended.out());
    assertFalse(ended.out().contains("PCR 7"), ended.out());
    assertEquals(0, predict("--log", "log.bin", "--path", "slot-a", "--pcr", "7").code());
  }

  @Test
  void badInputIsOneLineAndItsExitCode() throws Exception {
    assertFails(2, "unknown hash md5", "--bank", "md5");
    assertFails(2, "describes no path slot-b", "--path", "slot-b");
    assertFails(2, "predicts none of [3]", "--pcr", "3");
    assertFails(2, "-o names a folder", "--format", "pcrlock");
    assertFails(2, "--log compares", "--log", "x", "--format", "json");
    assertFails(4, "no such file", "--log", "absent.bin");
    Files.writeString(folder.resolve("boot.yaml"), DESCRIPTION.replace("boot.efi", "db.esl"));
    assertFails(3, "db.esl: MS-DOS header");
    Files.writeString(folder.resolve("boot.yaml"), "schema: 1\n");
    assertFails(3, "boot.yaml: boot description");
  }

  private void assertFails(int code, String words, String... args) throws Exception {
    var ended = predict(args);
    assertEquals(code, ended.code(), ended.err());
    assertTrue(ended.err().contains(words), ended.err());
    assertEquals("", ended.out());
  }
}
