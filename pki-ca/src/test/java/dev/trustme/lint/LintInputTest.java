// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.Specimen.AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.files.Inputs;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests, revocation lists and sets; openssl makes the inputs where it can. */
class LintInputTest {
  private static final Instant NEXT = Instant.parse("2026-12-22T10:14:03Z");

  @TempDir private Path dir;

  @Test
  void requestsOfOpenssl() throws Exception {
    assertEquals(
        Set.of(), rules(RequestLint.findings(request("ec -pkeyopt ec_paramgen_curve:P-256"))));
    assertEquals(
        Set.of(LintRule.EC_CURVE),
        rules(RequestLint.findings(request("ec -pkeyopt ec_paramgen_curve:secp256k1"))));
    assertEquals(
        Set.of(LintRule.EC_EXPLICIT),
        rules(
            RequestLint.findings(
                request("ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"))));
    assertEquals(
        Set.of(LintRule.REQUEST_AUTHORITY),
        rules(
            RequestLint.findings(
                request(
                    "ec -pkeyopt ec_paramgen_curve:P-256 -addext"
                        + " basicConstraints=critical,CA:TRUE"))));
    assertEquals(
        Set.of(LintRule.REQUEST_EXTENSION),
        rules(
            RequestLint.findings(
                request("ec -pkeyopt ec_paramgen_curve:P-256 -addext 1.2.3.4=DER:0500"))));
  }

  @Test
  void aRequestProvesItsKey() throws Exception {
    var request = request("ec -pkeyopt ec_paramgen_curve:P-256");
    var structure = request.toASN1Structure();
    byte[] other = SigningKey.generate(KeyType.EC_P256).sign(Bytes.utf8("x")).toArray();
    var forged =
        new org.bouncycastle.pkcs.PKCS10CertificationRequest(
            new DERSequence(
                    new org.bouncycastle.asn1.ASN1Encodable[] {
                      structure.getCertificationRequestInfo(),
                      structure.getSignatureAlgorithm(),
                      new DERBitString(other)
                    })
                .getEncoded());
    assertEquals(Set.of(LintRule.REQUEST_SIGNATURE), rules(RequestLint.findings(forged)));
  }

  @Test
  void keysAndSignaturesFillTheirBytes() throws Exception {
    Bytes request = Bytes.copyOf(request("ec -pkeyopt ec_paramgen_curve:P-256").getEncoded());
    Bytes list = Bytes.copyOf(list(true).getEncoded());
    for (Bytes good : List.of(Certificates.der(Specimen.ROOT), request)) {
      LintInput.parse(good);
      malformed(loose(good, point(good)));
      malformed(loose(good, signature(good)));
    }
    CertificationRequest.parse(request);
    for (int at : new int[] {point(request), signature(request)}) {
      assertThrows(FormatException.class, () -> CertificationRequest.parse(loose(request, at)));
    }
    LintInput.parse(list);
    malformed(loose(list, signature(list)));
  }

  /** A BIT STRING with an uncompressed point of P-256. */
  private static final String POINT = "03420004";

  private static int point(Bytes der) {
    return der.hex().indexOf(POINT) / 2;
  }

  /** Where the last BIT STRING begins, which ends the file. */
  private static int signature(Bytes der) {
    int at = der.size() - 4;
    while (der.at(at) != 3 || at + 2 + der.at(at + 1) != der.size()) {
      at--;
    }
    return at;
  }

  /** The BIT STRING at the offset with one bit less. */
  private static Bytes loose(Bytes der, int at) {
    byte[] changed = der.toArray();
    changed[at + 2] = 1;
    changed[at + 1 + changed[at + 1]] &= (byte) 0xfe;
    return Bytes.copyOf(changed);
  }

  private static void malformed(Bytes der) {
    assertThrows(FormatException.class, () -> LintInput.parse(der));
  }

  private org.bouncycastle.pkcs.PKCS10CertificationRequest request(String more) throws Exception {
    Path file = dir.resolve("device.csr");
    var command =
        ("openssl req -new -nodes -subj /CN=device -addext subjectAltName=DNS:host.example"
                + " -keyout %s -out %s -newkey %s")
            .formatted(dir.resolve("device.key"), file, more);
    Judge.accepts((Object[]) command.split(" "));
    return LintInput.parse(Inputs.read(file)).requests().getFirst();
  }

