// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import static dev.trustme.cel.TestCelLog.field;
import static dev.trustme.cel.TestCelLog.systemd;
import static dev.trustme.cel.TestCelLog.u32;
import static dev.trustme.cel.TestCelLog.u64;
import static dev.trustme.cel.TestCelLog.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CelLogTest {
  private static final CelHandle PCR_11 = new CelHandle.Pcr(11);

  private static Bytes everyType() {
    Bytes data = Bytes.utf8("data");
    Bytes version = field(1, Bytes.concat(field(0, u8(1)), field(1, u8(0))));
    Bytes path = Bytes.concat(field(0, Bytes.utf8("/bin/sh")), field(1, field(0x0b, data)));
    return TestCelLog.empty()
        .tlv(CelTlvRecord.CEL, version, version)
        .tlv(CelTlvRecord.PCCLIENT_STD, TestCelLog.pcClient(0x80000007L, data), data)
        .tlv(CelTlvRecord.PCCLIENT_STD, TestCelLog.pcClient(3, data), Bytes.utf8("other"))
        .tlv(CelTlvRecord.IMA_TEMPLATE, TestCelLog.imaTemplate("ima-ng", data), data)
        .tlv(CelTlvRecord.IMA_TLV, path, path)
        .tlv(5, field(2, u32(0x01d10200L)), 80, data, data)
        .tlv();
  }

  private static CelLog parse(String log) throws FormatException {
    return CelLog.parse(Bytes.utf8(log));
  }

  private static String problem(Bytes log) {
    return assertThrows(FormatException.class, () -> CelLog.parse(log)).problem();
  }

  private static List<CelCheck> checks(CelLog log) {
    return log.events().stream().map(e -> e.check(HashAlgorithm.SHA256).orElseThrow()).toList();
  }

  @Test
  void readsAndWritesEveryTypeOfTlv() throws FormatException {
    var log = CelLog.parse(everyType());
    assertEquals(CelLog.Form.TLV, log.form());
    assertEquals(
        List.of("cel", "pcclient_std", "pcclient_std", "ima_template", "ima_tlv", "type 80"),
        log.events().stream().map(e -> e.content().type()).toList());
    assertEquals(new CelHandle.NvIndex(0x01d10200L), log.events().getLast().handle());
    assertEquals(
        List.of(
            CelCheck.VERIFIED,
            CelCheck.VERIFIED,
            CelCheck.UNVERIFIABLE,
            CelCheck.VERIFIED,
            CelCheck.VERIFIED,
            CelCheck.VERIFIED),
        checks(log));
    var parts =
        CelTlvRecord.parse(everyType()).stream().map(CelTlvRecord::encode).toArray(Bytes[]::new);
    assertEquals(everyType(), Bytes.concat(parts));
  }

  @Test
  void anImaEntryThatIsNotWhatWasHashedIsAMismatch() throws FormatException {
    Bytes content = TestCelLog.imaTemplate("ima-ng", Bytes.utf8("data"));
    var log =
        CelLog.parse(
            TestCelLog.empty().tlv(CelTlvRecord.IMA_TEMPLATE, content, Bytes.utf8("other")).tlv());
    assertEquals(List.of(CelCheck.MISMATCH), checks(log));
  }

  @Test
  void replaysSystemdsLog() throws FormatException {
    var log = CelLog.parse(TestCelLog.phases());
    assertEquals(CelLog.Form.SYSTEMD, log.form());
    assertEquals(List.of(CelCheck.VERIFIED), checks(log).stream().distinct().toList());
    for (HashAlgorithm bank : CelReplay.banks(log)) {
      assertEquals(
          TestCelLog.extended(bank, "enter-initrd", "leave-initrd", "sysinit", "ready"),
          CelReplay.replay(log, bank).get(PCR_11));
    }
    var firmware = Digest.zero(HashAlgorithm.SHA256).extend(Digest.zero(HashAlgorithm.SHA256));
    assertEquals(
        firmware.extend(HashAlgorithm.SHA256.digest(Bytes.utf8("enter-initrd"))),
        CelReplay.replay(
                CelLog.parse(TestCelLog.sequence(systemd(11, "enter-initrd", "phase"))),
                HashAlgorithm.SHA256,
                Map.of(PCR_11, firmware))
            .get(PCR_11));
    assertEquals(2, CelReplay.banks(log).size());
  }

  @Test
  void knowsWhatOfSystemdIsKeyed() throws FormatException {
    String digests = TestCelLog.jsonDigests("an HMAC");
    String record = systemd(15, "cryptsetup:root", "volume-key");
    String keyed = record.replace(TestCelLog.jsonDigests("cryptsetup:root"), digests);
    var log = CelLog.parse(TestCelLog.sequence(keyed));
    assertEquals(List.of(CelCheck.UNVERIFIABLE), checks(log));
    String phase = keyed.replace("volume-key", "phase");
    assertEquals(List.of(CelCheck.MISMATCH), checks(CelLog.parse(TestCelLog.sequence(phase))));
  }

  @Test
  void readsPcrlockFilesAndArrays() throws FormatException {
    String record = "{\"pcr\":4,\"digests\":%s}".formatted(TestCelLog.jsonDigests("x"));
    var pcrlock = parse("{\"records\":[%s,%s]}\n".formatted(record, record));
    assertEquals(CelLog.Form.PCRLOCK, pcrlock.form());
    assertEquals(2, pcrlock.events().size());
    assertEquals(CelCheck.UNVERIFIABLE, checks(pcrlock).getFirst());
    var array = parse("[%s]".formatted(record));
    assertEquals(CelLog.Form.JSON, array.form());
    assertEquals(pcrlock.events().getFirst(), array.events().getFirst());
    var kept =
        parse(
            "[%s]".formatted(record.replace("}]}", "}],\"content_type\":\"x\",\"content\":[1]}")));
    assertEquals(
        new CelContent.Unknown("x", Bytes.utf8("[1]")), kept.events().getFirst().content());
  }

  @Test
  void readsTheContainerLogAndAnEmptyFile() throws FormatException {
    var log = CelLog.parse(ContainerLogTest.log().encode());
    assertEquals(CelLog.Form.CONTAINER, log.form());
    assertEquals(CelCheck.VERIFIED, checks(log).getFirst());
    assertEquals(
        ContainerLogTest.log().replay(HashAlgorithm.SHA256),
        CelReplay.replay(log, HashAlgorithm.SHA256).get(new CelHandle.Pcr(13)));
    assertEquals(List.of(), CelLog.parse(Bytes.empty()).events());
  }

  @Test
  void refusesWhatIsNoRecord() {
    String good = systemd(11, "ready", "phase");
    assertEquals("is unfinished: no line end", problem(Bytes.utf8("\u001e" + good)));
    assertEquals("unknown key 'x'", problem(sequence(good, "{\"pcr\"", "{\"x\":1,\"pcr\"")));
    assertEquals(
        "pcr: expected 0 to 23, found 24", problem(sequence(good, "\"pcr\":11", "\"pcr\":24")));
    assertEquals("expected either pcr or nv_index", problem(sequence(good, "\"pcr\":11,", "")));
    assertEquals("hashAlg: unknown: md5", problem(sequence(good, "\"sha1\"", "\"md5\"")));
    assertEquals(
        "digests: a bank appears twice",
        problem(
            Bytes.utf8(
                "\u001e"
                    + good.replaceFirst(
                        "\"sha1\",\"digest\":\"[0-9a-f]*\"",
                        "\"sha256\",\"digest\":\"" + "00".repeat(32) + "\"")
                    + "\n")));
    assertEquals(
        "digest: expected 64 lower-case hex digits",
        problem(sequence(good, "\"digest\":\"", "\"digest\":\"00")));
    assertEquals("0x78 begins no canonical event log", problem(Bytes.utf8("x")));
    assertTrue(problem(sequence(good, "}}", "}},")).length() > 0);
  }

  private static Bytes sequence(String record, String target, String replacement) {
    return TestCelLog.sequence(record.replace(target, replacement));
  }

  @Test
  void refusesBadTlv() {
    Bytes good = everyType();
    for (int cut = 1; cut < 60; cut++) {
      assertTrue(problem(good.slice(0, cut)).startsWith("need "));
    }
    Bytes data = Bytes.utf8("data");
    assertEquals(
        "record 1 has the number 7 after 0",
        problem(
            TestCelLog.empty().tlv(80, data, data).tlv(7, field(1, u8(10)), 80, data, data).tlv()));
    assertEquals(
        "pcr: expected 0 to 23, found 24",
        problem(TestCelLog.empty().tlv(0, field(1, u8(24)), 80, data, data).tlv()));
    assertEquals(
        "nv_index: 10 is no NV index",
        problem(TestCelLog.empty().tlv(0, field(2, u8(16)), 80, data, data).tlv()));
    assertEquals(
        "a field of type 9, expected the PCR or NV index",
        problem(TestCelLog.empty().tlv(0, field(9, u8(10)), 80, data, data).tlv()));
    assertEquals(
        "a field of type 1, expected event_type",
        problem(TestCelLog.empty().tlv(CelTlvRecord.PCCLIENT_STD, field(1, data), data).tlv()));
    assertEquals(
        "unknown algorithm 0x05",
        problem(
            Bytes.concat(
                field(0, u64(0)), field(1, u8(10)), field(3, field(5, data)), field(80, data))));
    assertEquals(
        "a sha256 digest of 4 bytes",
        problem(
            Bytes.concat(
                field(0, u64(0)), field(1, u8(10)), field(3, field(11, data)), field(80, data))));
  }

  @Test
  void aBankThatOneRecordLacksIsNotReplayed() throws FormatException {
    String one = systemd(11, "a", "phase");
    String other = systemd(11, "b", "phase").replaceFirst(",\\{\"hashAlg\":\"sha1\"[^}]*}", "");
    var log = CelLog.parse(TestCelLog.sequence(one, other));
    assertEquals(java.util.Set.of(HashAlgorithm.SHA256), CelReplay.banks(log));
    assertEquals(Optional.empty(), log.events().getLast().check(HashAlgorithm.SHA1));
    assertThrows(IllegalArgumentException.class, () -> CelReplay.replay(log, HashAlgorithm.SHA1));
  }
}
