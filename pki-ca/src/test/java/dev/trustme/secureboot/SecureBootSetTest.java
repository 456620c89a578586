// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.VariableUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Judged by efitools and openssl. */
class SecureBootSetTest {
  @TempDir private static Path dir;
  private static Path folder = Path.of("");
  private static Path set = Path.of("");

  @BeforeAll
  static void create() throws Exception {
    folder = dir.resolve("pki");
    set = folder.resolve("secure-boot");
    TestPki.create(folder);
  }

  @ParameterizedTest
  @CsvSource({"PK,PK", "KEK,PK", "db,KEK"})
  void efitoolsSignsTheSameBytes(String name, String signer) throws Exception {
    Path theirs = dir.resolve(name + ".theirs.auth");
    Judge.accepts(
        "env",
        "TZ=UTC",
        "sign-efi-sig-list",
        "-t",
        "2026-11-22 10:14:03",
        "-k",
        folder.resolve("keys/" + signer + ".pem"),
        "-c",
        folder.resolve("certs/" + signer + ".pem"),
        name,
        set.resolve(name + ".esl"),
        theirs);
    assertEquals(read(theirs), read(set.resolve(name + ".auth")));
  }

  @ParameterizedTest
  @CsvSource({"PK,PK", "db,KEK"})
  void opensslVerifiesTheSignature(String name, String signer) throws Exception {
    var update = AuthenticatedVariable.parse(read(set.resolve(name + ".auth")));
    assertEquals(read(set.resolve(name + ".esl")), update.data());
    assertEquals(TestPki.AT, update.timeStamp().toInstant());
    Path signed = dir.resolve("signed");
    Bytes covered =
        new VariableUpdate(
                SignatureVariable.valueOf(name), false, update.timeStamp(), update.data())
            .signedBytes();
    Files.write(signed, covered.toArray());
    Path cms = dir.resolve("signature.der");
    var bare = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(update.certData().toArray()));
    Files.write(cms, new ContentInfo(PKCSObjectIdentifiers.signedData, bare).getEncoded("DER"));
    Path certificate = folder.resolve("certs/" + signer + ".pem");
    Object[] command = {
      "openssl",
      "cms",
      "-verify",
      "-binary",
      "-inform",
      "DER",
      "-in",
      cms,
      "-content",
      signed,
      "-CAfile",
      certificate,
      "-purpose",
      "any",
      "-attime",
      TestPki.AT.getEpochSecond(),
      "-out",
      "/dev/null"
    };
    Judge.accepts(command);
    byte[] changed = covered.toArray();
    changed[changed.length - 1] ^= 1;
    Files.write(signed, changed);
    Judge.refuses(command);
  }

  @Test
  void efitoolsReadsTheListsBack() throws Exception {
    Path prefix = dir.resolve("db-read");
    Judge.accepts("sig-list-to-certs", set.resolve("db.esl"), prefix);
    assertEquals(read(set.resolve("db.der")), read(dir.resolve("db-read-0.der")));
    assertEquals(
        Certificates.der(PkiFolder.open(folder).chain(Role.BOOT).getFirst()),
        read(set.resolve("db.der")));
    Path theirs = dir.resolve("theirs.esl");
    Judge.accepts(
        "cert-to-efi-sig-list",
        "-g",
        PkiFolder.open(folder).owner(),
        set.resolve("db.pem"),
        theirs);
    assertEquals(read(theirs), read(set.resolve("db.esl")));
  }

  @Test
  void everyPartOfTheUpdateIsChecked() throws Exception {
    Bytes file = read(set.resolve("db.auth"));
    assertEquals(file, AuthenticatedVariable.parse(file).encode());
    assertMalformed(file, 7, 1, "must be zero");
    assertMalformed(file, 2, 0x40, "no date");
    assertMalformed(file, 19, 1, "remain");
    assertMalformed(file, 16, 1, "not one DER SEQUENCE");
    assertMalformed(file, 20, 1, "wRevision");
    assertMalformed(file, 24, 1, "PKCS7");
  }

  @Test
  void theVariableStoreHoldsTheSet() throws Exception {
    var template = OvmfVariableStore.parse(read(Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd")));
    var enrolled =
        new EnrolledVariables(
            Map.of(
                SignatureVariable.PK, KeyDatabase.parse(read(set.resolve("PK.esl"))),
                SignatureVariable.KEK, KeyDatabase.parse(read(set.resolve("KEK.esl"))),
                SignatureVariable.db, KeyDatabase.parse(read(set.resolve("db.esl")))),
            false,
            TestPki.AT);
    assertEquals(List.of(), enrolled.conflicts(template));
    var store = OvmfVariableStore.parse(template.with(enrolled.variables()).encode());
    var db = store.variable("db", EfiGuid.IMAGE_SECURITY_DATABASE).orElseThrow();
    assertEquals(read(set.resolve("db.esl")), db.data());
    assertEquals(1, SignatureList.parseDatabase(db.data()).size());
    assertEquals(EfiTime.of(TestPki.AT), db.timeStamp());
    assertEquals(List.of("PK", "KEK", "db", "SecureBootEnable"), enrolled.conflicts(store));
  }

  private static void assertMalformed(Bytes file, int at, int value, String problem) {
    byte[] changed = file.toArray();
    changed[at] ^= (byte) value;
    var e =
        assertThrows(
            FormatException.class, () -> AuthenticatedVariable.parse(Bytes.copyOf(changed)));
    assertTrue(e.problem().contains(problem), e.problem());
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
