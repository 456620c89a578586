// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.WeakModuli;
import dev.trustme.profile.NameKind;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificationRequestTest {
  private static final CsrRules RULES =
      new CsrRules(
          List.of(KeyType.EC_P256, KeyType.EC_P384, KeyType.RSA_2048, KeyType.ED25519),
          List.of(NameKind.DNS, NameKind.IP),
          Set.of(KeyPurposeId.id_kp_serverAuth),
          KeyUsage.digitalSignature,
          false,
          false);

  @TempDir private Path dir;

  @Test
  void othersReadWhatWeWrite() throws Exception {
    for (KeyType type : KeyType.values()) {
      if (type.label().startsWith("ml-dsa")) {
        continue; // OpenSSL 3.0 does not know it.
      }
      try (var key = SigningKey.generate(type)) {
        var request =
            CertificationRequest.create(
                new X500Name("CN=web"),
                List.of(CsrNames.parse("dns:example.org"), CsrNames.parse("ip:10.0.0.1")),
                key);
        Path file = Files.writeString(dir.resolve(type.label() + ".csr"), request.pem());
        Judge.accepts("openssl", "req", "-in", file, "-noout", "-verify");
        String text = Judge.accepts("openssl", "req", "-in", file, "-noout", "-text");
        assertTrue(text.contains("DNS:example.org, IP Address:10.0.0.1"), text);
        String certtool = Judge.accepts("certtool", "--crq-info", "--infile", file);
        assertTrue(certtool.contains("Self signature: verified"), certtool);
      }
    }
  }

  @Test
  void takesRequestsOfOpenssl() throws Exception {
    for (String type : List.of("ec:P-256", "ec:P-384", "rsa:2048", "ed25519")) {
      var request =
          request(type, "-subj", "/C=DE/CN=web", "-addext", "subjectAltName=DNS:a.example,IP:::1");
      var approved = accepted(verify(request, RULES));
      assertEquals("web", approved.commonName().orElseThrow());
      assertEquals(2, approved.names().size());
      assertEquals(List.of(), approved.dropped());
    }
  }

  @Test
  void takesRequestsOfCerttool() throws Exception {
    Path template = Files.writeString(dir.resolve("t"), "cn = \"web\"\ndns_name = \"a.example\"\n");
    Path key = dir.resolve("key.pem");
    Path csr = dir.resolve("certtool.csr");
    Judge.accepts(
        "certtool",
        "--generate-privkey",
        "--key-type=ecdsa",
        "--curve=secp256r1",
        "--outfile",
        key);
    Judge.accepts(
        "certtool",
        "--generate-request",
        "--load-privkey",
        key,
        "--template",
        template,
        "--outfile",
        csr);
    assertEquals(
        1, accepted(verify(CertificationRequest.parse(Inputs.read(csr)), RULES)).names().size());
  }

  @Test
  void refusesWhatTheRulesDoNotGrantByName() throws Exception {
    String name = "subjectAltName=DNS:a";
    assertRejected("csr-basic-constraints", asked(name, "basicConstraints=critical,CA:TRUE"));
    assertRejected(
        "csr-extended-key-usage", asked(name, "extendedKeyUsage=serverAuth,codeSigning"));
    assertRejected("csr-key-usage", asked(name, "keyUsage=digitalSignature,keyCertSign"));
    assertRejected("csr-extension", asked(name, "nameConstraints=permitted;DNS:a"));
    assertRejected("csr-name-kind", asked("subjectAltName=DNS:a,URI:http://a"));
    assertRejected("csr-name", asked("subjectAltName=DNS:*.a"));
    assertRejected("csr-names", asked());
    assertRejected("csr-subject", request("ec:P-256", "-subj", "/O=web", "-addext", name));
    assertRejected("csr-key-type", request("ec:P-521", "-subj", "/CN=web", "-addext", name));
    assertRejected(
        "csr-signature-algorithm",
        request("rsa:2048", "-sha1", "-subj", "/CN=web", "-addext", name));
    assertRejected("csr-key-strength", request("rsa:1024", "-subj", "/CN=web", "-addext", name));
  }

  @Test
  void grantsHarmlessWishesAndDropsTheOthersWhereToldTo() throws Exception {
    var fine =
        asked(
            "subjectAltName=DNS:a",
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=digitalSignature",
            "extendedKeyUsage=serverAuth",
            "subjectKeyIdentifier=hash");
    assertEquals(List.of(), accepted(verify(fine, RULES)).dropped());
    var much =
        asked(
            "subjectAltName=DNS:a,URI:http://a",
            "basicConstraints=CA:TRUE",
            "extendedKeyUsage=codeSigning");
    var dropping =
        new CsrRules(RULES.keys(), RULES.names(), RULES.purposes(), RULES.keyUsage(), false, true);
    var approved = accepted(verify(much, dropping));
    assertEquals(3, approved.dropped().size(), approved.dropped()::toString);
    assertEquals(List.of(CsrNames.parse("dns:a")), approved.names());
  }

  @Test
  void refusesASignatureThatTheKeyDidNotMake() throws Exception {
    byte[] der = asked("subjectAltName=DNS:a.example").der().toArray();
    int at = indexOf(der, "a.example");
    der[at] = 'b';
    assertRejected("csr-proof-of-possession", CertificationRequest.parse(Bytes.copyOf(der)));
  }

  @Test
  void refusesNamesThatDeceive() throws Exception {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      for (String name : List.of("web\u0000.evil", "web\u202egro", " ", "w".repeat(65), "a\nb")) {
        var subject =
            new org.bouncycastle.asn1.x500.X500NameBuilder()
                .addRDN(
                    org.bouncycastle.asn1.x500.style.BCStyle.CN,
                    new org.bouncycastle.asn1.DERUTF8String(name))
                .build();
        var request = CertificationRequest.create(subject, List.of(CsrNames.parse("dns:a")), key);
        assertRejected("csr-common-name", request);
      }
    }
  }

  @Test
  void weakRsaKeysAreRefusedAsTheLintFindsThem() throws Exception {
    var good = WeakModuli.good(2048);
    var e = BigInteger.valueOf(65537);
    assertFalse(weakness(good, e).failed());
    assertWeak("csr-key-strength", new BigInteger(2047, new Random(4)).setBit(0), e);
    assertWeak("csr-key-strength", good.shiftLeft(1), e);
    assertWeak("csr-key-exponent", good, BigInteger.valueOf(3));
    assertWeak("csr-key-origin", WeakModuli.roca(), e);
    assertWeak("csr-key-origin", WeakModuli.smallFactor(), e);
    assertWeak("csr-key-origin", WeakModuli.neighbours(), e);
  }

  private static void assertWeak(String id, BigInteger modulus, BigInteger exponent)
      throws IOException {
    var check = weakness(modulus, exponent);
    assertTrue(check.failed(), id);
    assertEquals(id, check.id());
  }

  private static Check weakness(BigInteger modulus, BigInteger exponent) throws IOException {
    return WeakKeys.check(
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new RSAPublicKey(modulus, exponent)));
  }

  @Test
  void whatIsNoRequestIsMalformed() throws Exception {
    var good = asked("subjectAltName=DNS:a.example");
    Bytes der = good.der();
    assertThrows(
        FormatException.class, () -> CertificationRequest.parse(Bytes.concat(der, Bytes.zeros(1))));
    for (int cut = 0; cut < der.size(); cut++) {
      Bytes part = der.slice(0, cut);
      assertThrows(FormatException.class, () -> CertificationRequest.parse(part));
    }
    assertThrows(FormatException.class, () -> CertificationRequest.parse(Bytes.zeros(70_000)));
    assertThrows(
        FormatException.class,
        () -> CertificationRequest.parse(Bytes.utf8(good.pem() + good.pem())));
  }

  @Test
  void challengePasswordsAreIgnored() throws Exception {
    Path config =
        Files.writeString(
            dir.resolve("c"),
            """
            [req]
            distinguished_name=dn
            attributes=at
            prompt=no
            req_extensions=e
            [dn]
            CN=web
            [at]
            challengePassword=secret
            unstructuredName=x
            [e]
            subjectAltName=DNS:a
            """);
    var request = request("ec:P-256", "-config", config.toString());
    assertEquals("web", accepted(verify(request, RULES)).commonName().orElseThrow());
  }

  /** OpenSSL's request of a new P-256 key for CN=web with these extensions. */
  private CertificationRequest asked(String... extensions) throws Exception {
    List<String> options = new ArrayList<>(List.of("-subj", "/CN=web"));
    for (String extension : extensions) {
      options.addAll(List.of("-addext", extension));
    }
    return request("ec:P-256", options.toArray(String[]::new));
  }

  private CertificationRequest request(String type, String... more) throws Exception {
    Path csr = dir.resolve("request.csr");
    List<Object> command = new ArrayList<>(List.of("openssl", "req", "-new", "-nodes"));
    command.addAll(List.of("-keyout", dir.resolve("request.key"), "-out", csr));
    if (type.startsWith("ec:")) {
      command.addAll(
          List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + type.substring(3)));
    } else {
      command.addAll(List.of("-newkey", type));
    }
    command.addAll(Arrays.asList(more));
    Judge.accepts(command.toArray());
    return CertificationRequest.parse(Inputs.read(csr));
  }

  private static int indexOf(byte[] content, String text) {
    return new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static Verdict<ApprovedRequest> verify(CertificationRequest request, CsrRules rules) {
    return new CsrVerifier(rules).verify(request);
  }

  private static ApprovedRequest accepted(Verdict<ApprovedRequest> verdict) {
    assertTrue(verdict.accepted(), () -> verdict.failures().toString());
    return ((Verdict.Accepted<ApprovedRequest>) verdict).value();
  }

  private static void assertRejected(String reason, CertificationRequest request) {
    assertEquals(
        reason,
        verify(request, RULES).failures().stream().findFirst().map(Check::id).orElse("accepted"));
  }
}
