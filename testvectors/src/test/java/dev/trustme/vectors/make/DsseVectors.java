// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseEnvelope.Signature;
import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;

/** Family dsse: envelopes, thresholds, and who counts as a signer. */
final class DsseVectors {
  static final String TYPE = DsseEnvelope.CONTAINER;
  static final Bytes PAYLOAD = Bytes.utf8("{\"schema\":\"trustme/container/1\",\"name\":\"web1\"}");

  private final FamilyMaker family;
  private final Identity root = SeededPki.root(Plan.authority("dsse root", 1).with(pathLength()));
  private final Identity sub = SeededPki.issue(root, Plan.authority("dsse signing", 2));
  private final Plan leaf = Plan.leaf("container", 10, Role.CONTAINER);
  private final Identity signer = SeededPki.issue(sub, leaf);
  private final Identity second = issue("second", 11, Role.CONTAINER);
  private final Envelopes envelopes = new Envelopes(sub);

  DsseVectors(Path folder) throws IOException {
    family =
        new FamilyMaker(
            folder,
            "dsse",
            "made by this project with keys that everybody can compute; Apache-2.0");
  }

  private static org.bouncycastle.asn1.x509.Extension pathLength() {
    return SeededPki.extension(
        org.bouncycastle.asn1.x509.Extension.basicConstraints,
        true,
        new org.bouncycastle.asn1.x509.BasicConstraints(1));
  }

  private Identity issue(String name, int serial, Role... roles) {
    return SeededPki.issue(sub, Plan.leaf(name, serial, roles));
  }

  void make() throws IOException {
    family.file("roots.pem", Bytes.utf8(Certificates.pem(List.of(root.certificate()))));
    var good = accept("good", "one signature by a key of the container role", "1", sign(signer));
    bytes(good);
    signatures(good);
    signers(good);
    threshold();
    tolerated();
    new DsseRsaVectors(this, sub).make();
    family.write();
  }

  private DsseEnvelope sign(Identity... signers) {
    return envelopes.sign(TYPE, PAYLOAD, signers);
  }

  Vector accept(String id, String comment, String threshold, DsseEnvelope envelope)
      throws IOException {
    return accept(id, comment, threshold, envelope.encode());
  }

  private Vector accept(String id, String comment, String threshold, Bytes envelope)
      throws IOException {
    family.file(id + ".json", envelope);
    return family.accept(
        id,
        comment,
        Map.of("envelope", id + ".json", "roots", "roots.pem"),
        Map.of(
            "payload-type",
            TYPE,
            "role",
            "container",
            "threshold",
            threshold,
            "at",
            "2026-11-22T12:00:00Z"));
  }

  void reject(Vector twin, String id, String comment, DsseEnvelope envelope, String reason)
      throws IOException {
    malformed(twin, id, comment, envelope.encode(), reason);
  }

  private void malformed(Vector twin, String id, String comment, Bytes envelope, String reason)
      throws IOException {
    var unused = family.otherFile(twin, id, comment, "envelope", envelope, reason);
  }

