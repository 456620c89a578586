// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.json.Json;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.TpmKeys;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.openssl.PEMParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotes that TPMs made: they hold, and any changed byte is found. */
class RealQuoteTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final QuoteVerifier.Floor NO_FLOOR = new QuoteVerifier.Floor.None();

  /** One quote with what it is held against. */
  private record Quote(
      Bytes attest,
      Bytes signature,
      SubjectPublicKeyInfo key,
      Nonce nonce,
      SortedMap<Integer, Digest> pcrs) {
    List<String> failures() throws Exception {
      return failures(
          TpmtSignature.parse(signature),
          new QuoteVerifier.ExpectedTpm(Optional.empty(), NO_FLOOR));
    }

    /** {@code like} is a signature in the key's own scheme. */
    List<String> failures(TpmtSignature like, QuoteVerifier.ExpectedTpm tpm) throws Exception {
      var demand =
          new QuoteVerifier.Demand(
              nonce,
              TpmsPcrSelection.of(BANK, pcrs.keySet()),
              QuoteRule.ANY,
              Policy.ClockRule.SAFE,
              Optional.empty(),
              tpm);
      var signer =
          new QuoteVerifier.Signer(
              PublicKeyFactory.createKey(key), TpmtScheme.of(like.sigAlg(), like.hash()));
      return new QuoteVerifier(demand)
              .verify(new Evidence.Quote(attest, signature), Optional.of(signer), pcrs)
              .failures()
              .stream()
              .map(Check::id)
              .toList();
    }

    /** Every byte of the quote and its signature, changed one at a time. */
    void expectEveryChangeFound() throws Exception {
      for (int i = 0; i < attest.size(); i++) {
        expectFound(new Quote(flip(attest, i), signature, key, nonce, pcrs), "attest " + i);
      }
      for (int i = 0; i < signature.size(); i++) {
        expectFound(new Quote(attest, flip(signature, i), key, nonce, pcrs), "signature " + i);
      }
    }

    private static void expectFound(Quote changed, String what) throws Exception {
      try {
        assertTrue(changed.failures().contains("quote-signature"), what);
      } catch (FormatException e) {
        assertNotEquals("", e.problem());
      }
    }
  }

  private static Bytes flip(Bytes bytes, int at) {
    byte[] changed = bytes.toArray();
    changed[at] ^= 1;
    return Bytes.copyOf(changed);
  }

  @ParameterizedTest
  @CsvSource({"rsa,rsassa,sha256", "rsa,rsapss,sha256", "ecc,ecdsa,sha256", "ecc,ecdsa,sha384"})
  void quoteOfSoftwareTpmHolds(String algorithm, String scheme, String hash, @TempDir Path folder)
      throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      tpm.attestationKey(algorithm, hash, scheme, "ak.pub");
      tpm.run("tpm2_pcrextend", "4:sha256=" + "ab".repeat(32));
      tpm.run(
          "tpm2_quote",
          "-c",
          "ak.ctx",
          "-l",
          "sha256:0,4,7",
          "-q",
          "00112233",
          "-m",
          "q.msg",
          "-s",
          "q.sig",
          "--scheme",
          scheme,
          "-f",
          "tss",
          "-g",
          hash);
      var pcrs = new TreeMap<Integer, Digest>();
      pcrs.put(0, Digest.zero(BANK));
      pcrs.put(4, Digest.zero(BANK).extend(new Digest(BANK, Bytes.fromHex("ab".repeat(32)))));
      pcrs.put(7, Digest.zero(BANK));
      var quote =
          new Quote(
              tpm.read("q.msg"),
              tpm.read("q.sig"),
              TpmKeys.subjectPublicKeyInfo(TpmtPublic.parseTpm2b(tpm.read("ak.pub"))),
              Nonce.fromHex("00112233"),
              pcrs);
      assertEquals(List.of(), quote.failures());
      quote.expectEveryChangeFound();
      namesItsSigner(
          quote,
          TpmtPublic.parseTpm2b(tpm.read("ek.pub")).name(),
          TpmtPublic.parseTpm2b(tpm.read("ak.pub")).name());
    }
  }

  /** A real TPM's qualified name and firmware version. */
  private static void namesItsSigner(Quote quote, TpmName ek, TpmName ak) throws Exception {
    var like = TpmtSignature.parse(quote.signature());
    var signer = ak.qualifiedUnder(ek.qualifiedUnder(TpmName.ENDORSEMENT).encode());
    var version = TpmsAttest.parse(quote.attest()).firmwareVersion();
    var floor = new QuoteVerifier.Floor.Version("%016x".formatted(version));
    assertEquals(
        List.of(), quote.failures(like, new QuoteVerifier.ExpectedTpm(Optional.of(signer), floor)));
    var higher = new QuoteVerifier.Floor.Version("%016x".formatted(version + 1));
    assertEquals(
        List.of("quote-signer", "quote-firmware"),
        quote.failures(like, new QuoteVerifier.ExpectedTpm(Optional.of(ek), higher)));
  }

  private static final String CORPUS = "TRUSTME_CORPUS";

  private static Path corpus(String name) {
    return Path.of(System.getenv(CORPUS), "real-boot", name);
  }

  private static Bytes bytes(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(corpus(name)));
  }

  private static SubjectPublicKeyInfo pem(String name) throws Exception {
    try (var parser = new PEMParser(new StringReader(Files.readString(corpus(name))))) {
      return (SubjectPublicKeyInfo) parser.readObject();
    }
  }

  private static Quote guestQuote() throws Exception {
    var pcrs = new TreeMap<Integer, Digest>();
    for (String line : Files.readAllLines(corpus("crb/pcrs-at-quote.txt"))) {
      String[] parts = line.strip().split("\\s*:\\s*0x", -1);
      if (parts.length == 2 && Integer.parseInt(parts[0]) < 15) {
        var value = Bytes.fromHex(parts[1]);
        pcrs.put(Integer.valueOf(parts[0]), new Digest(BANK, value));
      }
    }
    return new Quote(
        bytes("crb/q.msg"),
        bytes("crb/q.sig"),
        pem("crb/ak.pem"),
        Nonce.fromHex("deadbeef00112233"),
        pcrs);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void quoteOfRealBootHoldsAndEveryChangeIsFound() throws Exception {
    var quote = guestQuote();
    assertEquals(15, quote.pcrs().size());
    assertEquals(List.of(), quote.failures());
    quote.expectEveryChangeFound();
  }

  @Test
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void changedPartsOfTheRealQuoteHaveTheirOwnFinding() throws Exception {
    var good = guestQuote();
    assertEquals(List.of("quote-magic", "quote-signature"), attest(good, 0).failures());
    int nonce = good.attest().hex().indexOf("deadbeef") / 2;
    assertEquals(List.of("quote-signature", "quote-nonce"), attest(good, nonce).failures());
    int digest = good.attest().size() - 1;
    assertEquals(List.of("quote-signature", "quote-pcr-digest"), attest(good, digest).failures());
    assertEquals(
        List.of("quote-signature", "quote-selection"), attest(good, digest - 35).failures());
    for (var pcr : good.pcrs().entrySet()) {
      var changed = new TreeMap<>(good.pcrs());
      changed.put(pcr.getKey(), new Digest(BANK, flip(pcr.getValue().value(), 31)));
      var quote = new Quote(good.attest(), good.signature(), good.key(), good.nonce(), changed);
      assertEquals(List.of("quote-pcr-digest"), quote.failures());
    }
  }

  private static Quote attest(Quote good, int at) {
    return new Quote(
        flip(good.attest(), at), good.signature(), good.key(), good.nonce(), good.pcrs());
  }

  @Test
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void quoteOfFreshSoftwareTpmHolds() throws Exception {
    var pcrs = new TreeMap<Integer, Digest>();
    pcrs.put(0, Digest.zero(BANK));
    pcrs.put(7, Digest.zero(BANK));
    pcrs.put(
        16,
        Digest.parse("sha256:0d7193117dc5ee737a2d9f202368eafb42ea700334ebdaf02b1d0b55a6c65a35"));
    var quote =
        new Quote(
            bytes("swtpm/q.msg"),
            bytes("swtpm/q.sig"),
            pem("swtpm/ak.pub"),
            Nonce.fromHex("0123456789abcdef"),
            pcrs);
    assertEquals(List.of(), quote.failures());
    quote.expectEveryChangeFound();
  }

  /** Its signer's certificate is not published, so only what the quote says can be checked. */
  @Test
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void quoteInGyroidosDocumentationSaysWhatIsPrintedBesideIt() throws Exception {
    Path folder = Path.of(System.getenv(CORPUS), "gyroidos");
    var printed =
        Json.tree(Bytes.copyOf(Files.readAllBytes(folder.resolve("quote.json"))), "quote.json");
    var pcrs = new TreeMap<Integer, Digest>();
    printed
        .get("pcrs")
        .properties()
        .forEach(e ->
            pcrs.put(
                Integer.valueOf(e.getKey()),
                new Digest(BANK, Bytes.fromHex(e.getValue().asText()))));
    var demand =
        new QuoteVerifier.Demand(
            Nonce.fromHex(printed.get("nonce").asText()),
            TpmsPcrSelection.of(BANK, pcrs.keySet()),
            QuoteRule.ANY,
            Policy.ClockRule.ANY,
            Optional.empty(),
            QuoteVerifier.ExpectedTpm.ANY);
    var quote =
        new Evidence.Quote(
            Bytes.copyOf(Files.readAllBytes(folder.resolve("quote.msg"))),
            Bytes.copyOf(Files.readAllBytes(folder.resolve("quote.sig"))));
    assertEquals(
        List.of("quote-scheme", "quote-signature"),
        new QuoteVerifier(demand)
            .verify(quote, Optional.empty(), pcrs).failures().stream().map(Check::id).toList());
  }
}
