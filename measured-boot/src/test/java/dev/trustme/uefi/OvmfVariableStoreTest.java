// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.OvmfVariableStore.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OvmfVariableStoreTest {
  private static final Path TEMPLATE = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");
  private static final Path ENROLLED = Path.of("/usr/share/OVMF/OVMF_VARS_4M.ms.fd");
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final Variable PK =
      new Variable("PK", EfiGuid.GLOBAL_VARIABLE, 0x27, EfiTime.of(AT), Bytes.utf8("five!"));

  @Test
  void debiansTemplateIsEmpty() throws Exception {
    assertEquals(List.of(), OvmfVariableStore.parse(read(TEMPLATE)).variables());
  }

  @Test
  void readsWhatFirmwareEnrolled() throws Exception {
    var store = OvmfVariableStore.parse(read(ENROLLED));
    for (String name : List.of("db", "dbx")) {
      var variable = store.variable(name, EfiGuid.IMAGE_SECURITY_DATABASE).orElseThrow();
      assertTrue(SignatureList.parseDatabase(variable.data()).size() >= 1, name);
    }
    var pk = store.variable("PK", EfiGuid.GLOBAL_VARIABLE).orElseThrow();
    assertEquals(0x27, pk.attributes());
    assertTrue(pk.timeStamp().toInstant().isAfter(Instant.EPOCH));
  }

  @Test
  void readsBackWhatItAdded() throws Exception {
    var template = OvmfVariableStore.parse(read(TEMPLATE));
    var db =
        new Variable("db", EfiGuid.IMAGE_SECURITY_DATABASE, 0x27, EfiTime.of(AT), Bytes.zeros(64));
    var image = template.with(List.of(PK, db)).encode();
    assertEquals(template.encode().size(), image.size());
    assertEquals(List.of(PK, db), OvmfVariableStore.parse(image).variables());
  }

  @Test
  void addsInTwoStepsAsInOne() throws Exception {
    var template = OvmfVariableStore.parse(read(TEMPLATE));
    var other = new Variable("x", EfiGuid.SHIM_LOCK, 3, EfiTime.NONE, Bytes.utf8("y"));
    assertEquals(
        template.with(List.of(PK, other)).encode(),
        template.with(List.of(PK)).with(List.of(other)).encode());
  }

  @Test
  void aVariableIsAddedOnce() throws Exception {
    var store = OvmfVariableStore.parse(read(TEMPLATE)).with(List.of(PK));
    assertThrows(IllegalArgumentException.class, () -> store.with(List.of(PK)));
  }

  @Test
  void aVariableThatDoesNotFitIsRefused() throws Exception {
    var store = OvmfVariableStore.parse(read(TEMPLATE));
    var large = new Variable("x", EfiGuid.SHIM_LOCK, 3, EfiTime.NONE, Bytes.zeros(0x40000));
    assertThrows(IllegalArgumentException.class, () -> store.with(List.of(large)));
  }

  @Test
  void rejectsDamage() throws Exception {
    var image = OvmfVariableStore.parse(read(TEMPLATE)).with(List.of(PK)).encode();
    int variable = 72 + 28;
    assertDamaged(image, 16, "a volume of variables");
    assertDamaged(image, 40, "no signature _FVH");
    assertDamaged(image, 44, "checksum");
    assertDamaged(image, 72, "an authenticated variable store");
    assertDamaged(image, 72 + 19, "does not fit the image");
    assertDamaged(image, 72 + 20, "formatted and healthy");
    assertDamaged(image, variable, "StartId");
    assertDamaged(image, variable + 39, "remain");
    assertDamaged(image, variable + 65, "only NUL");
    assertDamaged(image, variable + 74, "erased");
    assertThrows(
        FormatException.class, () -> OvmfVariableStore.parse(image.slice(0, image.size() / 4)));
    assertThrows(FormatException.class, () -> OvmfVariableStore.parse(Bytes.empty()));
  }

  @Test
  void rejectsAVariableThatIsThereTwice() throws Exception {
    var image = OvmfVariableStore.parse(read(TEMPLATE)).with(List.of(PK)).encode();
    byte[] twice = image.toArray();
    System.arraycopy(twice, 100, twice, 100 + 72, 72);
    var e = assertThrows(FormatException.class, () -> OvmfVariableStore.parse(Bytes.copyOf(twice)));
    assertTrue(e.problem().contains("there twice"), e.problem());
  }

  private static void assertDamaged(Bytes image, int at, String problem) {
    byte[] damaged = image.toArray();
    damaged[at] ^= 0x10;
    var e =
        assertThrows(
            FormatException.class,
            () -> OvmfVariableStore.parse(Bytes.copyOf(damaged)),
            () -> "byte " + at);
    assertTrue(e.problem().contains(problem), e.problem());
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
