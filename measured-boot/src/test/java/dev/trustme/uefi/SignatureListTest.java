// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class SignatureListTest {
  private static final EfiGuid OWNER = EfiGuid.SHIM_LOCK;

  private static Bytes list(EfiGuid type, long listSize, long headerSize, long size, int body) {
    return BinaryWriter.littleEndian()
        .bytes(type.encode())
        .u32(listSize)
        .u32(headerSize)
        .u32(size)
        .zeros(body)
        .toBytes();
  }

  private static FormatException rejected(Bytes database) {
    return assertThrows(FormatException.class, () -> SignatureList.parseDatabase(database));
  }

  @Test
  void writesWhatEfitoolsWrites(@TempDir Path folder) throws Exception {
    Judge.makeKey(folder);
    Judge.run(folder, "openssl", "x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der");
    var judged =
        Judge.run(folder, "cert-to-efi-sig-list", "-g", OWNER.toString(), "cert.pem", "cert.esl");
    assertEquals(0, judged.code(), judged.output());
    var der = Bytes.copyOf(Files.readAllBytes(folder.resolve("cert.der")));
    var esl = Bytes.copyOf(Files.readAllBytes(folder.resolve("cert.esl")));
    assertEquals(esl, SignatureList.x509(OWNER, der).encode());
    assertEquals(List.of(SignatureList.x509(OWNER, der)), SignatureList.parseDatabase(esl));
  }

  @Test
  void keepsUnknownTypesAndOrder() throws FormatException {
    var hash = SignatureList.sha256(OWNER, HashAlgorithm.SHA256.digest(Bytes.utf8("x")));
    var unknown = list(EfiGuid.SHIM_LOCK, 28 + 4 + 40, 4, 20, 44);
    var database = Bytes.concat(hash.encode(), unknown, hash.encode());
    var lists = SignatureList.parseDatabase(database);
    assertEquals(3, lists.size());
    assertEquals(2, lists.get(1).signatures().size());
    assertEquals(database, SignatureList.encodeDatabase(lists));
  }

  @Test
  void emptyDatabaseHasNoLists() throws FormatException {
    assertEquals(List.of(), SignatureList.parseDatabase(Bytes.empty()));
  }

  @Test
  void acceptsTwoHashesAndRejectsThemWithOneByteMore() throws FormatException {
    var good = list(EfiGuid.CERT_SHA256, 28 + 96, 0, 48, 96);
    assertEquals(2, SignatureList.parseDatabase(good).getFirst().signatures().size());
    assertTrue(rejected(Bytes.concat(good, Bytes.zeros(1))).toString().contains("need 16 bytes"));
    assertTrue(
        rejected(list(EfiGuid.CERT_SHA256, 28 + 97, 0, 48, 97)).problem().contains("no multiple"));
  }

  @Test
  void rejectsSizesThatContradictEachOther() {
    assertTrue(rejected(list(EfiGuid.CERT_SHA256, 27, 0, 48, 0)).problem().contains("ListSize 27"));
    assertTrue(rejected(list(EfiGuid.CERT_SHA256, 28 + 96, 0, 48, 48)).problem().contains("124"));
    assertTrue(
        rejected(list(EfiGuid.CERT_SHA256, 28 + 48, 49, 48, 48)).problem().contains("HeaderSize"));
    assertTrue(
        rejected(list(EfiGuid.CERT_SHA256, 28 + 48, 0, 0, 48)).problem().contains("SignatureSize"));
    assertTrue(
        rejected(list(EfiGuid.CERT_X509, 28 + 48, 0, 16, 48)).problem().contains("SignatureSize"));
    assertTrue(
        rejected(list(EfiGuid.CERT_SHA256, 0xffffffffL, 0, 48, 48)).problem().contains("remain"));
    assertTrue(
        rejected(list(EfiGuid.CERT_X509, 28, 0, 0xffffffffL, 0)).problem().contains("Signature"));
  }

  @Test
  void rejectsAHashOfTheWrongSizeAndAHeaderWhereThereIsNone() {
    assertTrue(rejected(list(EfiGuid.CERT_SHA256, 28 + 36, 0, 36, 36)).problem().contains("48"));
    assertTrue(
        rejected(list(EfiGuid.CERT_X509, 28 + 4 + 20, 4, 20, 24)).problem().contains("none"));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void readsDatabasesOfTheCorpus() throws Exception {
    var corpus = Path.of(System.getenv("TRUSTME_CORPUS"));
    for (String name : List.of("PK", "KEK", "db", "mod")) {
      var esl = read(corpus.resolve("real-boot/pki/" + name + ".esl"));
      assertEquals(esl, SignatureList.encodeDatabase(SignatureList.parseDatabase(esl)));
    }
    for (String name : List.of("db", "kek", "dbdefault")) {
      var variable = read(corpus.resolve("uefi-variables/go-uefi/" + name));
      var esl = variable.slice(4, variable.size());
      assertEquals(esl, SignatureList.encodeDatabase(SignatureList.parseDatabase(esl)));
    }
  }

  private static Bytes read(Path file) throws java.io.IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
