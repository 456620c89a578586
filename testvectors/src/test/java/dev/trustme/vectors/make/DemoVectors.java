// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The families that need a real boot: made from the folder of a finished demo. */
final class DemoVectors {
  private static final String PROVENANCE =
      "an emulated machine (OVMF, swtpm, Debian's 6.12 kernel) booted by this project's demo with"
          + " throw-away keys; Apache-2.0";

  private final Path root;
  private final Path demo;

  DemoVectors(Path root, Path demo) {
    this.root = root;
    this.demo = demo;
  }

  private Bytes read(String name) throws IOException {
    return Inputs.read(demo.resolve(name));
  }

  void evidence() throws IOException, FormatException {
    var family = new FamilyMaker(root, "evidence", PROVENANCE);
    Bytes evidence = read("evidence.json");
    var challenge = Json.tree(read("nonce.json"), "challenge");
    String created = challenge.get("created").asText();
    Instant at = Instant.parse(created).plus(Duration.ofMinutes(1));
    family
        .file("good.json", evidence)
        .file("release.json", read("release.json"))
        .file("policy.yaml", policy())
        .file("software-root.pem", read("pki/certs/software-root.pem"))
        .file("customer-root.pem", read("pki/certs/customer-root.pem"))
        .file("enrolment.json", read("device/record.json"))
        .file("customer-root.crl", read("pki/crls/customer-root.crl"))
        .file("device.crl", read("pki/crls/device.crl"));
    var files = new TreeMap<String, String>();
    files.put("evidence", "good.json");
    files.put("release", "release.json");
    files.put("policy", "policy.yaml");
    files.put("release-root", "software-root.pem");
    files.put("device-root", "customer-root.pem");
    files.put("enrolment-root", "customer-root.pem");
    files.put("enrolment", "enrolment.json");
    files.put("crl", "customer-root.crl");
    files.put("sub-crl", "device.crl");
    var context = new TreeMap<String, String>();
    context.put("at", at.toString());
    context.put("nonce", challenge.get("nonce").asText());
    context.put("nonce-device", challenge.get("device").asText());
    context.put("nonce-created", created);
    context.put("nonce-expires", challenge.get("expires").asText());
    context.put("nonce-used", "false");
    Vector good = family.accept("good", "a device that booted its release", files, context);
    contexts(family, good, at);
    policies(family, good);
    quotes(family, good, evidence);
    family.write();
  }

  /** The demo's policy, its roots beside it. */
  private Bytes policy() throws IOException {
    return Bytes.utf8(read("policy.yaml").utf8().replace("pki/certs/", ""));
  }

  private void contexts(FamilyMaker family, Vector good, Instant at) {
    family
        .otherContext(
            good,
            "nonce-used",
            "the nonce was answered before",
            "nonce-used",
            "true",
            "nonce-unused")
        .otherContext(
            good,
            "nonce-unknown",
            "another nonce was given out",
            "nonce",
            "00".repeat(32),
            "nonce-known")
        .otherContext(
            good,
            "nonce-other-device",
            "the nonce was given to another device",
            "nonce-device",
            "00000000-0000-4000-8000-000000000000",
            "nonce-device")
        .otherContext(
            good,
            "too-late",
            "judged an hour after the challenge",
            "at",
            at.plus(Duration.ofHours(1)).toString(),
            "nonce-fresh");
  }

  private void policies(FamilyMaker family, Vector good) throws IOException {
    String policy = policy().utf8();
    family
        .otherFile(
            good,
            "older-than-floor",
            "the policy asks for a later release",
            "policy",
            Bytes.utf8(policy.replaceFirst("min-sequence: [0-9]+", "min-sequence: 1000000")),
            "release-sequence")
        .otherFile(
            good,
            "other-product",
            "the policy is that of another product",
            "policy",
            Bytes.utf8(policy.replaceFirst("name: [a-z-]+", "name: another-product")),
            "release-name")
        .otherFile(
            good,
            "other-release-root",
            "releases are trusted from the root of the devices only",
            "release-root",
            read("pki/certs/customer-root.pem"),
            "release-signature")
        .otherFile(
            good,
            "other-device-root",
            "devices are trusted from the root of the releases only",
            "device-root",
            read("pki/certs/software-root.pem"),
            "ak-certificate");
  }

  private static void quotes(FamilyMaker family, Vector good, Bytes evidence)
      throws IOException, FormatException {
    family
        .otherFile(
            good,
            "quote-magic",
            "the first byte of the signed structure changed",
            "evidence",
            edit(evidence, "attest", b -> with(b, 0, b.at(0) ^ 1)),
            "quote-magic")
        .otherFile(
            good,
            "quote-is-certification",
            "the signed structure says TPM_ST_ATTEST_CERTIFY",
            "evidence",
            edit(evidence, "attest", b -> with(b, 5, 0x17)),
            "quote-type")
        .otherFile(
            good,
            "signature-byte",
            "the last byte of the signature changed",
            "evidence",
            edit(evidence, "signature", b -> with(b, b.size() - 1, b.at(b.size() - 1) ^ 1)),
            "quote-signature")
        .otherFile(
            good,
            "quote-trailing-byte",
            "one byte after the signed structure",
            "evidence",
            edit(evidence, "attest", b -> Bytes.concat(b, Bytes.zeros(1))),
            "TPMS_ATTEST: 1 bytes after the end of the structure")
        .otherFile(
            good,
            "pcr-value",
            "the claimed value of PCR 14 changed",
            "evidence",
            pcr14(evidence),
            "quote-pcr-digest");
  }

  private static Bytes edit(Bytes evidence, String field, UnaryOperator<Bytes> change)
      throws FormatException {
    var tree = (ObjectNode) Json.tree(evidence, "evidence");
    var quote = (ObjectNode) tree.get("quote");
    Bytes value = Bytes.fromBase64(quote.get(field).asText());
    quote.put(field, change.apply(value).base64());
    return Json.write(tree);
  }

  private static Bytes pcr14(Bytes evidence) throws FormatException {
    var tree = (ObjectNode) Json.tree(evidence, "evidence");
    ((ObjectNode) tree.get("pcrs").get("sha256")).put("14", "11".repeat(32));
    return Json.write(tree);
  }
}
