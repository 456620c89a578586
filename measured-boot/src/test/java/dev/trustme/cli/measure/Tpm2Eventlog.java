// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.eventlog.VariableContent.BareCertificate;
import dev.trustme.uefi.DevicePath;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What tpm2_eventlog 5.4 prints, and where it is known to be wrong or to write the same thing
 * otherwise. Each correction first asserts that the tool still does what is corrected.
 */
final class Tpm2Eventlog {
  /** The tool cuts data that it prints in hex. */
  private static final int MAX_HEX = 2 * 1024;

  private static final Map<Character, Character> ESCAPES =
      Map.of(
          '0', '\0', 'a', '\u0007', 'b', '\b', 't', '\t', 'v', '\u000b', 'f', '\f', 'r', '\r', 'e',
          '\u001b');

  private final String output;

  Tpm2Eventlog(Path log, Path outputFile) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("tpm2_eventlog", "--eventlog-version=2", log.toString())
            .redirectOutput(outputFile.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, process.waitFor(), log.toString());
    output = new String(Files.readAllBytes(outputFile), StandardCharsets.UTF_8);
  }

  /**
   * SHA-1 logs: the tool leaves out the dash and the number of each event, which is no YAML. In all
   * logs it does not quote hex, which is a number where it has no letters.
   */
  String text(boolean sha1) {
    String quoted = output.replaceAll("SignatureData: ([0-9a-f]+)\n", "SignatureData: \"$1\"\n");
    if (!sha1) {
      return quoted;
    }
    var lines = new StringBuilder();
    int number = 0;
    for (String line : quoted.lines().toList()) {
      if (line.startsWith("  PCRIndex: ")) {
        lines.append("- EventNum: %d%n".formatted(number++));
      }
      lines.append(line).append('\n');
    }
    return lines.toString();
  }

  JsonNode corrected(TcgPcrEvent2 event, JsonNode printed) throws FormatException {
    var node = (ObjectNode) printed;
    if (!TOOLS_TYPES.contains(event.untrustedType().name())) {
      assertEquals("Unknown event type", node.get("EventType").textValue());
      node.put("EventType", event.untrustedType().name());
    }
    JsonNode data = node.get("Event");
    if (data == null) {
      return node;
    }
    EventData decoded = event.untrustedData();
    switch (decoded) {
      case EventData.IplText ipl -> ipl((ObjectNode) data);
      case EventData.BootServicesApplication image -> devicePath((ObjectNode) data);
      case EventData.UefiVariable variable -> variable(variable, (ObjectNode) data);
      case EventData.FirmwareText text -> firmwareText(event, text.text(), node);
      case EventData.FirmwareBlob blob -> description(blob, data);
      default -> cutHex(event, node);
    }
    return node;
  }

  private static final List<String> TOOLS_TYPES =
      List.of(TcgEventType.values()).stream()
          .filter(type ->
              !List.of(
                      TcgEventType.EV_POST_CODE2,
                      TcgEventType.EV_EFI_EVENT_BASE,
                      TcgEventType.EV_EFI_GPT_EVENT2,
                      TcgEventType.EV_EFI_HCRTM_EVENT,
                      TcgEventType.EV_EFI_SPDM_FIRMWARE_BLOB,
                      TcgEventType.EV_EFI_SPDM_FIRMWARE_CONFIG,
                      TcgEventType.EV_EFI_SPDM_DEVICE_POLICY,
                      TcgEventType.EV_EFI_SPDM_DEVICE_AUTHORITY)
                  .contains(type))
          .map(TcgEventType::name)
          .toList();

  private static void cutHex(TcgPcrEvent2 event, ObjectNode node) {
    JsonNode data = node.get("Event");
    String hex = event.event().hex();
    if (data.isTextual() && hex.length() > MAX_HEX && hex.startsWith(data.textValue())) {
      node.put("Event", hex);
    }
  }

  /** The tool drops the last byte of a description. */
  private static void description(EventData.FirmwareBlob blob, JsonNode data) {
    if (data.has("BlobDescription")) {
      String hex = blob.blobDescription().hex();
      assertEquals(hex.substring(0, hex.length() - 2), data.get("BlobDescription").textValue());
      ((ObjectNode) data).put("BlobDescription", hex);
    }
  }

  /** Lines of C-like escapes in quotes inside a block scalar; UTF-16 comes out as bytes. */
  private static void ipl(ObjectNode data) {
    var text = new StringBuilder();
    String printed = data.get("String").textValue();
    for (String line : printed.split("\n", -1)) {
      assertTrue(line.startsWith("\"") && line.endsWith("\""), line);
      text.append(text.isEmpty() ? "" : "\n")
          .append(unescaped(line.substring(1, line.length() - 1)));
    }
    data.put("String", text.toString().replace("\0", ""));
  }

  private static String unescaped(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char escaped = text.charAt(++i);
        out.append(ESCAPES.getOrDefault(escaped, escaped));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Built without libefivar, the tool prints a path's bytes, and those behind it. */
  private static void devicePath(ObjectNode data) throws FormatException {
    int length = data.get("LengthOfDevicePath").asInt();
    var bytes = Bytes.fromHex(data.get("DevicePath").textValue()).slice(0, length);
    data.put("DevicePath", length == 0 ? "" : DevicePath.parse(bytes).text());
  }

  private static void variable(EventData.UefiVariable event, ObjectNode data)
      throws FormatException {
    String name = event.variable().unicodeName();
    if (data.path("VariableData").isNull() || data.path("VariableData").isMissingNode()) {
      empty(event, data);
    }
    JsonNode content = data.get("VariableData");
    if (content.has("FilePathListLength")) {
      option((ObjectNode) content);
    }
    if (content.has("String")) {
      ipl((ObjectNode) content);
      var text = content.get("String").textValue();
      ((ObjectNode) content).put("String", text + (text.endsWith("\n") ? "" : "\n"));
    }
    if (event.authority() instanceof BareCertificate bare
        && (name.equals("Shim") || name.equals("db"))) {
      bareCertificate(bare, content.get(0));
    }
  }

  private static void empty(EventData.UefiVariable event, ObjectNode data) {
    assertTrue(event.variable().variableData().isEmpty());
    data.set("VariableData", TextNode.valueOf(""));
  }

  /** The tool prints the optional data as part of the path. */
  private static void option(ObjectNode option) throws FormatException {
    var bytes = Bytes.fromHex(option.get("DevicePath").textValue());
    var reader =
        BinaryReader.littleEndian(
            bytes.slice(0, option.get("FilePathListLength").asInt()), "FilePathList");
    List<String> paths = new ArrayList<>();
    while (reader.hasRemaining()) {
      paths.add(DevicePath.read(reader).text());
    }
    option.put("DevicePath", String.join(" ", paths));
  }

  /** Old shims log no owner: the tool takes the certificate's first 16 bytes for one. */
  private static void bareCertificate(BareCertificate bare, JsonNode entry) {
    var node = (ObjectNode) entry;
    assertTrue(bare.der().hex().endsWith(node.get("SignatureData").textValue()));
    node.remove("SignatureOwner");
    node.put("SignatureData", bare.der().hex());
  }

  /** The tool reads strings in place of a firmware blob as an address and a length. */
  private static void firmwareText(TcgPcrEvent2 event, String text, ObjectNode node) {
    JsonNode data = node.get("Event");
    if (data.has("BlobBase")) {
      assertTrue(text.length() >= 16, text);
      node.put("Event", text);
    } else if (event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT) {
      assertEquals(event.event().hex(), data.textValue());
      node.put("Event", text);
    }
  }

  /**
   * The tool starts PCR 0 at zero whatever the startup locality or H-CRTM says and extends the zero
   * digests of EV_NO_ACTION events; it computes SM3, which the JDK has not.
   */
  JsonNode correctedPcrs(EventLog log, JsonNode printed) throws FormatException {
    if (printed == null || printed.isNull()) {
      return JsonNodeFactory.instance.objectNode();
    }
    var pcrs = (ObjectNode) printed;
    pcrs.remove("sm3_256");
    var replayed = Replay.replay(log);
    for (HashAlgorithm bank : replayed.banks()) {
      var values = (ObjectNode) pcrs.get(bank.label());
      for (TcgPcrEvent2 event : log.events()) {
        boolean noAction = event.number() > 0 && !event.extendsPcr();
        if (noAction || event.untrustedType() == TcgEventType.EV_EFI_HCRTM_EVENT) {
          correctPcr(values, Integer.toString(event.pcrIndex()), replayed, bank);
        }
      }
      if (values != null && values.isEmpty()) {
        pcrs.remove(bank.label());
      }
    }
    return pcrs;
  }

  private static void correctPcr(
      ObjectNode values, String pcr, ReplayedLog replayed, HashAlgorithm bank) {
    int index = Integer.parseInt(pcr);
    BigInteger value = new BigInteger(replayed.pcr(bank, index).hex(), 16);
    if (!replayed.measuredPcrs().contains(index)) {
      values.remove(pcr);
    } else if (!values.get(pcr).bigIntegerValue().equals(value)) {
      values.put(pcr, value);
    }
  }
}
