// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;

/**
 * A device that is right in everything that a policy can ask, and attacks that change one thing.
 */
public final class AttackVectors {
  static final String POLICY =
      """
      schema: trustme/policy/1
      trust:
        releases: {roots: [releases.pem], threshold: 1}
        devices: {roots: [devices.pem]}
        enrolment: {roots: [enrolment.pem]}
        makers: {roots: [makers.pem]}
        revocation: required
      require:
        release: {name: vector-gateway, min-sequence: 41}
        boot: {path: direct-uki, phase: kernel}
        secure-boot: required
        pcrs: {bank: sha256, quoted: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]}
        freshness: {max-age: 5m, clock: safe}
        quote: {schemes: [ecdsa], hash: sha256}
        tpm: {firmware: {"id:54455354": "0007000200000000"}}
        floors: {dbx: {entries: 1}}
        firmware: enrolled
        option-roms: none
      forbid: {devices: [00000000-0f3a-4c1d-9f27-2c5a0d1e8b44]}
      """;

  private static final String OURS =
      "made by this project, field by field, with keys that everybody can compute; Apache-2.0";

  final AttackMaker maker;
  final SoftEvidence device = new SoftEvidence(Boots.uki(EventLogVectors.twoBanks()));
  final Vector good;

  private AttackVectors(Path root) throws IOException, FormatException {
    maker = new AttackMaker(root, "attack", OURS);
    var keys = device.keys;
    maker
        .file("policy.yaml", Bytes.utf8(POLICY))
        .file("releases.pem", pem(keys.releases))
        .file("devices.pem", pem(keys.devices))
        .file("enrolment.pem", pem(keys.enrolment))
        .file("makers.pem", pem(keys.makers))
        .file("devices.crl", crl(keys.devices, SoftEvidence.AT))
        .file("makers.crl", crl(keys.makers, SoftEvidence.AT))
        .file("enrolment.crl", crl(keys.enrolment, SoftEvidence.AT))
        .file("state.json", SoftEvidence.state(4000, 3, 0, keys.ekName()))
        .file("release.json", device.release("direct-uki", 4, 7, 9, 11, 12))
        .file("evidence.json", device.evidence());
    good =
        maker.accept(
            "good", "a device that is right in everything the policy asks", files(), context());
  }

  /** Writes the family anew. */
  public static void make(Path root) throws IOException, FormatException {
    var vectors = new AttackVectors(root);
    new QuoteAttacks(vectors).make();
    new KeyAttacks(vectors).make();
    new PlatformAttacks(vectors).make();
    new FileAttacks(vectors).make();
    new ContainerAttacks(vectors).make();
    new RsaAttacks(vectors).make();
    new MakerAttacks(vectors).make();
    new LogAttacks(vectors).make();
    new UserspaceAttacks(vectors).make();
    vectors.maker.write(OURS);
  }

  static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private static Map<String, String> files() {
    var files = new TreeMap<String, String>();
    files.put("policy", "policy.yaml");
    files.put("evidence", "evidence.json");
    files.put("release", "release.json");
    files.put("release-root", "releases.pem");
    files.put("device-root", "devices.pem");
    files.put("enrolment-root", "enrolment.pem");
    files.put("maker-root", "makers.pem");
    files.put("crl", "devices.crl");
    files.put("maker-crl", "makers.crl");
    files.put("enrolment-crl", "enrolment.crl");
    files.put("state", "state.json");
    return files;
  }

  private static Map<String, String> context() {
    var context = new TreeMap<String, String>();
    context.put("at", SoftEvidence.AT.toString());
    context.put("nonce", SoftEvidence.NONCE.hex());
    context.put("nonce-device", SoftKeys.DEVICE.uuid());
    context.put("nonce-created", SoftEvidence.AT.minusSeconds(30).toString());
    context.put("nonce-expires", SoftEvidence.AT.plusSeconds(270).toString());
    context.put("nonce-used", "false");
    return context;
  }

  /** The device shows other evidence. */
  void attack(String id, String comment, Consumer<SoftEvidence> change, String check)
      throws IOException, FormatException {
    maker.reject(good, id, comment, "evidence", device.with(change).evidence(), check);
  }

  void otherPolicy(String id, String comment, String from, String to, String check)
      throws IOException {
    if (!POLICY.contains(from)) {
      throw new IllegalArgumentException(from);
    }
    maker.reject(good, id, comment, "policy", Bytes.utf8(POLICY.replace(from, to)), check);
  }

  /** A list of the issuer, from a day before until a day after. */
  static Bytes crl(Identity issuer, Instant at, BigInteger... revoked) throws IOException {
    return crl(issuer, at, new Content(1, CRLReason.keyCompromise), revoked);
  }

  /** A list's number, and why it revokes. */
  record Content(int number, int reason) {}

  static Bytes crl(Identity issuer, Instant at, Content content, BigInteger... revoked)
      throws IOException {
    var day = Duration.ofDays(1);
    var builder = new X509v2CRLBuilder(issuer.name(), Date.from(at.minus(day)));
    builder.setNextUpdate(Date.from(at.plus(day)));
    for (BigInteger serial : revoked) {
      builder.addCRLEntry(serial, Date.from(at.minus(day)), content.reason());
    }
    var key = new BcX509ExtensionUtils().createSubjectKeyIdentifier(issuer.key().info());
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(key.getKeyIdentifier()));
    builder.addExtension(
        Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(content.number())));
    return Bytes.copyOf(builder.build(issuer.key().signer()).getEncoded());
  }
}
