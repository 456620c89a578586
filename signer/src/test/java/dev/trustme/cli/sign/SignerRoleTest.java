// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may sign what is asked before anything is signed. */
class SignerRoleTest {
  @TempDir static Path folder;
  private static Workshop shop;

  @BeforeAll
  static void make() throws Exception {
    shop = new Workshop(folder);
    foreign("plain", false);
    foreign("authority", true);
  }

  /** A certificate of a system without roles: no extended key usage. */
  private static void foreign(String name, boolean authority) throws Exception {
    var reference = KeyReference.parse("file:" + shop.path(name + ".key"));
    SigningKey key;
    try (var none = Passphrase.ask("none", purpose -> "long enough passphrase".toCharArray())) {
      key = Keys.generate(reference, KeyType.RSA_2048, none);
    }
    var certificate =
        new X509v3CertificateBuilder(
                new X500Name("CN=" + name),
                BigInteger.TEN,
                Date.from(Instant.parse("2026-01-01T00:00:00Z")),
                Date.from(Instant.parse("2027-01-01T00:00:00Z")),
                new X500Name("CN=" + name),
                key.publicKey())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
            .addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.digitalSignature | (authority ? KeyUsage.keyCertSign : 0)))
            .build(key.contentSigner());
    shop.write(name + ".pem", Bytes.utf8(Certificates.pem(List.of(certificate))));
    shop.text("pass", "long enough passphrase");
  }

  private static AirGapTest.Ran modules(String key, String output, String at, String... more) {
    List<String> command =
        new ArrayList<>(List.of("modules", shop.path("modules"), "-o", shop.path(output)));
    command.addAll(List.of("--key", shop.path(key + ".key"), "--cert", shop.path(key + ".pem")));
    command.addAll(List.of("--pass-file", shop.path("pass"), "--at", at, "-q"));
    command.addAll(List.of(more));
    return AirGapTest.run(command.toArray(String[]::new));
  }

  @Test
  void aWiderKeySignsOnlyWhereThatIsSaidAndIsWrittenDown() throws Exception {
    var refused = modules("plain", "refused", Workshop.AT);
    assertEquals(1, refused.code());
    assertTrue(refused.said().contains("does not carry the role module"), refused.said());
    assertEquals(2, modules("plain", "refused", Workshop.AT, "--accept", "anything").code());
    String log = shop.path("wider.log");
    var ran = modules("plain", "wider", Workshop.AT, "--accept", "wider-key", "--log", log);
    assertEquals(0, ran.code(), ran.said());
    assertEquals(
        List.of("accept-wider-key", "sign-module"),
        new SigningLog(Path.of(log)).entries().stream().map(e -> e.action()).toList());
    assertTrue(new SigningLog(Path.of(log)).verify().accepted());
  }

  @Test
  void anAuthorityNeverSignsAndNeitherDoesWhoRanOut() {
    var authority = modules("authority", "no", Workshop.AT, "--accept", "wider-key");
    assertEquals(1, authority.code());
    assertTrue(authority.said().contains("signer-not-ca"), authority.said());
    var late = modules("plain", "no", "2027-06-01T00:00:00Z", "--accept", "wider-key");
    assertEquals(1, late.code());
    assertTrue(late.said().contains("certificate-validity"), late.said());
    assertFalse(Files.exists(folder.resolve("no")));
  }

  @Test
  void aRolesChainIsWholeAndCurrent() throws Exception {
    Path chain = folder.resolve("pki/chains/module.pem");
    String whole = Files.readString(chain);
    String leaf = whole.substring(0, whole.indexOf("-----END CERTIFICATE-----") + 26);
    Files.writeString(chain, leaf);
    try {
      var cut = shop.run("modules", "modules", "-o", "cut");
      assertEquals(1, cut.code(), cut.said());
      assertTrue(cut.said().contains("certificate-anchor"), cut.said());
    } finally {
      Files.writeString(chain, whole);
    }
    List<String> late =
        Stream.of("modules", shop.path("modules"), "-o", shop.path("cut"), "-q").toList();
    List<String> command = new ArrayList<>(late);
    command.addAll(List.of("--pki", shop.path("pki"), "--at", "2040-01-01T00:00:00Z"));
    var ran = AirGapTest.run(command.toArray(String[]::new));
    assertEquals(1, ran.code());
    assertTrue(ran.said().contains("certificate-validity"), ran.said());
    assertFalse(Files.exists(folder.resolve("cut")));
  }

  @Test
  void aDryRunOfARoleThatDoesNotFitIsRefusedToo() {
    var ran = modules("plain", "dry", Workshop.AT, "--dry-run");
    assertEquals(1, ran.code());
    assertEquals(
        0, modules("plain", "dry", Workshop.AT, "--dry-run", "--accept", "wider-key").code());
    assertFalse(Files.exists(folder.resolve("dry")));
  }
}
