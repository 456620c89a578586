// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.sign.EfiSigner;
import dev.trustme.sign.Judge;
import dev.trustme.sign.TestKeys;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UkiAssemblerTest {
  private static final Bytes STUB =
      new TestPe()
          .section(".text", Bytes.zeros(700))
          .section(".sdmagic", "#### LoaderInfo: systemd-stub 252.39-1~deb12u2 ####\0")
          .build();
  private static final List<UkiSection> SECTIONS =
      List.of(
          new UkiSection(".osrel", Bytes.utf8("ID=x\n")),
          new UkiSection(".cmdline", Bytes.utf8("quiet")),
          new UkiSection(".initrd", Bytes.zeros(5000)),
          new UkiSection(".linux", TestPe.small()));

  @Test
  void everySectionHoldsItsContent() throws Exception {
    var image = PeImage.parse(UkiAssembler.assemble(PeImage.parse(STUB), SECTIONS));
    for (var section : SECTIONS) {
      var found = image.section(section.name()).orElseThrow();
      assertEquals(section.content(), Bytes.copyOf(image.content(found)));
      assertEquals(0, found.virtualAddress() % 4096);
      assertEquals(0, found.rawSize() % image.header().fileAlignment());
    }
    var last = image.sections().getLast();
    assertEquals(".linux", last.name());
    assertTrue(image.header().sizeOfImage() >= last.virtualAddress() + last.virtualSize());
  }

  @Test
  void keepsTheStubsSections() throws Exception {
    var stub = PeImage.parse(STUB);
    var image = PeImage.parse(UkiAssembler.assemble(stub, SECTIONS));
    for (var section : stub.sections()) {
      assertEquals(
          stub.content(section), image.content(image.section(section.name()).orElseThrow()));
    }
  }

  @Test
  void samePartsSameBytes() throws Exception {
    assertEquals(
        UkiAssembler.assemble(PeImage.parse(STUB), SECTIONS),
        UkiAssembler.assemble(PeImage.parse(STUB), SECTIONS));
  }

  @Test
  void makesRoomInTheHeaders() throws Exception {
    List<UkiSection> many = new ArrayList<>();
    for (char c = 'a'; c <= 'p'; c++) {
      many.add(new UkiSection("." + c, Bytes.utf8("content " + c)));
    }
    var image = PeImage.parse(UkiAssembler.assemble(PeImage.parse(STUB), many));
    assertTrue(image.header().sizeOfHeaders() > TestPe.HEADERS);
    for (var section : many) {
      var found = image.section(section.name()).orElseThrow();
      assertEquals(section.content(), Bytes.copyOf(image.content(found)));
    }
  }

  @Test
  void refusesMoreHeadersThanTheStubHasRoomFor() {
    List<UkiSection> many = new ArrayList<>();
    for (char c = 'a'; c <= 'z'; c++) {
      for (char d = 'a'; d <= 'd'; d++) {
        many.add(new UkiSection("." + c + d, Bytes.utf8("x")));
      }
    }
    refused("no room", STUB, many);
  }

  @Test
  void dropsASymbolTableAndRefusesOtherBytesBehindTheSections() throws Exception {
    int symbols = TestPe.LFANEW + 12;
    var table = Bytes.concat(Bytes.zeros(18), Bytes.fromHex("04000000"));
    var withTable =
        TestPe.with(TestPe.with(Bytes.concat(STUB, table), symbols, STUB.size()), symbols + 4, 1);
    assertEquals(
        UkiAssembler.assemble(PeImage.parse(STUB), SECTIONS),
        UkiAssembler.assemble(PeImage.parse(withTable), SECTIONS));
    refused("behind its last section", Bytes.concat(withTable, Bytes.utf8("x")), SECTIONS);
  }

  @Test
  void refusesASignedStubAndSectionsTwice() throws Exception {
    var signed = new EfiSigner(TestKeys.rsa()).sign(PeImage.parse(STUB));
    refused("signed already", signed, SECTIONS);
    refused(".text", STUB, List.of(new UkiSection(".text", Bytes.utf8("x"))));
    refused(".initrd", STUB, List.of(SECTIONS.get(2), SECTIONS.get(2)));
  }

  @Test
  void sbverifyAcceptsTheSignedImage(@TempDir Path folder) throws Exception {
    var image = PeImage.parse(UkiAssembler.assemble(PeImage.parse(STUB), SECTIONS));
    Files.write(folder.resolve("u.efi"), new EfiSigner(TestKeys.rsa()).sign(image).toArray());
    Files.writeString(folder.resolve("cert.pem"), Certificates.pem(TestKeys.rsa().chain()));
    String said = Judge.accepts(folder, "sbverify", "--cert", "cert.pem", "u.efi");
    assertTrue(said.contains("OK"), said);
  }

  private static void refused(String problem, Bytes stub, List<UkiSection> sections) {
    var refused =
        assertThrows(
            FormatException.class, () -> UkiAssembler.assemble(PeImage.parse(stub), sections));
    assertTrue(refused.problem().contains(problem), refused.problem());
  }
}