  @Test
  void revocationLists() throws Exception {
    assertEquals(Set.of(), lint(list(true)));
    assertEquals(Set.of(LintRule.CRL_STALE), rules(CrlLint.findings(list(true), root(), NEXT)));
    assertEquals(
        Set.of(LintRule.CRL_STALE),
        rules(CrlLint.findings(list(true), root(), AT.minusSeconds(1))));
    assertEquals(
        Set.of(LintRule.CRL_NUMBER), lint(builder().build(Specimen.ROOT_KEY.contentSigner())));
    assertEquals(Set.of(LintRule.CRL_IDENTIFIER), lint(list(false)));
    var twice = numbered(builder(), true);
    twice.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.keyCompromise);
    twice.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.superseded);
    assertEquals(
        Set.of(LintRule.CRL_ENTRIES), lint(twice.build(Specimen.ROOT_KEY.contentSigner())));
    assertEquals(
        Set.of(LintRule.CRL_ISSUER),
        lint(numbered(builder(), true).build(Specimen.LEAF_KEY.contentSigner())));
    var endless = new X509v2CRLBuilder(new X500Name("CN=root"), Date.from(AT));
    assertEquals(
        Set.of(LintRule.CRL_NEXT_UPDATE),
        lint(numbered(endless, true).build(Specimen.ROOT_KEY.contentSigner())));
    var signer =
        Specimen.root().put(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)).sign();
    assertEquals(
        Set.of(LintRule.CRL_ISSUER), rules(CrlLint.findings(list(true), Optional.of(signer), AT)));
    assertEquals(
        Set.of(LintRule.ISSUER_MISSING), rules(CrlLint.findings(list(true), Optional.empty(), AT)));
  }

  private static Set<LintRule> lint(X509CRLHolder list) {
    return rules(CrlLint.findings(list, root(), AT));
  }

  private static Optional<X509CertificateHolder> root() {
    return Optional.of(Specimen.ROOT);
  }

  private static X509CRLHolder list(boolean identifier) throws Exception {
    return numbered(builder(), identifier).build(Specimen.ROOT_KEY.contentSigner());
  }

  /** Without a number, but with an identifier. */
  private static X509v2CRLBuilder builder() throws Exception {
    var builder = new X509v2CRLBuilder(new X500Name("CN=root"), Date.from(AT));
    builder.setNextUpdate(Date.from(NEXT));
    return identified(builder);
  }

  private static X509v2CRLBuilder identified(X509v2CRLBuilder builder) throws Exception {
    return builder.addExtension(Specimen.leaf().extensions.get(Extension.authorityKeyIdentifier));
  }

  private static X509v2CRLBuilder numbered(X509v2CRLBuilder builder, boolean identifier)
      throws Exception {
    var list = builder;
    if (!identifier) {
      list = new X509v2CRLBuilder(new X500Name("CN=root"), Date.from(AT));
      list.setNextUpdate(Date.from(NEXT));
    } else if (!list.hasExtension(Extension.authorityKeyIdentifier)) {
      identified(list);
    }
    return list.addExtension(Extension.cRLNumber, false, new ASN1Integer(7));
  }

  @Test
  void aVersionOneListOfOpenssl() throws Exception {
    Files.writeString(dir.resolve("index.txt"), "");
    Files.writeString(
        dir.resolve("ca.cnf"),
        """
        [ca]
        default_ca = c
        [c]
        database = %s/index.txt
        default_md = sha256
        """
            .formatted(dir));
    Judge.accepts(
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-subj",
        "/CN=old",
        "-keyout",
        dir.resolve("ca.key"),
        "-out",
        dir.resolve("ca.pem"));
    Judge.accepts(
        "openssl",
        "ca",
        "-config",
        dir.resolve("ca.cnf"),
        "-gencrl",
        "-crldays",
        "9",
        "-keyfile",
        dir.resolve("ca.key"),
        "-cert",
        dir.resolve("ca.pem"),
        "-out",
        dir.resolve("old.crl"));
    var list = LintInput.parse(Inputs.read(dir.resolve("old.crl"))).lists().getFirst();
    var found = rules(CrlLint.findings(list, Optional.empty(), Instant.now().plusSeconds(60)));
    assertEquals(
        Set.of(
            LintRule.CRL_VERSION,
            LintRule.CRL_NUMBER,
            LintRule.CRL_IDENTIFIER,
            LintRule.ISSUER_MISSING),
        found);
  }

  @Test
  void whatNoTwoMayShare() {
    var leaf = Specimen.leaf().sign();
    var renewed = Specimen.leaf();
    renewed.serial = renewed.serial.add(BigInteger.ONE);
    var set = new SetLint(List.of(Specimen.ROOT, leaf, leaf, renewed.sign()));
    assertEquals(3, set.certificates().size());
    assertTrue(set.shared().values().stream().allMatch(List::isEmpty));
    var twin = Specimen.leaf();
    twin.subject = new X500Name("CN=twin");
    twin.key = SigningKey.generate(KeyType.EC_P256).publicKey();
    assertEquals(Set.of(LintRule.SERIAL_REUSED), shared(leaf, twin.identifiers()));
    renewed.subject = new X500Name("CN=other");
    assertEquals(Set.of(LintRule.KEY_REUSED), shared(leaf, renewed));
    assertEquals(List.of(), set.findings(leaf));
    assertEquals(Set.of(LintRule.ISSUER_MISSING), rules(new SetLint(List.of(leaf)).findings(leaf)));
  }

  private static Set<LintRule> shared(X509CertificateHolder first, Specimen second) {
    var other = second.sign();
    return rules(new SetLint(List.of(first, other)).shared().getOrDefault(other, List.of()));
  }

  private static Set<LintRule> rules(List<Finding> findings) {
    return findings.stream()
        .map(Finding::rule)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(LintRule.class)));
  }

  @Test
  void everyKindIsKnownByItsBytes() throws Exception {
    var list = list(true);
    assertEquals(1, LintInput.parse(Bytes.copyOf(list.getEncoded())).lists().size());
    var request = request("ec -pkeyopt ec_paramgen_curve:P-256");
    assertEquals(1, LintInput.parse(Bytes.copyOf(request.getEncoded())).requests().size());
    var root = Certificates.der(Specimen.ROOT);
    assertEquals(1, LintInput.parse(root).certificates().size());
    for (Bytes bad :
        List.of(
            Bytes.empty(),
            Bytes.utf8("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            Bytes.concat(root, Bytes.fromHex("00")),
            Bytes.fromHex("3000"))) {
      assertThrows(FormatException.class, () -> LintInput.parse(bad));
    }
  }

  @Test
  void theCommandSaysWhatItFound() throws Exception {
    var good = Certificates.pem(List.of(Specimen.ROOT, Specimen.leaf().sign()));
    Path chain = Files.writeString(dir.resolve("chain.pem"), good);
    assertEquals(0, lint(chain.toString()));
    assertEquals(1, run("lint", "--quiet", "--at", "2031-01-01T00:00:00Z", chain.toString()));
    var weak = Specimen.leaf();
    weak.serial = BigInteger.ONE;
    Path bad =
        Files.writeString(
            dir.resolve("bad.pem"), Certificates.pem(List.of(Specimen.ROOT, weak.sign())));
    assertEquals(1, lint(bad.toString()));
    assertEquals(0, lint("--accept", "serial-entropy", bad.toString()));
    assertEquals(2, lint("--accept", "everything", bad.toString()));
    assertEquals(0, lint("--list"));
    assertEquals(0, lint("--explain", "rsa-roca"));
    assertEquals(2, lint("--explain", "rsa"));
    assertEquals(2, lint());
    assertEquals(4, lint("none.pem"));
    assertEquals(3, lint(Files.writeString(dir.resolve("x.pem"), "x").toString()));
  }

  private static int lint(String... more) {
    var arguments = new java.util.ArrayList<>(List.of("lint", "--quiet", "--at", AT.toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private static int run(String... arguments) {
    return Launcher.run(new PkiMain(), arguments);
  }
}
