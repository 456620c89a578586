// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

class KeyDatabaseTest {
  private static final EfiGuid OWNER = EfiGuid.IMAGE_SECURITY_DATABASE;

  private static Digest digest(String image) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(image));
  }

  private static KeyDatabase digests(EfiGuid owner, String... images) {
    return new KeyDatabase(
        List.of(
            SignatureList.images(owner, Stream.of(images).map(KeyDatabaseTest::digest).toList())));
  }

  @Test
  void mergingKeepsTheOrderAndDropsWhatIsThere() {
    var first = digests(OWNER, "a", "b");
    var merged = first.merge(digests(OWNER, "b", "c", "c"));
    assertEquals(
        new KeyDatabase(List.of(first.lists().getFirst(), digests(OWNER, "c").lists().getFirst())),
        merged);
    assertEquals(merged, merged.merge(first));
    assertEquals(3, merged.entries().size());
  }

  @Test
  void anotherOwnerMakesAnotherEntry() {
    var both = digests(OWNER, "a").merge(digests(EfiGuid.SHIM_LOCK, "a"));
    assertEquals(2, both.entries().size());
  }

  @Test
  void whatIsTakenOutIsGone() {
    var database = digests(OWNER, "a", "b").merge(digests(OWNER, "c"));
    assertEquals(
        digests(OWNER, "b").entries(), database.without(digests(OWNER, "a", "c")).entries());
    assertTrue(database.without(database).isEmpty());
    assertEquals(Bytes.empty(), database.without(database).encode());
    assertEquals(database, database.without(digests(OWNER, "d")));
  }

  @Test
  void theDifferenceNamesBothSides() {
    var difference = digests(OWNER, "a", "b").difference(digests(OWNER, "b", "c"));
    assertEquals(digests(OWNER, "a").entries(), difference.removed());
    assertEquals(digests(OWNER, "c").entries(), difference.added());
    assertTrue(digests(OWNER, "a").difference(digests(OWNER, "a")).isEmpty());
  }

  @Test
  void onlyCertificatesAreCertificates() throws Exception {
    assertEquals(List.of(), digests(OWNER, "a").certificates());
    var none = new KeyDatabase(List.of(SignatureList.x509(OWNER, Bytes.utf8("none"))));
    assertThrows(FormatException.class, none::certificates);
  }

  @Test
  void aFileIsKnownByItsContent() throws Exception {
    var lists = digests(OWNER, "a");
    assertEquals(new KeyFileContent.Lists(lists), KeyFileContent.parse(lists.encode()));
    assertThrows(FormatException.class, () -> KeyFileContent.parse(Bytes.empty()));
    assertEquals(
        new KeyFileContent.Efivar(0x27, lists),
        KeyFileContent.parse(Bytes.concat(Bytes.fromHex("27000000"), lists.encode())));
    assertEquals(
        new KeyFileContent.Efivar(7, KeyDatabase.EMPTY),
        KeyFileContent.parse(Bytes.fromHex("07000000")));
    var e =
        assertThrows(
            FormatException.class,
            () -> KeyFileContent.parse(Bytes.concat(Bytes.fromHex("27000001"), lists.encode())));
    assertTrue(e.problem().contains("attributes 0x1000027"), e.problem());
  }

  @Test
  void aStoreHoldsEachVariable() throws Exception {
    var template = OvmfVariableStore.parse(read(Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd")));
    Map<SignatureVariable, KeyDatabase> lists =
        Map.of(
            SignatureVariable.dbx, digests(OWNER, "x"),
            SignatureVariable.db, KeyDatabase.EMPTY,
            SignatureVariable.MokList, digests(EfiGuid.SHIM_LOCK, "m"));
    var at = java.time.Instant.parse("2026-11-22T10:14:03Z");
    var store = template.with(new EnrolledVariables(lists, true, at).variables());
    assertEquals(
        List.of("dbx", "SecureBootEnable", "MokList", "MokListTrusted"),
        store.variables().stream().map(OvmfVariableStore.Variable::name).toList());
    assertTrue(
        store.variables().stream()
            .allMatch(v -> v.attributes() == (v.name().equals("dbx") ? 0x27 : 0x3)));
    var content =
        assertInstanceOf(KeyFileContent.Store.class, KeyFileContent.parse(store.encode()));
    assertEquals(
        Map.of(
            SignatureVariable.dbx, digests(OWNER, "x"),
            SignatureVariable.MokList, digests(EfiGuid.SHIM_LOCK, "m")),
        content.databases());
    assertEquals(at, content.time(SignatureVariable.dbx).orElseThrow().toInstant());
    assertEquals(Optional.empty(), content.time(SignatureVariable.MokList));
    assertEquals(Optional.empty(), content.database(SignatureVariable.PK));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void everyFileOfTheCorpusIsRead() throws Exception {
    Path folder = Path.of(System.getenv("TRUSTME_CORPUS"), "uefi-variables/go-uefi");
    for (String name : List.of("PK", "KEK", "db")) {
      var lists =
          assertInstanceOf(
              KeyFileContent.Lists.class,
              KeyFileContent.parse(read(folder.resolve(name + ".der.esl"))));
      assertEquals(1, lists.database().certificates().size());
      var update =
          assertInstanceOf(
              KeyFileContent.Update.class,
              KeyFileContent.parse(read(folder.resolve(name + ".auth"))));
      assertEquals(1, update.database().certificates().size());
    }
    for (String name : List.of("db", "dbdefault", "kek", "kekdefault", "pk", "pkdefault")) {
      var variable =
          assertInstanceOf(
              KeyFileContent.Efivar.class, KeyFileContent.parse(read(folder.resolve(name))));
      assertEquals(name.endsWith("default") ? 6 : 0x27, variable.attributes());
      assertEquals(name.startsWith("db") ? 4 : 1, variable.database().entries().size());
    }
  }

  private static Bytes read(Path file) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
