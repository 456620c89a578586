// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImaReaderTest {
  private static final TestImaLog ALL = ImaLogs.everyTemplate(TestImaLog.empty());

  private static FormatException refused(Bytes log, ImaFormat format) {
    return assertThrows(FormatException.class, () -> ImaLogs.entries(log, format));
  }

  private static String problem(TestImaLog log) {
    return refused(log.binary(), ImaFormat.BINARY).problem();
  }

  @Test
  void readsEveryTemplateInBothForms() throws FormatException {
    var binary = ImaLogs.entries(ALL.binary(), ImaFormat.BINARY);
    var ascii = ImaLogs.entries(ALL.ascii(), ImaFormat.ASCII);
    assertEquals(14, binary.size());
    assertEquals(binary.size(), ascii.size());
    for (int i = 0; i < binary.size(); i++) {
      assertEquals(binary.get(i).templateData(), ascii.get(i).templateData());
      assertEquals(binary.get(i).values(), ascii.get(i).values());
      assertEquals(binary.get(i).templateHash(), ascii.get(i).templateHash());
      assertTrue(binary.get(i).violation() || binary.get(i).templateHashMatches());
    }
  }

  @Test
  void writesTheSameBytes() throws FormatException {
    var parts =
        ImaLogs.entries(ALL.binary(), ImaFormat.BINARY).stream()
            .map(e -> e.encode(ByteOrder.LITTLE_ENDIAN))
            .toArray(Bytes[]::new);
    assertEquals(ALL.binary(), Bytes.concat(parts));
  }

  @Test
  void readsTheLogOfABigEndianKernel() throws FormatException {
    var log = ImaLogs.everyTemplate(TestImaLog.bigEndian());
    var binary = ImaFormat.BINARY.withOrder(ByteOrder.BIG_ENDIAN);
    var ascii = ImaFormat.ASCII.withOrder(ByteOrder.BIG_ENDIAN);
    assertEquals(14, ImaLogs.entries(log.binary(), binary).size());
    assertTrue(ImaLogs.entries(log.ascii(), ascii).get(4).templateHashMatches());
    assertFalse(ImaLogs.entries(log.ascii(), ImaFormat.ASCII).get(4).templateHashMatches());
    var reader = BinaryWriter.bigEndian().u32(10).toBytes();
    assertEquals(reader, log.binary().slice(0, 4));
  }

  @Test
  void decodesTheFields() throws FormatException {
    var entries = ImaLogs.entries(ALL.binary(), ImaFormat.BINARY);
    assertTrue(entries.getFirst().isBootAggregate());
    assertEquals("/bin/legacy", entries.get(1).name().utf8());
    var signature = entries.get(4).signature().orElseThrow();
    assertEquals(ImaSignature.Type.EVM_IMA_XATTR_DIGSIG, signature.type());
    assertEquals("1a2b3c4d", signature.keyIdHex());
    assertEquals(KernelHash.SHA256, signature.hashAlgo());
    assertEquals(16, signature.signature().size());
    assertTrue(entries.get(5).signature().isEmpty());
    assertEquals(3, entries.get(7).signature().orElseThrow().version());
    assertEquals(
        new ImaValue.Buffer(Bytes.utf8("quiet")), entries.get(8).value(ImaField.BUF).orElseThrow());
    assertEquals(
        new ImaValue.Modsig(Bytes.fromHex("3003020101")),
        entries.get(9).value(ImaField.MODSIG).orElseThrow());
    var evm = entries.get(10);
    assertEquals(
        new ImaValue.XattrNames(List.of("security.selinux", "security.ima")),
        evm.value(ImaField.XATTRNAMES).orElseThrow());
    assertEquals(
        new ImaValue.XattrLengths(List.of(20L, 36L)),
        evm.value(ImaField.XATTRLENGTHS).orElseThrow());
    assertEquals(new ImaValue.NumberValue(0100755), evm.value(ImaField.IMODE).orElseThrow());
    assertEquals(new ImaValue.NumberValue(1000), evm.value(ImaField.IUID).orElseThrow());
    assertTrue(entries.get(12).violation());
    assertTrue(entries.get(13).violation());
  }

  @Test
  void aVerityDigestNeverEqualsAFilesHash() throws FormatException {
    var entries = ImaLogs.entries(ALL.binary(), ImaFormat.BINARY);
    var file = entries.get(6).digest().orElseThrow();
    var verity = entries.get(7).digest().orElseThrow();
    assertEquals(file.value(), verity.value());
    assertFalse(file.equals(verity));
    assertEquals("verity", verity.type());
  }

  @Test
  void readsAListOfAnotherTemplateHash() throws FormatException {
    var format = ImaFormat.ASCII.withTemplateHash(HashAlgorithm.SHA256);
    var data =
        BinaryWriter.littleEndian()
            .u32(40)
            .bytes(Bytes.utf8("sha256:\0"))
            .bytes(hash("sha256", "x"))
            .u32(5)
            .bytes(Bytes.utf8("name\0"))
            .toBytes();
    String line =
        "10 %s ima-ng sha256:%s name\n"
            .formatted(HashAlgorithm.SHA256.digest(data).hex(), hash("sha256", "x").hex());
    assertTrue(ImaLogs.entries(Bytes.utf8(line), format).getFirst().templateHashMatches());
    assertEquals(
        "a template hash of 64 digits, expected 40 of a sha1 list",
        refused(Bytes.utf8(line), ImaFormat.ASCII).problem());
  }

  @Test
  void tellsTheFormsApart() {
    assertEquals(ImaFormat.Encoding.BINARY, ImaFormat.encodingOf(ALL.binary().toArray()));
    assertEquals(ImaFormat.Encoding.ASCII, ImaFormat.encodingOf(ALL.ascii().toArray()));
  }

  @Test
  void keepsANameWithSpacesInALine() throws FormatException {
    var log =
        TestImaLog.empty()
            .ng("sha256", "/a name  with spaces ")
            .entry(
                "ima-sig",
                digest("sha256:", hash("sha256", "x")),
                name("/another one"),
                TestImaLog.none());
    var entries = ImaLogs.entries(log.ascii(), ImaFormat.ASCII);
    assertEquals("/a name  with spaces ", entries.getFirst().name().utf8());
    assertEquals("/another one", entries.getLast().name().utf8());
    assertTrue(entries.stream().allMatch(ImaEntry::templateHashMatches));
  }

  @Test
  void refusesLinesThatCanBeReadInTwoWays() {
    var log = TestImaLog.empty().entry("n|n-ng", name("a b"), name("c"));
    assertEquals(
        "more spaces than the template has fields: ambiguous",
        refused(log.ascii(), ImaFormat.ASCII).problem());
  }

  @Test
  void aNameWithALineEndBreaksItsLine() {
    var log = TestImaLog.booted().ng("sha256", "/tmp/x\n/tmp/y");
    assertEquals("expected a PCR in two columns", refused(log.ascii(), ImaFormat.ASCII).problem());
  }

  @Test
  void aForgedLineInANameShowsInTheTemplateHash() throws FormatException {
    String forged = TestImaLog.empty().ng("sha256", "/bin/forged").ascii().utf8().strip();
    var log = TestImaLog.booted().ng("sha256", "/tmp/x\n" + forged);
    var entries = ImaLogs.entries(log.ascii(), ImaFormat.ASCII);
    assertEquals(3, entries.size());
    assertFalse(entries.get(1).templateHashMatches());
    assertEquals(2, ImaLogs.entries(log.binary(), ImaFormat.BINARY).size());
  }

  @Test
  void refusesBadFields() {
    Bytes value = hash("sha256", "x");
    assertEquals(
        "the digest's algorithm does not end in a colon and a NUL",
        problem(TestImaLog.empty().entry("ima-ng", digest("sha256", value), name("x"))));
    assertEquals(
        "unknown digest algorithm 'sha257'",
        problem(TestImaLog.empty().entry("ima-ng", digest("sha257:", value), name("x"))));
    assertEquals(
        "a sha1 digest of 32 bytes",
        problem(TestImaLog.empty().entry("ima-ng", digest("sha1:", value), name("x"))));
    assertEquals(
        "expected the digest type ima: or verity:, found 'sha256:'",
        problem(TestImaLog.empty().entry("ima-ngv2", digest("sha256:", value), name("x"))));
    assertEquals(
        "unknown digest algorithm ''",
        problem(TestImaLog.empty().entry("ima-ngv2", digest("ima:", value), name("x"))));
    assertEquals(
        "a string that holds a NUL before its end",
        problem(TestImaLog.empty().entry("ima-ng", digest("sha256:", value), name("x\0y"))));
    assertEquals(
        "a string without its final NUL",
        problem(
            TestImaLog.empty()
                .entry(
                    "ima-ng",
                    digest("sha256:", value),
                    new TestImaLog.Field(Bytes.utf8("x"), "x"))));
    assertEquals("unknown template ima-nx", problem(TestImaLog.empty().entry("ima-nx", name("x"))));
  }

  @Test
  void refusesBadLengths() {
    Bytes good = TestImaLog.booted().binary();
    int name = 4 + 20;
    int data = name + 4 + "ima-ng".length();
    assertEquals("PCR 24, expected 0 to 23", refused(at(good, 0, 24), ImaFormat.BINARY).problem());
    assertEquals(
        "a template name of 0 bytes, expected 1 to 255",
        refused(at(good, name, 0), ImaFormat.BINARY).problem());
    assertEquals(
        "needs 2147483686 bytes, expected at most 67108864",
        refused(at(good, data, 0x80000000L), ImaFormat.BINARY).problem());
    assertEquals(
        "field d-ng of 4294967295 bytes, 59 remain",
        refused(at(good, data + 4, 0xffffffffL), ImaFormat.BINARY).problem());
    assertEquals(
        "2 bytes of template data behind its last field",
        refused(at(good, data + 8 + 40, 13), ImaFormat.BINARY).problem());
    for (int cut = 1; cut < good.size(); cut++) {
      var e = refused(good.slice(0, cut), ImaFormat.BINARY);
      assertTrue(e.problem().startsWith("need "), e.getMessage());
    }
  }

  private static Bytes at(Bytes log, int offset, long value) {
    return Bytes.concat(
        log.slice(0, offset),
        BinaryWriter.littleEndian().u32(value).toBytes(),
        log.slice(offset + 4, log.size()));
  }

  @Test
  void refusesBadLines() {
    String good = TestImaLog.booted().ascii().utf8();
    for (String bad :
        List.of(
            good.strip(),
            good.replace("10 ", "1x "),
            good.replace("10 ", "24 "),
            good.replace("10 ", "10  "),
            good.replace(" ima-ng ", " ima-ng"),
            good.replace("sha256:", "sha256"),
            good.replace("sha256:", "sha256:0"),
            good.replace("sha256:", "sha256:XY"),
            good.substring(0, 50) + "\n",
            "\n",
            "10\n")) {
      refused(Bytes.utf8(bad), ImaFormat.ASCII);
    }
  }

  @Test
  void namesTheOffset() {
    var log = TestImaLog.booted();
    int size = log.binary().size();
    var e = refused(Bytes.concat(log.binary(), Bytes.fromHex("0a")), ImaFormat.BINARY);
    assertEquals(size, e.offset());
    int ascii = log.ascii().size();
    var line = Bytes.concat(log.ascii(), Bytes.utf8("10 x\n"));
    assertEquals(ascii + 3L, refused(line, ImaFormat.ASCII).offset());
  }

  @Test
  void readsEntriesLargerThanItsBuffer() throws FormatException {
    var log = TestImaLog.booted();
    for (int i = 0; i < 3; i++) {
      Bytes buffer = Bytes.zeros(100_000 + i);
      log.entry(
          "ima-buf",
          digest("sha256:", HashAlgorithm.SHA256.digest(buffer).value()),
          name("big"),
          TestImaLog.hex(buffer));
    }
    for (var format : List.of(ImaFormat.BINARY, ImaFormat.ASCII)) {
      Bytes bytes = format.equals(ImaFormat.ASCII) ? log.ascii() : log.binary();
      assertEquals(log.sha256(), ImaLogs.value(bytes, format, ImaStart.of(HashAlgorithm.SHA256)));
    }
  }
}
