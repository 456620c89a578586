// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same quotes, good and with one thing changed, before tpm2_checkquote and before us. Where the
 * two differ, the kind of change has to be in the table below, with the reason; anything else
 * fails. {@code -Dtrustme.agree=1000} takes so many quotes, and a change of each.
 */
class QuoteAgreementTest {
  private static final int QUOTES = Integer.getInteger("trustme.agree", 70);

  /** We take what tpm2_checkquote (5.4) refuses: openssl and TPMs verify these as we do. */
  private static final Map<String, String> WIDER =
      Map.of(
          "good RSAPSS with sha256",
          "it verifies every RSA signature under a key in PEM as RSASSA");

  /** We refuse what tpm2_checkquote takes. */
  private static final Map<String, String> STRICTER =
      Map.of(
          "good RSASSA with sha1", "a signature over SHA-1 proves nothing any more",
          "bit of the PCR file",
              "unused bytes of the file have to be zero, as tpm2_quote writes them",
          "byte after the PCR file", "a file has no bytes that nobody reads",
          "byte after the signature", "a signature has no bytes that nobody reads");

  /** How a key signs. */
  private record Scheme(TpmAlgId algorithm, HashAlgorithm hash, KeyPair keys, KeyPair others) {
    @Override
    public String toString() {
      return algorithm.name().replace("TPM_ALG_", "") + " with " + hash.label();
    }
  }

  /** The files of one quote. */
  private record Case(
      String kind, Bytes message, Bytes signature, Bytes pcrs, Bytes key, String nonce, String g) {}

  @TempDir private Path folder;
  private final Random random = new Random(20261122);

