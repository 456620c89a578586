// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.attest.CaseFolder;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.json.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reports beside the verdict; openssl makes the keys and judges the signatures. */
class ReportFilesTest {
  private static final String PASSPHRASE = "correct horse";

  @TempDir private Path folder;
  private CaseFolder files;
  private long clock = 6000;

  @BeforeEach
  void writeFiles() throws Exception {
    files = new CaseFolder(folder);
    Files.writeString(folder.resolve("pass"), PASSPHRASE + "\n");
    Files.writeString(folder.resolve("wrong"), "another\n");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private int judge(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "evidence",
                path("evidence.json"),
                "--release",
                path("release.json"),
                "--policy",
                path("policy.yaml"),
                "--state",
                path("state")));
    args.addAll(List.of(more));
    if (!args.contains("--at")) {
      args.addAll(List.of("--at", CaseFolder.AT));
    }
    return Launcher.run(new VerifyMain(), args.toArray(String[]::new));
  }

  private String openssl(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(args));
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private void key(String... parameters) throws Exception {
    List<String> args = new ArrayList<>(List.of("genpkey", "-out", "key.pem"));
    args.addAll(List.of(parameters));
    openssl(args.toArray(String[]::new));
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem");
  }

  private JsonNode part(int number) throws Exception {
    String token = Files.readString(folder.resolve("ear.jwt"));
    return Json.tree(
        Bytes.copyOf(Base64.getUrlDecoder().decode(token.split("\\.", -1)[number])), "token");
  }

  /** Splits the token into what was signed and the signature, as openssl wants it. */
  private void split(boolean ecdsa) throws Exception {
    String token = Files.readString(folder.resolve("ear.jwt"));
    int dot = token.lastIndexOf('.');
    Files.writeString(folder.resolve("signed"), token.substring(0, dot));
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    Files.write(folder.resolve("signature"), ecdsa ? der(signature) : signature);
  }

  private static byte[] der(byte[] rs) throws IOException {
    var pair = new ASN1EncodableVector();
    int half = rs.length / 2;
    pair.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(rs, half))));
    pair.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(rs, half, rs.length))));
    return new DERSequence(pair).getEncoded();
  }

  private int ear(String... more) throws Exception {
    files.answerNew(clock++);
    List<String> args = new ArrayList<>(List.of("--ear", path("ear.jwt"), "--force"));
    args.addAll(List.of(more));
    return judge(args.toArray(String[]::new));
  }

  @Test
  void opensslVerifiesResultsOfEveryCurve() throws Exception {
    for (String[] curve :
        new String[][] {
          {"P-256", "ES256", "sha256"}, {"P-384", "ES384", "sha384"}, {"P-521", "ES512", "sha512"}
        }) {
      key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve[0]);
      assertEquals(0, ear("--ear-key", path("key.pem")));
      assertEquals(curve[1], part(0).get("alg").asText());
      split(true);
      openssl("dgst", "-" + curve[2], "-verify", "public.pem", "-signature", "signature", "signed");
    }
  }

  @Test
  void opensslVerifiesResultsOfRsaAndEd25519Keys() throws Exception {
    key("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    assertEquals(0, ear("--ear-key", path("key.pem")));
    assertEquals("PS256", part(0).get("alg").asText());
    split(false);
    openssl(
        "dgst",
        "-sha256",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:32",
        "-verify",
        "public.pem",
        "-signature",
        "signature",
        "signed");
    key("-algorithm", "ED25519");
    assertEquals(0, ear("--ear-key", path("key.pem")));
    assertEquals("EdDSA", part(0).get("alg").asText());
    split(false);
    openssl(
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "public.pem",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "signature");
  }

  @Test
  void acceptedDeviceIsAffirmed() throws Exception {
    key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    assertEquals(0, ear("--ear-key", path("key.pem")));
    var claims = part(1);
    assertEquals("tag:github.com,2023:veraison/ear", claims.get("eat_profile").asText());
    assertEquals(1795348800L, claims.get("iat").asLong());
    var appraisal = claims.get("submods").get(CaseFolder.DEVICE);
    assertEquals("affirming", appraisal.get("ear.status").asText());
    assertEquals(
        "{\"instance-identity\":2,\"configuration\":2,\"executables\":3,\"hardware\":2}",
        appraisal.get("ear.trustworthiness-vector").toString());
    assertTrue(appraisal.get("ear.appraisal-policy-id").asText().startsWith("ni:///sha-256;"));
    assertEquals(43, appraisal.get("eat_nonce").asText().length());
    assertTrue(appraisal.get("trustme.checks").size() > 40);
  }

  @Test
  void rejectedAndMalformedAreToldInEveryForm() throws Exception {
    key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    String[] all = {
      "--ear-key", path("key.pem"), "--html", path("v.html"), "--junit", path("v.xml"), "--json"
    };
    files.answerNew(6000);
    assertEquals(0, judge());
    clock = 5000;
    assertEquals(1, ear(all));
    var appraisal = part(1).get("submods").get(CaseFolder.DEVICE);
    assertEquals("contraindicated", appraisal.get("ear.status").asText());
    assertTrue(Files.readString(folder.resolve("v.html")).contains("quote-clock"));
    files.answerNew(7000);
    files.cutLog();
    Files.delete(folder.resolve("v.html"));
    List<String> args = new ArrayList<>(List.of("--ear", path("ear.jwt"), "--force"));
    args.addAll(List.of(all));
    assertEquals(3, judge(args.toArray(String[]::new)));
    var none = part(1).get("submods").get(CaseFolder.DEVICE);
    assertEquals("none", none.get("ear.status").asText());
    assertFalse(none.has("ear.trustworthiness-vector"));
    assertTrue(none.get("trustme.problem").asText().contains("offset"));
    assertTrue(Files.readString(folder.resolve("v.html")).contains("Malformed"));
    assertTrue(Files.readString(folder.resolve("v.xml")).contains("<error"));
  }

  @Test
  void bytesThatAreNoEvidenceAtAllGiveReportsToo() throws Exception {
    files.answerNew(6000);
    files.write("evidence.json", Bytes.utf8("<script>alert(1)</script>"));
    key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    assertEquals(
        3,
        judge(
            "--html",
            path("v.html"),
            "--junit",
            path("v.xml"),
            "--ear",
            path("ear.jwt"),
            "--ear-key",
            path("key.pem")));
    assertFalse(Files.readString(folder.resolve("v.html")).contains("<script"));
    assertEquals("none", part(1).get("submods").get("unknown").get("ear.status").asText());
  }

  @Test
  void keysAreReadFromEveryFormThatOpensslWrites() throws Exception {
    key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    openssl("pkcs8", "-topk8", "-in", "key.pem", "-out", "sealed.pem", "-passout", "file:pass");
    openssl(
        "pkcs8",
        "-topk8",
        "-in",
        "key.pem",
        "-outform",
        "DER",
        "-out",
        "sealed.der",
        "-passout",
        "file:pass");
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.der");
    openssl("req", "-x509", "-key", "key.pem", "-subj", "/CN=verifier", "-out", "cert.pem");
    openssl(
        "pkcs12",
        "-export",
        "-inkey",
        "key.pem",
        "-in",
        "cert.pem",
        "-out",
        "key.p12",
        "-passout",
        "file:pass");
    for (String name : List.of("key.der", "sealed.pem", "sealed.der", "key.p12")) {
      assertEquals(0, ear("--ear-key", path(name), "--pass-file", path("pass")), name);
      split(true);
      openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "signed");
      assertEquals(name.endsWith("p12"), part(0).has("x5c"), name);
    }
    for (String name : List.of("sealed.pem", "sealed.der", "key.p12")) {
      assertEquals(1, ear("--ear-key", path(name), "--pass-file", path("wrong")), name);
    }
  }

  @Test
  void whatCannotWorkIsRefusedBeforeTheNonceIsUsed() throws Exception {
    key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    files.answerNew(6000);
    assertEquals(2, judge("--ear", path("ear.jwt")));
    assertEquals(2, judge("--ear-key", path("key.pem")));
    assertEquals(4, judge("--html", path("no/folder/v.html")));
    files.write("there.xml", Bytes.utf8("mine"));
    assertEquals(2, judge("--junit", path("there.xml")));
    assertEquals("mine", Files.readString(folder.resolve("there.xml")));
    assertEquals(4, judge("--ear", path("ear.jwt"), "--ear-key", path("none.pem")));
    for (Bytes bad :
        List.of(
            Bytes.empty(),
            Bytes.utf8("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"),
            Bytes.utf8("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            Bytes.utf8("-----BEGIN PRIVATE KEY-----\n"),
            Bytes.fromHex("3003020100"),
            Bytes.fromHex("30060201000401ff"),
            Bytes.utf8("no key"))) {
      files.write("bad.key", bad);
      assertEquals(3, judge("--ear", path("ear.jwt"), "--ear-key", path("bad.key")), bad.hex());
    }
    openssl(
        "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp224r1", "-out", "p224");
    assertEquals(1, judge("--ear", path("ear.jwt"), "--ear-key", path("p224")));
    assertFalse(Files.exists(folder.resolve("ear.jwt")));
    assertEquals(0, judge(), "none of them used the nonce up");
  }

  @Test
  void explainsChecks() {
    assertEquals(0, Launcher.run(new VerifyMain(), "explain"));
    assertEquals(0, Launcher.run(new VerifyMain(), "explain", "pcr-11", "quote-nonce"));
    assertEquals(0, Launcher.run(new VerifyMain(), "explain", "pcr-11", "--json"));
    assertEquals(2, Launcher.run(new VerifyMain(), "explain", "no-such-check"));
  }
}
