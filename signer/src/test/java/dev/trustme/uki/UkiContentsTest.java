// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UkiContentsTest {
  @Test
  void joinsInitrdsOnFourByteBoundaries() {
    var joined = UkiContents.joined(List.of(Bytes.utf8("070701"), Bytes.utf8("070702")));
    assertEquals("070701\0\0" + "070702", joined.content().utf8());
  }

  @Test
  void refusesOtherKindsOfFiles() throws Exception {
    var zip = Bytes.fromHex("504b030400000000");
    var stub = PeImage.parse(TestPe.small());
    assertThrows(FormatException.class, () -> UkiContents.initrd(zip));
    assertThrows(FormatException.class, () -> UkiContents.initrd(Bytes.empty()));
    assertThrows(FormatException.class, () -> UkiContents.kernel(zip, stub));
    assertThrows(FormatException.class, () -> UkiContents.osRelease(zip));
    assertThrows(FormatException.class, () -> UkiContents.osRelease(Bytes.empty()));
    assertThrows(FormatException.class, () -> UkiContents.stub(zip));
  }

  @Test
  void refusesAStubThatIsNotSystemds() {
    assertThrows(FormatException.class, () -> UkiContents.stub(TestPe.small()));
  }

  @Test
  void refusesAKernelForAnotherMachine() throws Exception {
    var stub = PeImage.parse(TestPe.small());
    var arm = TestPe.small().toArray();
    arm[TestPe.LFANEW + 4] = 0x64;
    arm[TestPe.LFANEW + 5] = (byte) 0xaa;
    assertThrows(FormatException.class, () -> UkiContents.kernel(Bytes.copyOf(arm), stub));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\tb", "ä", "quiet\0"})
  void refusesCommandLinesThatAreMeasuredInMoreThanOneWay(String line) {
    assertThrows(FormatException.class, () -> UkiContents.commandLine(Bytes.utf8(line)));
  }
}
