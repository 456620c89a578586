// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.predict.LoaderInfo;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import dev.trustme.uefi.Sbat;
import dev.trustme.uefi.TestPe;
import java.util.List;
import org.junit.jupiter.api.Test;

class SbatMergeTest {
  private static final String FIRST =
      "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n";
  private static final Bytes STUB =
      new TestPe()
          .section(".text", Bytes.zeros(700))
          .section(
              ".sbat", FIRST + "systemd,1,The systemd Developers,systemd,252,https://systemd.io/\n")
          .section(".sdmagic", "#### LoaderInfo: systemd-stub 252.39 ####\0")
          .build();

  private static UkiSection merged(String... texts) throws FormatException {
    return SbatMerge.of(
        List.of(PeImage.parse(STUB), PeImage.parse(TestPe.small())),
        List.of(texts).stream().map(Bytes::utf8).toList());
  }

  @Test
  void mergesAsUkifyDoes() throws Exception {
    assertEquals(
        FIRST
            + "systemd,1,The systemd Developers,systemd,252,https://systemd.io/\n"
            + "acme,2,Acme,gateway,41,https://acme.example/\n\0",
        merged(FIRST + "acme,2,Acme,gateway,41,https://acme.example/\n").content().utf8());
  }

  @Test
  void refusesTextThatIsNoSbat() {
    assertThrows(FormatException.class, () -> merged("acme,2,Acme,gateway,41,url\n"));
    assertThrows(FormatException.class, () -> merged(FIRST + "acme,two\n"));
  }

  @Test
  void theMergedSectionTakesTheStubsPlaceEvenWhereItIsLonger() throws Exception {
    var text = new StringBuilder(FIRST);
    for (int i = 0; i < 30; i++) {
      text.append("component%d,1,vendor,package,version,https://example.com/%d\n".formatted(i, i));
    }
    var sections =
        List.of(merged(text.toString()), new UkiSection(".cmdline", Bytes.utf8("quiet")));
    var image = PeImage.parse(UkiAssembler.assemble(PeImage.parse(STUB), sections));
    assertEquals(32, Sbat.of(image).entries().size());
    assertEquals("252.39", LoaderInfo.stub(image).version());
    assertEquals(
        "quiet", Bytes.copyOf(image.content(image.section(".cmdline").orElseThrow())).utf8());
    assertEquals(4, image.sections().size());
    assertTrue(image.section(".sbat").orElseThrow().rawSize() > 0x200);
  }

  @Test
  void oneThatReachesTheNextSectionInMemoryMovesBehindAll() throws Exception {
    var stub = PeImage.parse(STUB);
    var text = FIRST + "component,1,vendor,package,%s,https://example.com/\n";
    var sections =
        List.of(
            merged(text.formatted("v".repeat(5000))),
            new UkiSection(".cmdline", Bytes.utf8("quiet")));
    var image = PeImage.parse(UkiAssembler.assemble(stub, sections));
    assertEquals(
        List.of(".sbat"),
        image.sections().stream().map(PeSection::name).filter(".sbat"::equals).toList());
    assertEquals(stub.sections().size() + 1, image.sections().size());
    assertTrue(
        image.section(".sbat").orElseThrow().virtualAddress()
            > stub.sections().getLast().virtualAddress());
    assertEquals("v".repeat(5000), Sbat.of(image).entries().getLast().version());
    assertEquals("252.39", LoaderInfo.stub(image).version());
  }
}
