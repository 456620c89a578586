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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  @Test
  void setsAndRemovesAsFirmwareDoes() throws Exception {
    var store = OvmfVariableStore.parse(read(ENROLLED));
    var db = store.variable("db", EfiGuid.IMAGE_SECURITY_DATABASE).orElseThrow();
    var dbx = store.variable("dbx", EfiGuid.IMAGE_SECURITY_DATABASE).orElseThrow();
    var changed =
        new Variable("db", db.vendor(), db.attributes(), EfiTime.of(AT), Bytes.utf8("other"));
    var edited = store.edit(List.of(changed), Set.of(dbx.key())).orElseThrow();
    assertEquals(changed, edited.variable("db", db.vendor()).orElseThrow());
    assertEquals(Optional.empty(), edited.variable("dbx", dbx.vendor()));
    assertEquals(store.variables().size() - 1, edited.variables().size());
    int differing = 0;
    int end = 0;
    for (int i = 0; i < store.encode().size(); i++) {
      if (store.encode().at(i) != edited.encode().at(i)) {
        differing++;
        end = i;
      }
    }
    // Two state bytes, and the new record at the end.
    assertTrue(differing <= 2 + OvmfVariableStore.size(changed), differing + " bytes");
    assertEquals(0xff, store.encode().at(end));
  }

  @Test
  void makesRoomWhenItIsNeeded() throws Exception {
    var store = OvmfVariableStore.parse(read(TEMPLATE));
    int capacity = store.free();
    for (int i = 0; i < 20; i++) {
      var large =
          new Variable(
              "x", EfiGuid.SHIM_LOCK, 3, EfiTime.NONE, Bytes.utf8("" + i + " ".repeat(33000)));
      store = store.edit(List.of(PK, large), Set.of()).orElseThrow();
      assertEquals(List.of(PK, large), store.variables());
    }
    assertEquals(
        capacity - store.variables().stream().mapToInt(OvmfVariableStore::size).sum(),
        store.free());
    var full = new Variable("y", EfiGuid.SHIM_LOCK, 3, EfiTime.NONE, Bytes.zeros(store.free()));
    assertEquals(Optional.empty(), store.edit(List.of(full), Set.of()));
    assertTrue(store.edit(List.of(), Set.of(PK.key())).isPresent());
  }

  @Test
  void whatIsAboutToGoCountsUntilItsSuccessorIsThere() throws Exception {
    var store = OvmfVariableStore.parse(read(TEMPLATE)).with(List.of(PK));
    byte[] image = store.encode().toArray();
    image[100 + 2] = 0x3e;
    var leaving = OvmfVariableStore.parse(Bytes.copyOf(image));
    assertEquals(List.of(PK), leaving.variables());
    var next = new Variable("PK", PK.vendor(), 0x27, PK.timeStamp(), Bytes.utf8("next."));
    assertEquals(List.of(next), leaving.edit(List.of(next), Set.of()).orElseThrow().variables());
    // The successor is written, its predecessor not yet marked as deleted.
    System.arraycopy(
        OvmfVariableStore.parse(read(TEMPLATE)).with(List.of(next)).encode().toArray(),
        100,
        image,
        100 + 72,
        72);
    var both = OvmfVariableStore.parse(Bytes.copyOf(image));
    assertEquals(List.of(next), both.variables());
    assertEquals(List.of(), both.edit(List.of(), Set.of(PK.key())).orElseThrow().variables());
    for (int state : new int[] {0x3d, 0x3c, 0x7f, 0x7d}) {
      image[100 + 2] = (byte) state;
      assertEquals(List.of(next), OvmfVariableStore.parse(Bytes.copyOf(image)).variables());
    }
  }

  @Test
  void aHeaderThatWasNeverFinishedHasNoNameAndNoData() throws Exception {
    byte[] image = read(TEMPLATE).toArray();
    image[100] = (byte) 0xaa;
    image[101] = 0x55;
    var store = OvmfVariableStore.parse(Bytes.copyOf(image));
    assertEquals(List.of(), store.variables());
    assertEquals(List.of(PK), store.with(List.of(PK)).variables());
  }

  @Test
  void aWriteThatWasInterruptedIsRefused() throws Exception {
    byte[] image = read(TEMPLATE).toArray();
    int queue = 0x41000 + 32;
    image[queue] = (byte) 0xfe;
    assertEquals(List.of(), OvmfVariableStore.parse(Bytes.copyOf(image)).variables());
    image[queue] = (byte) 0xfc;
    assertDamaged(Bytes.copyOf(image), 0x41000 + 4095, "interrupted write");
    image[queue] = (byte) 0xf8;
    Arrays.fill(image, queue + 24, queue + 40, (byte) 0);
    image[queue + 24] = 1;
    image[queue + 40 + 40] = (byte) 0xfc;
    assertDamaged(Bytes.copyOf(image), 0x41000 + 4095, "interrupted write");
    image[queue + 40 + 40] = (byte) 0xff;
    assertEquals(List.of(), OvmfVariableStore.parse(Bytes.copyOf(image)).variables());
    image[queue + 30] = 1;
    assertDamaged(Bytes.copyOf(image), 0x41000 + 4095, "NumberOfWrites");
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