  /** What is no envelope at all. */
  private void bytes(Vector good) throws IOException {
    String text = sign(signer).encode().utf8();
    malformed(
        good,
        "duplicate-key",
        "the key payloadType twice",
        Bytes.utf8(text.replaceFirst("\\{", "{ \"payloadType\" : \"x\",")),
        "DSSE envelope: line 2, column 16: Duplicate field 'payloadType'");
    malformed(
        good,
        "trailing-data",
        "a second document after the envelope",
        Bytes.utf8(text + "{}"),
        "DSSE envelope: line 10, column 1: Trailing token (of type START_OBJECT) "
            + "found after value");
    malformed(
        good,
        "cut",
        "the last brace is missing",
        Bytes.utf8(text.stripTrailing().substring(0, text.stripTrailing().length() - 1)),
        "DSSE envelope: line 9, column 1: Unexpected end-of-input: expected close "
            + "marker for Object");
    malformed(
        good,
        "unused-bits",
        "the payload's base64 has a bit set that no byte has",
        Bytes.utf8(text.replace(PAYLOAD.base64(), unusedBits(PAYLOAD.base64()))),
        "DSSE envelope: line 3, column 15: payload: base64 without its padding or "
            + "with unused bits set");
    malformed(
        good,
        "no-signatures",
        "an empty list of signatures",
        Bytes.utf8(text.replaceFirst("(?s)\"signatures\" : .*", "\"signatures\" : [ ]\n}\n")),
        "DSSE envelope: line 5, column 1: expected 1 to 16 signatures, found 0");
    malformed(
        good,
        "no-payload",
        "the payload is missing",
        Bytes.utf8(text.replaceFirst("\"payload\" : \"[^\"]*\",", "")),
        "DSSE envelope: line 9, column 1: payload: 'payload' is missing");
    var one = text.substring(text.indexOf("[ {") + 2, text.lastIndexOf("} ]") + 1);
    String many = String.join(", ", Collections.nCopies(17, one));
    malformed(
        good,
        "seventeen-signatures",
        "one signature seventeen times",
        Bytes.utf8(text.replace(one, many)),
        "DSSE envelope: line 73, column 1: expected 1 to 16 signatures, found 17");
    var broken = new ArrayList<>(sign(signer).signatures().getFirst().x5c());
    broken.set(0, Bytes.concat(broken.getFirst(), Bytes.zeros(1)));
    reject(
        good,
        "certificate-trailing-byte",
        "a byte after the signer's certificate",
        with(new Signature(Optional.empty(), sig(), broken)),
        "Certificate: is not an X.509 certificate");
  }

  /** Sets the lowest bit of the last digit, which padding leaves unused. */
  private static String unusedBits(String base64) {
    int at = base64.indexOf('=') - 1;
    return base64.substring(0, at) + (char) (base64.charAt(at) + 1) + base64.substring(at + 1);
  }

  private static DsseEnvelope with(Signature... signatures) {
    return new DsseEnvelope(TYPE, PAYLOAD, List.of(signatures));
  }

  private Bytes sig() {
    return Envelopes.raw(signer, DsseEnvelope.preAuthenticationEncoding(TYPE, PAYLOAD));
  }

  /** Signatures over something else. */
  private void signatures(Vector good) throws IOException {
    var signed = sign(signer);
    reject(
        good,
        "payload-altered",
        "one letter of the payload changed after signing",
        new DsseEnvelope(
            TYPE, Bytes.utf8(PAYLOAD.utf8().replace("web", "wab")), signed.signatures()),
        "signature, expected a signature by CN=container, found another");
    var unused =
        family.otherContext(
            good,
            "other-payload-type",
            "a container manifest where a release manifest is expected",
            "payload-type",
            DsseEnvelope.RELEASE,
            "payload-type, expected application/vnd.trustme.release+json, found "
                + "application/vnd.trustme.container+json");
    reject(
        good,
        "type-altered",
        "signed as a release manifest, its type changed to that of a container manifest",
        new DsseEnvelope(
            TYPE, PAYLOAD, envelopes.sign(DsseEnvelope.RELEASE, PAYLOAD, signer).signatures()),
        "signature, expected a signature by CN=container, found one over the payload "
            + "as application/vnd.trustme.release+json");
    reject(
        good,
        "pae-payload-alone",
        "the signature is over the payload, without its type",
        with(envelopes.signature(signer, PAYLOAD)),
        "signature, expected a signature by CN=container, found one over the payload "
            + "without its type");
    reject(
        good,
        "signature-empty",
        "a signature of no bytes",
        with(new Signature(Optional.empty(), Bytes.empty(), signed.signatures().getFirst().x5c())),
        "signature, expected a signature by CN=container, found no signature at all");
  }

