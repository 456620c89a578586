// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.attest.ListFloors;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Revocation;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;

/** Certificates as TPMs store them, and authorities between the root and the device. */
final class MakerAttacks {
  private static final String MAKERS = "makers: {roots: [makers.pem]}";

  private final AttackVectors all;

  MakerAttacks(AttackVectors all) {
    this.all = all;
  }

  void make() throws IOException, FormatException {
    stored();
    authorities();
    floors();
    unexpected();
  }

  /** An extension that is not what its name says: no check goes on with what it cannot read. */
  private void unexpected() throws IOException, FormatException {
    var extension =
        SeededPki.extension(Extension.subjectAlternativeName, false, new ASN1Integer(1));
    var odd =
        SeededPki.issue(
            all.device.keys.makers, SoftKeys.endorsement("Vector EK", 7).with(extension));
    all.attack(
        "p06a-names-unreadable",
        "the names in the endorsement key's certificate are a number",
        e -> e.ekCertificate = odd,
        "endorsement key's certificate");
  }

  /** The verifier has seen a list of the devices' root with this number. */
  private void floors() throws IOException {
    var files = new TreeMap<>(all.good.files());
    files.put("floors", "floors.json");
    all.maker.file("floors.json", floor(1));
    var good =
        all.maker.accept("good-list-seen", "the list was seen before", files, all.good.context());
    all.maker.reject(
        good,
        "k05i-list-older",
        "a list with a higher number was seen",
        "floors",
        floor(2),
        "ak-certificate");
  }

  private Bytes floor(int number) {
    var issuer = Revocation.issuerKey(all.device.keys.devices.certificate());
    return Json.writePretty(
        new ListFloors(ListFloors.SCHEMA, Map.of(issuer.hex(), String.valueOf(number))));
  }

  private void stored() throws IOException, FormatException {
    UnaryOperator<Bytes> header = der -> header(der, der.size() + 2);
    UnaryOperator<Bytes> padding = der -> Bytes.concat(der, Bytes.fromHex("ff".repeat(40)));
    UnaryOperator<Bytes> zero = der -> Bytes.concat(der, Bytes.zeros(1));
    malformed("k04a-stored-header", "a header of seven bytes before the certificate", header);
    malformed("k04b-padding", "forty bytes of ff behind the certificate", padding);
    malformed("k04c-trailing-zero", "a zero behind the certificate", zero);
    taken("k04d-header-taken", "a header that the policy takes", "stored-header", header);
    var padded = taken("k04e-padding-taken", "padding that the policy takes", "padding", padding);
    taken("k04f-zero-taken", "a zero that the policy takes", "padding", zero);
    all.maker.reject(
        padded,
        "k04g-other-bytes",
        "where padding is taken, forty bytes that are none",
        "evidence",
        shown(der -> Bytes.concat(der, Bytes.fromHex("fe".repeat(40)))),
        "endorsement key's certificate");
    var both =
        taken(
            "k04h-header-and-padding-taken",
            "both, which the policy takes",
            "stored-header, padding",
            der -> padding.apply(header.apply(der)));
    all.maker.reject(
        both,
        "k04i-header-too-long",
        "a header whose size is that of more than the certificate",
        "evidence",
        shown(der -> padding.apply(header(der, der.size() + 3))),
        "endorsement key's certificate");
  }

  private static Bytes header(Bytes der, int size) {
    return BinaryWriter.bigEndian().u16(0x1001).u8(0).u16(size).u16(0x1002).bytes(der).toBytes();
  }

  private Bytes shown(UnaryOperator<Bytes> stored) throws FormatException {
    return all.device.with(e -> e.ekStored = stored).evidence();
  }

  private void malformed(String id, String comment, UnaryOperator<Bytes> stored)
      throws IOException, FormatException {
    all.maker.reject(
        all.good, id, comment, "evidence", shown(stored), "endorsement key's certificate");
  }

  private Vector taken(String id, String comment, String quirks, UnaryOperator<Bytes> stored)
      throws IOException, FormatException {
    String policy =
        AttackVectors.POLICY.replace(
            MAKERS, "makers: {roots: [makers.pem], quirks: [%s]}".formatted(quirks));
    return all.maker.acceptFiles(
        all.good, id, comment, Map.of("policy", Bytes.utf8(policy), "evidence", shown(stored)));
  }

  private void authorities() throws IOException, FormatException {
    var root =
        SeededPki.root(
            Plan.authority("Vector Deep Devices", 51)
                .with(Extension.basicConstraints, true, new BasicConstraints(1)));
    var between = SeededPki.issue(root, Plan.authority("Vector Between", 52));
    var ak = SeededPki.issue(between, all.device.keys.akPlan(all.device.ak));
    var device =
        all.device.with(e -> {
          e.akChain =
              List.of(Certificates.der(ak.certificate()), Certificates.der(between.certificate()));
          e.recordedAkCertificate = Certificates.fingerprint(ak.certificate());
        });
    all.maker
        .file("devices-deep.pem", AttackVectors.pem(root))
        .file("devices-deep.crl", AttackVectors.crl(root, SoftEvidence.AT))
        .file("between.crl", AttackVectors.crl(between, SoftEvidence.AT))
        .file("good-between-evidence.json", device.evidence());
    var files = new TreeMap<>(all.good.files());
    files.put("device-root", "devices-deep.pem");
    files.put("crl", "devices-deep.crl");
    files.put("sub-crl", "between.crl");
    files.put("evidence", "good-between-evidence.json");
    var good =
        all.maker.accept(
            "good-between",
            "an authority between the root and the device",
            files,
            all.good.context());
    revoked(good, root);
  }

  private void revoked(Vector good, Identity root) throws IOException {
    all.maker.reject(
        good,
        "k05g-authority-revoked",
        "the authority between is revoked",
        "crl",
        AttackVectors.crl(
            root,
            SoftEvidence.AT,
            new AttackVectors.Content(1, CRLReason.cACompromise),
            BigInteger.valueOf(52)),
        "ak-certificate");
  }
}
