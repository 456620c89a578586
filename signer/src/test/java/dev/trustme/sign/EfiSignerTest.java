// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.BootAuthority;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EfiSignerTest {
  private static final EfiGuid OWNER = new EfiGuid(new UUID(1, 2));
  private static final Bytes UNSIGNED = TestPe.small();
  private static final RoleKey KEY = TestKeys.rsa();

  @TempDir Path folder;

  @Test
  void sbverifyAndOsslsigncodeAccept() throws Exception {
    Files.write(folder.resolve("a.efi"), sign(KEY).toArray());
    Files.writeString(folder.resolve("cert.pem"), Certificates.pem(KEY.chain()));
    Judge.accepts(folder, "sbverify", "--cert", "cert.pem", "a.efi");
    String said =
        Judge.accepts(folder, "osslsigncode", "verify", "-CAfile", "cert.pem", "-in", "a.efi");
    assertTrue(said.contains("Signature verification: ok"), said);
  }

  @Test
  void acceptsWhatSbsignAndOsslsigncodeSigned() throws Exception {
    Files.write(folder.resolve("in.efi"), UNSIGNED.toArray());
    Judge.accepts(
        folder,
        command(
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other"
                + " -keyout key.pem -out cert.pem"));
    Judge.accepts(folder, command("sbsign --key key.pem --cert cert.pem --output sb.efi in.efi"));
    Judge.accepts(
        folder,
        command(
            "osslsigncode sign -h sha256 -certs cert.pem -key key.pem"
                + " -in in.efi -out ossl.efi"));
    var cert = Certificates.parse(read("cert.pem"));
    var database = SignatureDatabase.of(cert);
    assertTrue(Authenticode.verify(PeImage.parse(read("sb.efi")), database).accepted());
    assertTrue(Authenticode.verify(PeImage.parse(read("ossl.efi")), database).accepted());
  }

  @Test
  void writesTheChecksum() throws Exception {
    var signed = sign(KEY);
    int at = PeImage.parse(signed).header().checkSumOffset();
    var buffer = signed.buffer().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    assertEquals(PeImage.checkSum(signed.buffer(), at), Integer.toUnsignedLong(buffer.getInt(at)));
  }

  @Test
  void padsAnUnalignedImageBeforeItIsHashed() throws Exception {
    var odd = Bytes.concat(UNSIGNED, Bytes.utf8("x"));
    var signed = PeImage.parse(new EfiSigner(KEY).sign(PeImage.parse(odd)));
    assertTrue(Authenticode.verify(signed, db(KEY.certificate())).accepted());
    assertEquals(0, signed.contentSize() % 8);
  }

  @Test
  void refusesASecondSignatureAndOtherKeys() throws Exception {
    var signed = PeImage.parse(sign(KEY));
    assertThrows(IllegalArgumentException.class, () -> new EfiSigner(KEY).sign(signed));
    var ec = TestKeys.selfSigned(KeyType.EC_P256, "ec");
    assertThrows(IllegalArgumentException.class, () -> new EfiSigner(ec));
  }

  @Test
  void theEntryOfDbIsTheAuthority() throws Exception {
    var other = TestKeys.selfSigned(KeyType.EC_P256, "another");
    var mine = SignatureList.x509(OWNER, Certificates.der(KEY.certificate()));
    var first = SignatureList.x509(OWNER, Certificates.der(other.certificate()));
    var database = new SignatureDatabase(List.of(first, mine), List.of());
    assertEquals(mine.signatures().getFirst(), authority(sign(KEY), database).entry());
  }

  @Test
  void theIssuerInDbIsTheAuthority() throws Exception {
    var leaf = TestKeys.issued(KEY, "test", "leaf");
    var authority = authority(sign(leaf), db(KEY.certificate()));
    assertEquals(Certificates.der(KEY.certificate()), authority.entry().signatureData());
    assertEquals(leaf.certificate(), authority.signer().orElseThrow());
  }

  @Test
  void aDigestInDbIsTheAuthorityOfAnUnsignedImage() throws Exception {
    var digest = PeImage.parse(UNSIGNED).authenticodeDigest(HashAlgorithm.SHA256);
    var list = SignatureList.sha256(OWNER, digest);
    var database = new SignatureDatabase(List.of(list), List.of());
    assertEquals(new SignatureData(OWNER, digest.value()), authority(UNSIGNED, database).entry());
  }

  @Test
  void rejectsAnUnsignedImage() throws Exception {
    assertEquals(List.of("unsigned"), failures(UNSIGNED, db(KEY.certificate())));
  }

  @Test
  void rejectsAnImageChangedAfterSigning() throws Exception {
    var signed = sign(KEY).toArray();
    signed[TestPe.HEADERS] ^= 1;
    assertEquals(List.of("image-digest"), failures(Bytes.copyOf(signed), db(KEY.certificate())));
  }

  @Test
  void rejectsASignerThatDbDoesNotHold() throws Exception {
    var other = TestKeys.selfSigned(KeyType.EC_P256, "test");
    assertEquals(List.of("db-authority"), failures(sign(KEY), db(other.certificate())));
    var empty = new SignatureDatabase(List.of(), List.of());
    assertEquals(List.of("db-authority"), failures(sign(KEY), empty));
  }

  @Test
  void rejectsADigestInDbx() throws Exception {
    var digest = PeImage.parse(UNSIGNED).authenticodeDigest(HashAlgorithm.SHA256);
    var dbx = List.of(SignatureList.sha256(OWNER, digest));
    assertEquals(
        List.of("dbx-hash"),
        failures(sign(KEY), new SignatureDatabase(db(KEY.certificate()).db(), dbx)));
  }

  @Test
  void rejectsACertificateInDbx() throws Exception {
    var leaf = TestKeys.issued(KEY, "test", "leaf");
    for (var certificate : leaf.chain()) {
      var dbx = List.of(SignatureList.x509(OWNER, Certificates.der(certificate)));
      assertEquals(
          List.of("dbx-certificate"),
          failures(sign(leaf), new SignatureDatabase(db(KEY.certificate()).db(), dbx)));
    }
  }

  @Test
  void rejectsACertificateWhoseHashIsInDbx() throws Exception {
    var tbs = KEY.certificate().toASN1Structure().getTBSCertificate().getEncoded("DER");
    var hash = HashAlgorithm.SHA256.digest(tbs).value();
    var entry = new SignatureData(OWNER, Bytes.concat(hash, Bytes.zeros(16)));
    var dbx =
        new SignatureList(EfiGuid.CERT_X509_SHA256, Bytes.empty(), entry.size(), List.of(entry));
    assertEquals(
        List.of("dbx-certificate-hash"),
        failures(sign(KEY), new SignatureDatabase(db(KEY.certificate()).db(), List.of(dbx))));
  }

  @Test
  void rejectsAChangedSignatureValue() throws Exception {
    var signed = sign(KEY);
    var pkcs7 = PeImage.parse(signed).certificates().getFirst();
    byte[] changed = signed.toArray();
    changed[Math.toIntExact(pkcs7.offset()) + 8 + pkcs7.signedData().size() - 1] ^= 1;
    assertEquals(
        List.of("signature-value"), failures(Bytes.copyOf(changed), db(KEY.certificate())));
  }

  private static Bytes sign(RoleKey key) throws FormatException {
    return new EfiSigner(key).sign(PeImage.parse(UNSIGNED));
  }

  private static SignatureDatabase db(X509CertificateHolder certificate) {
    return SignatureDatabase.of(List.of(certificate));
  }

  private static BootAuthority authority(Bytes image, SignatureDatabase database)
      throws FormatException {
    var verdict = Authenticode.verify(PeImage.parse(image), database);
    return switch (verdict) {
      case Verdict.Accepted<BootAuthority> accepted -> accepted.value();
      case Verdict.Rejected<BootAuthority> rejected ->
          throw new AssertionError(rejected.failures().toString());
    };
  }

  private static List<String> failures(Bytes image, SignatureDatabase database)
      throws FormatException {
    return Authenticode.verify(PeImage.parse(image), database).failures().stream()
        .map(Check::id)
        .toList();
  }

  private Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  private static String[] command(String line) {
    return line.split(" ", -1);
  }
}
