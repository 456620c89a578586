// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.TestPki.Identity;
import dev.trustme.vectors.make.TestPki.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** Signed updates of PK, KEK, db and dbx, and what firmware must not take. */
final class AuthVarVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String BEFORE = "2026-11-22T11:59:59Z";
  private static final String HEADER = "EFI_VARIABLE_AUTHENTICATION_2: ";
  private static final int SIGNED_DATA = 40;

  private final FamilyMaker family;
  private final EfiGuid owner = EfiGuid.parse("7c673ee7-c41c-431a-89ad-11590e357214");
  private final Identity pk = TestPki.root(Shape.leaf("Vector PK"), KeyType.RSA_2048);
  private final Identity kek = TestPki.root(Shape.leaf("Vector KEK"), KeyType.RSA_2048);
  private final Identity vendorCa = TestPki.root(Shape.ca("Vector Vendor KEK CA", 0));
  private final Identity vendor =
      TestPki.issue(vendorCa, Shape.leaf("Vector Vendor KEK"), KeyType.RSA_2048);
  private final Identity stranger = TestPki.root(Shape.leaf("Vector Stranger"), KeyType.RSA_2048);
  private final Bytes db = list(TestPki.root(Shape.leaf("Vector db", Role.BOOT), KeyType.RSA_2048));

  AuthVarVectors(Path root) throws IOException, FormatException {
    family = new FamilyMaker(root, "authvar", OURS);
  }

  private Bytes list(Identity identity) {
    return SignatureList.x509(owner, Certificates.der(identity.certificate())).encode();
  }

  void make() throws IOException {
    for (var each : Map.of("pk", pk, "kek", kek, "vendor-ca", vendorCa).entrySet()) {
      family.file(each.getKey() + ".pem", pem(each.getValue()));
    }
    update();
    header();
    append();
    platformKey();
    exchangeKey();
    vendorShape();
    revocations();
    family.write();
  }

  private static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private static UpdateBuilder builder(SignatureVariable variable, Bytes data) {
    return new UpdateBuilder(variable.name(), variable.vendor(), data);
  }

  private Vector accept(
      String id, String comment, Bytes update, Map<String, String> authority, String... context)
      throws IOException {
    family.file(id + ".auth", update);
    var files = new java.util.TreeMap<>(authority);
    files.put("update", id + ".auth");
    return family.accept(
        id,
        comment,
        files,
        Map.of("variable", context[0], "write", context[1], "stored", context[2]));
  }

  private void refuse(Vector twin, String id, String comment, Bytes update, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "update", update, reason);
  }

  /** db by KEK: the signature covers more than what the file holds. */
  private void update() throws IOException {
    var variable = SignatureVariable.db;
    Bytes file = builder(variable, db).by(kek).build();
    var good =
        accept(
            "db-update",
            "a complete db, signed by KEK without signed attributes, as efitools writes it",
            file,
            Map.of("authority", "kek.pem"),
            "db",
            "replace",
            BEFORE);
    family
        .otherContext(
            good, "other-name", "the same file given as dbx", "variable", "dbx", "update-variable")
        .otherContext(
            good,
            "time-not-later",
            "the variable has this very time stamp",
            "stored",
            UpdateBuilder.TIME.toString(),
            "update-time")
        .otherFile(
            good,
            "other-kek",
            "KEK holds another key",
            "authority",
            pem(stranger),
            "update-exchange-key");
    refuse(
        good,
        "other-vendor",
        "signed for a variable db of the other vendor GUID",
        builder(variable, db).by(kek).signedVendor(EfiGuid.GLOBAL_VARIABLE).build(),
        "update-vendor");
    refuse(
        good,
        "name-with-nul",
        "signed over the name with its NUL",
        builder(variable, db).by(kek).signedName("db\0").build(),
        "update-name");
    refuse(
        good,
        "time-changed",
        "the time stamp is a second later than the signed one",
        with(file, 6, 1),
        "update-signature");
    refuse(
        good,
        "sha1",
        "the signature names SHA-1",
        builder(variable, db).by(kek).sha1().build(),
        "update-digest");
    refuse(
        good,
        "two-signers",
        "KEK and a stranger signed",
        builder(variable, db).by(kek).by(stranger).build(),
        "PKCS#7 SignedData: expected one signer, found 2");
    refuse(
        good,
        "no-certificate",
        "the signer's certificate does not travel with the signature",
        builder(variable, db).byAbsent(kek).build(),
        "update-signer");
    refuse(
        good,
        "content-inside",
        "the signature carries what it signs",
        builder(variable, db).by(kek).embedded().build(),
        "update-detached");
  }

  private void header() throws IOException {
    Bytes file = builder(SignatureVariable.db, db).by(kek).build();
    int length = file.size() - db.size() - 16;
    var good =
        accept(
            "first-update",
            "the same for a variable that was never set",
            file,
            Map.of("authority", "kek.pem"),
            "db",
            "replace",
            "none");
    refuse(good, "pad1", "Pad1 is not zero", with(file, 7, 1), timeField("Pad1"));
    refuse(good, "nanosecond", "Nanosecond is not zero", with(file, 8, 1), timeField("Nanosecond"));
    refuse(good, "time-zone", "TimeZone is not zero", with(file, 12, 60), timeField("TimeZone"));
    refuse(good, "daylight", "Daylight is not zero", with(file, 14, 1), timeField("Daylight"));
    refuse(good, "month-13", "Month 13", with(file, 2, 13), "EFI_TIME: is no date and time");
    refuse(
        good,
        "length-one-more",
        "dwLength takes a byte of the content",
        with(file, 16, (length + 1) & 0xff, (length + 1) >> 8),
        HEADER + "CertData is not one DER SEQUENCE");
    refuse(
        good,
        "length-beyond-end",
        "dwLength is larger than the file",
        with(file, 18, 1),
        HEADER
            + "need %d bytes, %d remain"
                .formatted(length + 0x10000 - 24, file.size() - SIGNED_DATA));
    refuse(
        good,
        "length-23",
        "dwLength is less than its header",
        with(file, 16, 23, 0),
        HEADER + "dwLength 23");
    refuse(
        good,
        "revision",
        "wRevision 1.0",
        with(file, 20, 0, 1),
        HEADER + found("0100", "0ef1", EfiGuid.PKCS7));
    refuse(
        good,
        "certificate-type",
        "wCertificateType WIN_CERT_TYPE_PKCS_SIGNED_DATA",
        with(file, 22, 2, 0),
        HEADER + found("0200", "0002", EfiGuid.PKCS7));
    refuse(
        good,
        "trailing-bytes",
        "two bytes after the content, which nobody signed",
        Bytes.concat(file, Bytes.zeros(2)),
        "EFI_SIGNATURE_LIST: need 16 bytes, 2 remain");
    refuse(
        good,
        "signed-trailing-bytes",
        "three signed bytes after the lists",
        builder(SignatureVariable.db, Bytes.concat(db, Bytes.zeros(3))).by(kek).build(),
        "EFI_SIGNATURE_LIST: need 16 bytes, 3 remain");
  }

  private static String timeField(String name) {
    return "EFI_TIME: %s must be zero".formatted(name);
  }

  private static String found(String revision, String type, EfiGuid guid) {
    return "expected wRevision 0200, type 0ef1, PKCS7; found %s, %s, %s"
        .formatted(revision, type, guid);
  }

  private void append() throws IOException {
    var good =
        accept(
            "dbx-append",
            "one digest more for dbx, with a time stamp before the variable's",
            builder(SignatureVariable.dbx, digest("old")).by(kek).append().build(),
            Map.of("authority", "kek.pem"),
            "dbx",
            "append",
            UpdateBuilder.TIME.toString());
    refuse(
        good,
        "replace-as-append",
        "signed without APPEND_WRITE",
        builder(SignatureVariable.dbx, digest("old")).by(kek).build(),
        "update-attributes");
  }

  private Bytes digest(String image) {
    return SignatureList.sha256(owner, HashAlgorithm.SHA256.digest(Bytes.utf8(image))).encode();
  }

  private void platformKey() throws IOException {
    var variable = SignatureVariable.PK;
    var enrolment =
        accept(
            "pk-enrolment",
            "in setup mode: a PK signed by its own key",
            builder(variable, list(pk)).by(pk).build(),
            Map.of(),
            "PK",
            "replace",
            "none");
    refuse(
        enrolment,
        "pk-enrolment-by-another",
        "a PK that its key did not sign",
        builder(variable, list(pk)).by(stranger).build(),
        "update-own-key");
    refuse(
        enrolment,
        "pk-two-certificates",
        "a PK of two certificates",
        builder(variable, Bytes.concat(list(pk), list(kek))).by(pk).build(),
        "update-payload");
    refuse(
        enrolment,
        "pk-digest",
        "a PK that is a digest",
        builder(variable, digest("pk")).by(pk).build(),
        "update-pk-certificate");
    var deletion =
        accept(
            "pk-deletion",
            "no content: PK deletes itself",
            builder(variable, Bytes.empty()).by(pk).build(),
            Map.of("authority", "pk.pem"),
            "PK",
            "replace",
            BEFORE);
    refuse(
        deletion,
        "pk-deletion-by-kek",
        "KEK deletes PK",
        builder(variable, Bytes.empty()).by(kek).build(),
        "update-platform-key");
    accept(
        "pk-replacement",
        "another PK, signed by the one before",
        builder(variable, list(stranger)).by(pk).build(),
        Map.of("authority", "pk.pem"),
        "PK",
        "replace",
        BEFORE);
  }

  private void exchangeKey() throws IOException {
    var variable = SignatureVariable.KEK;
    accept(
        "kek-update",
        "KEK with a vendor's CA beside the own key, signed by PK",
        builder(variable, Bytes.concat(list(kek), list(vendorCa))).by(pk).build(),
        Map.of("authority", "pk.pem"),
        "KEK",
        "replace",
        BEFORE);
  }

  /** As a large vendor signs: ContentInfo, signed attributes, a signer that a CA in KEK issued. */
  private void vendorShape() throws IOException {
    var variable = SignatureVariable.dbx;
    var good =
        accept(
            "vendor-dbx",
            "ContentInfo, signed attributes and two certificates; KEK holds the signer's issuer",
            vendorUpdate().with(vendorCa.certificate()).build(),
            Map.of("authority", "vendor-ca.pem"),
            "dbx",
            "append",
            BEFORE);
    refuse(
        good,
        "vendor-content-type",
        "the signed content type is not pkcs7-data",
        builder(variable, digest("old"))
            .append()
            .wrapped()
            .attributes(PKCSObjectIdentifiers.envelopedData)
            .by(vendor)
            .with(vendorCa.certificate())
            .build(),
        "update-content-type");
    Bytes file = vendorUpdate().with(vendorCa.certificate()).build();
    refuse(
        good,
        "vendor-content-changed",
        "the content is not what the messageDigest attribute was made of",
        with(file, file.size() - 1, file.at(file.size() - 1) ^ 1),
        "update-message-digest");
  }

  private UpdateBuilder vendorUpdate() {
    return builder(SignatureVariable.dbx, digest("old"))
        .append()
        .wrapped()
        .attributes(PKCSObjectIdentifiers.data)
        .by(vendor);
  }

  private void revocations() throws IOException {
    Bytes der = Certificates.der(stranger.certificate());
    Bytes data =
        Bytes.concat(
            digest("old"),
            list(stranger),
            SignatureList.revoked(owner, HashAlgorithm.SHA256.digest(der), EfiTime.NONE).encode());
    Bytes file = builder(SignatureVariable.dbx, data).by(kek).build();
    var good =
        accept(
            "dbx-every-way",
            "a dbx by image digest, by certificate and by the digest of a certificate",
            file,
            Map.of("authority", "kek.pem"),
            "dbx",
            "replace",
            BEFORE);
    int first = file.size() - data.size();
    refuse(
        good,
        "dbx-signature-size-15",
        "SignatureSize 15 in the first list: less than an owner",
        with(file, first + 24, 15, 0, 0, 0),
        "EFI_SIGNATURE_LIST: SignatureSize 15");
    refuse(
        good,
        "dbx-list-size",
        "the first list ends in the middle of its entry",
        with(file, first + 16, 28 + 47),
        "EFI_SIGNATURE_LIST: 47 bytes of signatures are no multiple of SignatureSize 48");
  }
}