  /** Signers that may not sign this. */
  private void signers(Vector good) throws IOException {
    reject(
        good,
        "other-role",
        "the signer's role is layer",
        sign(issue("layer", 12, Role.LAYER)),
        "signer-role, expected container, found [LAYER]");
    reject(
        good,
        "authority",
        "the signer is the authority itself",
        sign(sub),
        "signer-not-ca, expected an end-entity certificate, found a CA certificate");
    reject(
        good,
        "unknown-critical",
        "the signer's certificate has a critical extension that nobody knows",
        sign(
            SeededPki.issue(
                sub,
                Plan.leaf("critical", 13, Role.CONTAINER)
                    .with(new ASN1ObjectIdentifier(Role.ARC + ".99"), true, DERNull.INSTANCE))),
        "certificate-critical, expected critical extensions that are understood, "
            + "found 2.25.165360353925552851420462131332886393364.99");
    reject(
        good,
        "no-certificate",
        "the signature comes without its certificate",
        with(new Signature(Optional.empty(), sig(), List.of())),
        "certificate-chain, expected a signer certificate, found none");
    reject(
        good,
        "no-issuer",
        "the authority's certificate is left out",
        with(
            new Signature(
                Optional.empty(), sig(), sign(signer).signatures().getFirst().x5c().subList(0, 1))),
        "certificate-anchor, expected a path to a trust anchor, found none from "
            + "CN=dsse signing");
    var ended =
        SeededPki.issueUntil(
            root, Plan.authority("dsse signing", 2), Instant.parse("2026-06-01T00:00:00Z"));
    reject(
        good,
        "issuing-authority-expired",
        "the issuing authority has run out, its signer has not",
        new Envelopes(ended).sign(TYPE, PAYLOAD, signer),
        "certificate-validity, expected 2026-01-01T00:00:00Z to 2026-06-01T00:00:00Z "
            + "for CN=dsse signing, found 2026-11-22T12:00:00Z");
    var scoped =
        SeededPki.issue(
            root,
            Plan.authority("customer signing", 4)
                .with(new Scope("acme", Set.of(Role.CONTAINER)).extension()));
    var customer = SeededPki.issue(scoped, Plan.leaf("customer", 14, Role.CONTAINER));
    reject(
        good,
        "customer",
        "a customer's key where the vendor's is asked for",
        new Envelopes(scoped).sign(TYPE, PAYLOAD, customer),
        "certificate-scope, expected the vendor's own, without a scope, found acme "
            + "for container");
    var unused =
        family
            .otherContext(
                good,
                "expired",
                "the certificates have run out",
                "at",
                "2047-01-01T00:00:00Z",
                "certificate-validity, expected 2026-01-01T00:00:00Z to 2046-01-01T00:00:00Z "
                    + "for CN=container, found 2047-01-01T00:00:00Z")
            .otherContext(
                good,
                "role-asked",
                "another role is asked for",
                "role",
                "release",
                "signer-role, expected release, found [CONTAINER]");
  }

  /** How many keys have signed. */
  private void threshold() throws IOException {
    var two = accept("two-keys", "two keys asked for, two signed", "2", sign(signer, second));
    reject(
        two,
        "same-signature-twice",
        "two keys asked for, one signature twice",
        sign(signer, signer),
        "signature-distinct, expected another key, found one signature twice, by "
            + "CN=container");
    var again = SeededPki.issue(sub, leaf.named("container again").numbered(15).of(signer.key()));
    reject(
        two,
        "same-key-two-certificates",
        "two keys asked for, one key with two certificates",
        sign(signer, again),
        "signature-distinct, expected another key, found one key twice, as "
            + "CN=container again");
    reject(
        two,
        "second-of-other-role",
        "the second key is of another role",
        sign(signer, issue("enrolment", 16, Role.ENROLMENT)),
        "signer-role, expected container, found [ENROLMENT]");
    var unused =
        family.otherContext(
            two,
            "three-asked",
            "three keys asked for, two signed",
            "threshold",
            "3",
            "signatures, expected 3 trusted for role container, found 2 of 2");
  }

  /** What an envelope may have and nobody believes. */
  private void tolerated() throws IOException {
    var one = sign(signer).signatures().getFirst();
    var unused =
        accept(
            "keyid-of-another",
            "keyid is a hint: it names another certificate",
            "1",
            with(
                new Signature(
                    Optional.of(Certificates.fingerprint(second.certificate()).toString()),
                    one.sig(),
                    one.x5c())));
    unused =
        accept(
            "unknown-field",
            "fields that nobody knows are ignored in the envelope",
            "1",
            Bytes.utf8(sign(signer).encode().utf8().replaceFirst("\\{", "{ \"surplus\" : true,")));
    unused =
        accept(
            "one-good-of-two",
            "one key asked for; the other signature is broken",
            "1",
            with(one, envelopes.signature(second, PAYLOAD)));
  }
}