  private static Scheme rsa(TpmAlgId algorithm, HashAlgorithm hash) throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return new Scheme(algorithm, hash, generator.generateKeyPair(), generator.generateKeyPair());
  }

  private static Scheme ecdsa(String curve, HashAlgorithm hash) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return new Scheme(
        TpmAlgId.TPM_ALG_ECDSA, hash, generator.generateKeyPair(), generator.generateKeyPair());
  }

  private static List<Scheme> schemes() throws Exception {
    return List.of(
        rsa(TpmAlgId.TPM_ALG_RSASSA, HashAlgorithm.SHA256),
        ecdsa("secp256r1", HashAlgorithm.SHA256),
        ecdsa("secp384r1", HashAlgorithm.SHA384),
        rsa(TpmAlgId.TPM_ALG_RSAPSS, HashAlgorithm.SHA256),
        rsa(TpmAlgId.TPM_ALG_RSASSA, HashAlgorithm.SHA1));
  }

  private Bytes randomBytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  private Case good(Scheme scheme) throws Exception {
    var bank = random.nextBoolean() ? HashAlgorithm.SHA256 : HashAlgorithm.SHA384;
    Set<Integer> pcrs = new TreeSet<>(Set.of(random.nextInt(24)));
    for (int i = random.nextInt(12); i > 0; i--) {
      pcrs.add(random.nextInt(24));
    }
    var selection = new TpmlPcrSelection(List.of(TpmsPcrSelection.of(bank, pcrs)));
    List<Digest> values =
        pcrs.stream().map(pcr -> new Digest(bank, randomBytes(bank.size()))).toList();
    Bytes nonce = randomBytes(1 + random.nextInt(32));
    Bytes digest =
        scheme.hash().digest(values.stream().map(Digest::value).toArray(Bytes[]::new)).value();
    Bytes message =
        new TpmsAttest(
                TpmsAttest.TPM_GENERATED_VALUE,
                TpmsAttest.TPM_ST_ATTEST_QUOTE,
                Bytes.concat(Bytes.fromHex("000b"), randomBytes(32)),
                nonce,
                new TpmsClockInfo(random.nextInt(1 << 30), 3, 1, random.nextBoolean()),
                random.nextLong(),
                new TpmsAttest.TpmsQuoteInfo(selection, digest))
            .encode();
    return new Case(
        "good " + scheme,
        message,
        sign(scheme, message),
        new QuotedPcrs(selection, values).encode(),
        pem(scheme.keys()),
        nonce.hex(),
        scheme.hash().label());
  }

  private static Bytes pem(KeyPair keys) {
    return Bytes.utf8(
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  private static Bytes sign(Scheme scheme, Bytes message) throws Exception {
    String hash = scheme.hash().name();
    boolean pss = scheme.algorithm() == TpmAlgId.TPM_ALG_RSAPSS;
    boolean ecdsa = scheme.algorithm() == TpmAlgId.TPM_ALG_ECDSA;
    var signer =
        Signature.getInstance(pss ? "RSASSA-PSS" : hash + (ecdsa ? "withECDSA" : "withRSA"));
    if (pss) {
      signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signer.initSign(scheme.keys().getPrivate());
    signer.update(message.toArray());
    byte[] signature = signer.sign();
    if (!ecdsa) {
      return new TpmtSignature.Rsa(scheme.algorithm(), scheme.hash(), Bytes.copyOf(signature))
          .encode();
    }
    var rs = ASN1Sequence.getInstance(signature);
    int size = scheme.hash().size();
    return new TpmtSignature.Ecdsa(
            scheme.hash(), number(rs.getObjectAt(0), size), number(rs.getObjectAt(1), size))
        .encode();
  }

  private static Bytes number(Object asn1, int size) {
    BigInteger value = ((ASN1Integer) asn1).getPositiveValue();
    Bytes raw = Bytes.concat(Bytes.zeros(size), Bytes.copyOf(value.toByteArray()));
    return raw.slice(raw.size() - size, raw.size());
  }

  private Bytes flipped(Bytes bytes, int from, int to) {
    byte[] changed = bytes.toArray();
    changed[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
    return Bytes.copyOf(changed);
  }

  /** One thing changed. */
  private Case changed(Case c, Scheme scheme, int which) {
    Bytes zero = Bytes.zeros(1);
    return switch (which) {
      case 0 -> of(c, "bit of the message", flipped(c.message(), 0, c.message().size()));
      case 1 -> signed(c, "bit of the signature", flipped(c.signature(), 6, c.signature().size()));
      case 2 -> signed(c, "bit of the signature's head", flipped(c.signature(), 0, 6));
      case 3 -> values(c, "bit of the PCR file", flipped(c.pcrs(), 0, c.pcrs().size()));
      case 4 -> of(c, "byte after the message", Bytes.concat(c.message(), zero));
      case 5 -> signed(c, "byte after the signature", Bytes.concat(c.signature(), zero));
      case 6 -> values(c, "byte after the PCR file", Bytes.concat(c.pcrs(), zero));
      case 7 -> of(c, "message cut", c.message().slice(0, c.message().size() - 1));
      case 8 -> signed(c, "signature cut", c.signature().slice(0, c.signature().size() - 1));
      case 9 -> values(c, "PCR file cut", c.pcrs().slice(0, c.pcrs().size() - 1));
      case 10 ->
          asked(c, "another nonce", flipped(Bytes.fromHex(c.nonce()), 0, c.nonce().length() / 2));
      case 11 -> asked(c, "a longer nonce", Bytes.concat(Bytes.fromHex(c.nonce()), zero));
      case 12 ->
          new Case(
              "another key",
              c.message(),
              c.signature(),
              c.pcrs(),
              pem(scheme.others()),
              c.nonce(),
              c.g());
      default -> values(c, "a PCR's value", flipped(c.pcrs(), 132 + 4 + 4 + 2, 132 + 4 + 4 + 34));
    };
  }

  private static Case of(Case c, String kind, Bytes message) {
    return new Case(kind, message, c.signature(), c.pcrs(), c.key(), c.nonce(), c.g());
  }

  private static Case signed(Case c, String kind, Bytes signature) {
    return new Case(kind, c.message(), signature, c.pcrs(), c.key(), c.nonce(), c.g());
  }

  private static Case values(Case c, String kind, Bytes pcrs) {
    return new Case(kind, c.message(), c.signature(), pcrs, c.key(), c.nonce(), c.g());
  }

  private static Case asked(Case c, String kind, Bytes nonce) {
    return new Case(kind, c.message(), c.signature(), c.pcrs(), c.key(), nonce.hex(), c.g());
  }

  private static boolean ours(Case c) {
    try {
      return QuoteJudge.judge(
              new Evidence.Quote(c.message(), c.signature()),
              QuoteKey.parse(c.key()),
              Nonce.fromHex(c.nonce()),
              QuotedPcrs.parse(c.pcrs()))
          .accepted();
    } catch (FormatException e) {
      return false;
    }
  }

  private boolean theirs(int number, Case c) {
    try {
      Path here = Files.createDirectory(folder.resolve(String.valueOf(number)));
      Files.write(here.resolve("msg"), c.message().toArray());
      Files.write(here.resolve("sig"), c.signature().toArray());
      Files.write(here.resolve("pcrs"), c.pcrs().toArray());
      Files.write(here.resolve("pem"), c.key().toArray());
      var process =
          new ProcessBuilder(
                  "tpm2_checkquote",
                  "-u",
                  "pem",
                  "-m",
                  "msg",
                  "-s",
                  "sig",
                  "-f",
                  "pcrs",
                  "-g",
                  c.g(),
                  "-q",
                  c.nonce())
              .directory(here.toFile())
              .redirectErrorStream(true)
              .redirectOutput(here.resolve("out").toFile())
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Tag("process")
  void agreesWithTpm2CheckquoteButWhereItIsStricter() throws Exception {
    var schemes = schemes();
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < QUOTES; i++) {
      var scheme = schemes.get(i % schemes.size());
      Case good = good(scheme);
      cases.add(good);
      cases.add(changed(good, scheme, i / schemes.size() % 14));
    }
    boolean[] theirs = new boolean[cases.size()];
    IntStream.range(0, cases.size()).parallel().forEach(i -> theirs[i] = theirs(i, cases.get(i)));
    Map<String, Integer> stricter = new TreeMap<>();
    Map<String, Integer> wider = new TreeMap<>();
    List<String> unexplained = new ArrayList<>();
    int accepted = 0;
    for (int i = 0; i < cases.size(); i++) {
      var each = cases.get(i);
      boolean ours = ours(each);
      accepted += ours ? 1 : 0;
      if (ours != theirs[i] && !ours && STRICTER.containsKey(each.kind())) {
        stricter.merge(each.kind(), 1, Integer::sum);
      } else if (ours && !theirs[i] && WIDER.containsKey(each.kind())) {
        wider.merge(each.kind(), 1, Integer::sum);
      } else if (ours != theirs[i]) {
        unexplained.add("%d %s: we say %s".formatted(i, each.kind(), ours));
      }
      if (each.kind().startsWith("good ") && !each.kind().endsWith("sha1")) {
        assertTrue(ours, each.kind());
      }
    }
    System.out.println("stricter than tpm2_checkquote: " + stricter + ", wider: " + wider);
    assertEquals(List.of(), unexplained);
    assertEquals(QUOTES * 4 / 5, accepted, "the good quotes, but those of SHA-1, and no other");
    assertEquals(Map.of("good RSASSA with sha1", QUOTES / 5), only(stricter, "good "));
    assertEquals(Map.of("good RSAPSS with sha256", QUOTES / 5), wider);
  }

  private static Map<String, Integer> only(Map<String, Integer> counts, String start) {
    var some = new TreeMap<>(counts);
    some.keySet().removeIf(kind -> !kind.startsWith(start));
    return some;
  }
}
