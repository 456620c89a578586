// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyType;
import dev.trustme.profile.Profile;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped profiles become is taken by OpenSSL and by our own path validation. */
class ShippedProfilesTest {
  @TempDir private Path dir;

  @TestFactory
  Stream<DynamicTest> profiles() {
    return Profile.SHIPPED.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> checkProfile(name)));
  }

  /** The same profile with RSA keys that are made faster. */
  private PkiFolder create(String name, String text) throws Exception {
    Path folder = Files.createDirectory(dir.resolve(name));
    var yaml = Bytes.utf8(text.replaceAll("key: rsa-(pss-)?[34][0-9]*", "key: rsa-$12048"));
    try (var pki = NewPki.create(Profile.parse(yaml), TestPki.AT)) {
      pki.write(folder, yaml, KeyProtection.plaintext());
    }
    return PkiFolder.open(folder);
  }

  private void checkProfile(String name) throws Exception {
    var pki = create(name, Profile.shipped(name).orElseThrow().utf8());
    var profile = pki.profile();
    for (String label : pki.roles()) {
      var role = Role.byLabel(label).orElseThrow();
      var root = pki.authorityChain(profile.role(role).orElseThrow().issuer()).getLast();
      var validator = new PathValidator(new TrustStore(List.of(root)), TestPki.AT);
      var verdict = validator.validate(pki.chain(role), role);
      assertTrue(verdict.accepted(), () -> label + ": " + verdict.checks());
      if (classical(pki.chain(role)) && classical(List.of(root))) {
        openssl(pki, label, profile);
      }
    }
    assertTrue(pki.log().verify().accepted());
    assertEquals(pki.log().entries().size(), pki.issued(1).size());
  }

  private static boolean classical(List<X509CertificateHolder> chain) {
    return chain.stream()
        .allMatch(c ->
            !c.getSubjectPublicKeyInfo()
                .getAlgorithm()
                .getAlgorithm()
                .on(NISTObjectIdentifiers.sigAlgs));
  }

  private static void openssl(PkiFolder pki, String label, Profile profile) throws Exception {
    String top = profile.role(Role.byLabel(label).orElseThrow()).orElseThrow().issuer();
    for (var above = issuer(profile, top); above.isPresent(); above = issuer(profile, top)) {
      top = above.get();
    }
    Path chain = pki.path().resolve(PkiFolder.chainFile(label));
    Judge.accepts(
        "openssl",
        "verify",
        "-x509_strict",
        "-attime",
        TestPki.AT.getEpochSecond(),
        "-CAfile",
        pki.path().resolve(PkiFolder.certificateFile(top)),
        "-untrusted",
        chain,
        chain);
  }

  private static Optional<String> issuer(Profile profile, String name) {
    return requireNonNull(profile.authorities().get(name)).issuer();
  }

  @Test
  void theGyroidosProfileHasItsAlgorithms() throws Exception {
    var pki = create("gyroidos-types", Profile.shipped("gyroidos").orElseThrow().utf8());
    var signer = pki.chain(Role.GUEST_OS);
    assertEquals(
        "C=DE,O=OSS Release,OU=Development,CN=GyroidOS CML Signing Certificate",
        signer.getFirst().getSubject().toString());
    assertEquals(
        List.of("rsa-pss-2048", "rsa-pss-2048"),
        signer.stream()
            .map(c -> KeyType.of(c.getSubjectPublicKeyInfo()).orElseThrow().label())
            .toList());
  }

  @Test
  void allThatAProfileSaysIsInTheCertificates() throws Exception {
    String text =
        Profile.shipped("device")
            .orElseThrow()
            .utf8()
            .replace("    issues: [container, guest-os]\n", "")
            .replace(
                "roles: [container, guest-os]}",
                "roles: [container, guest-os], subject: {country: FR, organization: Client}}\n"
                    + "    policies: ['2.16.840.1.101.3.2.1.48.1']\n"
                    + "    locations: {crl: ['http://pki.example/guests.crl'],"
                    + " delta-crl: ['http://pki.example/guests-delta.crl'],"
                    + " ocsp: ['http://ocsp.example'], issuer: ['http://pki.example/guests.cer']}")
            .replace(
                "guest-os:   {issuer: software-signing",
                "guest-os:   {common-name: Guests, key-usage: [digital-signature, non-repudiation],"
                    + " extended-key-usage: ['1.2.3.4'], issuer: customer-guests");
    var pki = create("rich", text);
    var authority = pki.authority("customer-guests");
    assertEquals("C=FR,O=Client,CN=Example Customer Guest OS Signing", "" + authority.getSubject());
    assertTrue(authority.getExtension(Extension.nameConstraints).isCritical());
    assertEquals(
        "2.16.840.1.101.3.2.1.48.1",
        CertificatePolicies.fromExtensions(authority.getExtensions())
            .getPolicyInformation()[0]
            .getPolicyIdentifier()
            .getId());
    var leaf = pki.chain(Role.GUEST_OS).getFirst();
    assertEquals("C=FR,O=Client,CN=Guests", leaf.getSubject().toString());
    assertTrue(
        Stream.of(ExtendedKeyUsage.fromExtensions(leaf.getExtensions()).getUsages())
            .anyMatch(u -> u.getId().equals("1.2.3.4")));
    String words =
        Judge.accepts(
            "openssl", "x509", "-noout", "-text", "-in", pki.path().resolve("certs/guest-os.pem"));
    for (String part :
        List.of(
            "URI:http://pki.example/guests.crl",
            "URI:http://pki.example/guests-delta.crl",
            "OCSP - URI:http://ocsp.example",
            "CA Issuers - URI:http://pki.example/guests.cer",
            "Digital Signature, Non Repudiation")) {
      assertTrue(words.contains(part), words);
    }
    var responder = pki.responder("device");
    assertTrue(Role.OCSP.in(responder));
    assertEquals(pki.authority("device").getSubject(), responder.getIssuer());
  }
}
