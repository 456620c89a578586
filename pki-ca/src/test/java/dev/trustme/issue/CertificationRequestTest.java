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
import dev.trustme.profile.NameKind;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
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
      String name = type.replace(':', '-');
      openssl(
          name, type, "-subj", "/C=DE/CN=web", "-addext", "subjectAltName=DNS:a.example,IP:::1");
      var approved = accepted(verify(read(name), RULES));
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
    openssl(
        "ca",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a",
        "-addext",
        "basicConstraints=critical,CA:TRUE");
    assertRejected("csr-basic-constraints", read("ca"));
    openssl(
        "eku",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a",
        "-addext",
        "extendedKeyUsage=serverAuth,codeSigning");
    assertRejected("csr-extended-key-usage", read("eku"));
    openssl(
        "ku",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a",
        "-addext",
        "keyUsage=digitalSignature,keyCertSign");
    assertRejected("csr-key-usage", read("ku"));
    openssl(
        "other",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a",
        "-addext",
        "nameConstraints=permitted;DNS:a");
    assertRejected("csr-extension", read("other"));
    openssl("uri", "ec:P-256", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a,URI:http://a");
    assertRejected("csr-name-kind", read("uri"));
    openssl("wild", "ec:P-256", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:*.a");
    assertRejected("csr-name", read("wild"));
    openssl("none", "ec:P-256", "-subj", "/CN=web");
    assertRejected("csr-names", read("none"));
    openssl("nobody", "ec:P-256", "-subj", "/O=web", "-addext", "subjectAltName=DNS:a");
    assertRejected("csr-subject", read("nobody"));
    openssl("curve", "ec:P-521", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a");
    assertRejected("csr-key-type", read("curve"));
    openssl("sha1", "rsa:2048", "-sha1", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a");
    assertRejected("csr-signature-algorithm", read("sha1"));
    openssl("short", "rsa:1024", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a");
    assertRejected("csr-key-strength", read("short"));
  }

  @Test
  void grantsHarmlessWishesAndDropsTheOthersWhereToldTo() throws Exception {
    openssl(
        "fine",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "keyUsage=digitalSignature",
        "-addext",
        "extendedKeyUsage=serverAuth",
        "-addext",
        "subjectKeyIdentifier=hash");
    assertEquals(List.of(), accepted(verify(read("fine"), RULES)).dropped());
    openssl(
        "much",
        "ec:P-256",
        "-subj",
        "/CN=web",
        "-addext",
        "subjectAltName=DNS:a,URI:http://a",
        "-addext",
        "basicConstraints=CA:TRUE",
        "-addext",
        "extendedKeyUsage=codeSigning");
    var dropping =
        new CsrRules(RULES.keys(), RULES.names(), RULES.purposes(), RULES.keyUsage(), false, true);
    var approved = accepted(verify(read("much"), dropping));
    assertEquals(3, approved.dropped().size(), approved.dropped()::toString);
    assertEquals(List.of(CsrNames.parse("dns:a")), approved.names());
  }

  @Test
  void refusesASignatureThatTheKeyDidNotMake() throws Exception {
    openssl("good", "ec:P-256", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a.example");
    byte[] der = read("good").der().toArray();
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
  void knowsTheWeakKeysOfInfineon() {
    var primorial = BigInteger.ONE;
    for (int prime = 2; prime <= 167; prime++) {
      primorial =
          BigInteger.valueOf(prime).isProbablePrime(30)
              ? primorial.multiply(BigInteger.valueOf(prime))
              : primorial;
    }
    var power = BigInteger.valueOf(65537).modPow(BigInteger.valueOf(123456), primorial);
    assertTrue(WeakKeys.predictable(power.add(primorial.shiftLeft(200))));
    var random = new java.util.Random(4);
    for (int i = 0; i < 2000; i++) {
      assertFalse(WeakKeys.predictable(new BigInteger(2047, random).setBit(2047).setBit(0)));
    }
  }

  @Test
  void whatIsNoRequestIsMalformed() throws Exception {
    openssl("good", "ec:P-256", "-subj", "/CN=web", "-addext", "subjectAltName=DNS:a.example");
    Bytes der = read("good").der();
    assertThrows(
        FormatException.class, () -> CertificationRequest.parse(Bytes.concat(der, Bytes.zeros(1))));
    for (int cut = 0; cut < der.size(); cut++) {
      Bytes part = der.slice(0, cut);
      assertThrows(FormatException.class, () -> CertificationRequest.parse(part));
    }
    assertThrows(FormatException.class, () -> CertificationRequest.parse(Bytes.zeros(70_000)));
    assertThrows(
        FormatException.class,
        () -> CertificationRequest.parse(Bytes.utf8(read("good").pem() + read("good").pem())));
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
    openssl("pw", "ec:P-256", "-config", config.toString());
    assertEquals("web", accepted(verify(read("pw"), RULES)).commonName().orElseThrow());
  }

  private void openssl(String name, String type, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "req",
                "-new",
                "-nodes",
                "-keyout",
                dir.resolve(name + ".key").toString(),
                "-out",
                dir.resolve(name + ".csr").toString()));
    if (type.startsWith("ec:")) {
      command.addAll(
          List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + type.substring(3)));
    } else {
      command.addAll(List.of("-newkey", type));
    }
    command.addAll(Arrays.asList(more));
    Judge.accepts(command.toArray());
  }

  private CertificationRequest read(String name) throws Exception {
    return CertificationRequest.parse(Inputs.read(dir.resolve(name + ".csr")));
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
