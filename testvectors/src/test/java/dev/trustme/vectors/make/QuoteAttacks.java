// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Quotes that are replayed, forged, or of something else. */
final class QuoteAttacks {
  private static final List<Integer> QUOTED = SoftEvidence.QUOTED;
  private static final HashAlgorithm SHA1 = HashAlgorithm.SHA1;
  private static final HashAlgorithm SHA256 = HashAlgorithm.SHA256;

  /** Magic, type, name, nonce, clock and version come first. */
  private static final int SIZE_OF_SELECT = 4 + 2 + 36 + 34 + 17 + 8 + 4 + 2;

  private final AttackVectors all;

  QuoteAttacks(AttackVectors all) {
    this.all = all;
  }

  void make() throws IOException, FormatException {
    statements();
    nonces();
    challenges();
    selections();
    signatures();
    lengths();
    values();
    clocks();
    firmware();
    signers();
  }

  private void statements() throws IOException, FormatException {
    all.attack(
        "q01-magic",
        "a key that is not restricted signed a structure that begins with ff544348",
        e -> e.quoteEdit = a -> edited(a, 0xff544348L, a.type(), a.attested()),
        "quote-magic");
    var types = new TreeMap<Integer, String>();
    types.put(0x8014, "q02a-nv");
    types.put(0x8016, "q02b-session-audit");
    types.put(0x8017, "q02c-certify");
    types.put(0x8019, "q02d-time");
    types.put(0x801a, "q02e-creation");
    for (Map.Entry<Integer, String> type : types.entrySet()) {
      all.attack(
          type.getValue(),
          "the signed structure says type %04x".formatted(type.getKey()),
          e -> e.quoteEdit = a -> edited(a, a.magic(), type.getKey(), a.attested()),
          "quote-type");
    }
  }

  private static TpmsAttest edited(
      TpmsAttest old, long magic, int type, TpmsAttest.TpmuAttest attested) {
    return new TpmsAttest(
        magic,
        type,
        old.qualifiedSigner(),
        old.extraData(),
        old.clockInfo(),
        old.firmwareVersion(),
        attested);
  }

  private void nonces() throws IOException, FormatException {
    Bytes nonce = SoftEvidence.NONCE.value();
    nonce("q03a-nonce-wrong", "another nonce was quoted", SHA256.digest(nonce).value());
    nonce("q03b-nonce-empty", "no nonce was quoted", Bytes.empty());
    nonce("q03c-nonce-short", "the nonce without its last byte", nonce.slice(0, 31));
    nonce("q03d-nonce-padded", "the nonce and a zero", Bytes.concat(nonce, Bytes.zeros(1)));
    nonce("q03e-nonce-as-hex", "the nonce's hex digits", Bytes.utf8(nonce.hex()));
    nonce("q03f-nonce-as-base64", "the nonce in base64", Bytes.utf8(nonce.base64()));
  }

  private void nonce(String id, String comment, Bytes quoted) throws IOException, FormatException {
    all.attack(id, comment, e -> e.quotedNonce = Optional.of(quoted), "quote-nonce");
  }

  private void challenges() {
    var maker = all.maker;
    maker.context(
        all.good,
        "q15f-answered-before",
        "the nonce is used",
        "nonce-used",
        "true",
        "nonce-unused");
    maker.context(
        all.good,
        "q03g-nonce-of-nobody",
        "another nonce was given out",
        "nonce",
        "11".repeat(32),
        "nonce-known");
    maker.context(
        all.good,
        "q20c-challenge-of-other",
        "the nonce was given to another device",
        "nonce-device",
        SoftKeys.OTHER.uuid(),
        "nonce-device");
    maker.context(
        all.good,
        "q15g-answered-late",
        "the answer comes after five minutes",
        "at",
        SoftEvidence.AT.plusSeconds(271).toString(),
        "nonce-fresh");
  }

  private void selections() throws IOException, FormatException {
    var right = TpmsPcrSelection.of(SHA256, QUOTED);
    var sha1 = new TpmsPcrSelection(SHA1, QUOTED);
    selection("q04-selection-empty", "no PCR is quoted", List.of());
    selection(
        "q05-selection-less",
        "PCR 14 is not quoted",
        List.of(TpmsPcrSelection.of(SHA256, QUOTED.subList(0, 13))));
    var relabelled = new ArrayList<>(QUOTED);
    relabelled.removeAll(List.of(0, 1));
    relabelled.addAll(List.of(16, 23));
    selection(
        "q06-relabelled",
        "PCR 16 and 23, which anybody resets, stand for 0 and 1",
        List.of(TpmsPcrSelection.of(SHA256, relabelled)));
    selection("q07a-extra-bank", "a second bank is quoted", List.of(right, sha1));
    selection("q07b-bank-twice", "the bank is quoted twice", List.of(right, right));
    selection("q08a-sha1-bank", "the SHA-1 bank is quoted", List.of(sha1));
    selection("q07c-bank-order", "the SHA-1 bank comes first", List.of(sha1, right));
    for (int size : new int[] {0, 4, 255}) {
      all.attack(
          "q07d-size-of-select-" + size,
          "sizeofSelect is " + size,
          e -> e.signedEdit = b -> with(b, SIZE_OF_SELECT, size),
          "TPMS_PCR_SELECTION: sizeofSelect " + size);
    }
    Bytes onlySha1 = Boots.uki(LogBuilder.agile(SHA1)).build();
    all.attack(
        "q08b-log-of-sha1",
        "the log shown has SHA-1 digests only",
        e -> e.shownLog = Optional.of(onlySha1),
        "log-bank");
  }

  private void selection(String id, String comment, List<TpmsPcrSelection> selections)
      throws IOException, FormatException {
    all.attack(id, comment, e -> e.selection = selections, "quote-selection");
  }

  private void signatures() throws IOException, FormatException {
    signature(
        "q09-sha1-signature",
        "the signature says SHA-1",
        s -> with(s, 2, 0, SHA1.tpmAlgId()),
        "quote-scheme");
    var rsa = new TpmtSignature.Rsa(TpmAlgId.TPM_ALG_RSASSA, SHA256, Bytes.zeros(256));
    signature("q10-rsa-signature", "RSA for an EC key", s -> rsa.encode(), "quote-scheme");
    all.otherPolicy(
        "q09b-hash-too-weak",
        "the policy asks for SHA-384 and the key has SHA-256",
        "hash: sha256}",
        "hash: sha384}",
        "quote-hash");
    all.otherPolicy(
        "q10b-scheme-not-taken",
        "the policy takes RSA only",
        "[ecdsa]",
        "[rsapss]",
        "quote-scheme");
    Bytes order = Bytes.fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    for (Bytes number : List.of(Bytes.zeros(32), order, Bytes.empty())) {
      var forged = new TpmtSignature.Ecdsa(SHA256, number, number).encode();
      signature(
          "q12-numbers-" + (number.isEmpty() ? "empty" : number.hex().substring(0, 4)),
          "r and s are %s".formatted(number.isEmpty() ? "empty" : number.hex()),
          s -> forged,
          "quote-signature");
    }
    signature(
        "q12b-signature-bit",
        "one bit of s changed",
        s -> with(s, s.size() - 1, s.at(s.size() - 1) ^ 1),
        "quote-signature");
    all.attack(
        "q20a-other-key",
        "the key of another TPM signed",
        e -> e.quoter = SeededKey.p256("stranger"),
        "quote-signature");
  }

  private void signature(String id, String comment, UnaryOperator<Bytes> edit, String check)
      throws IOException, FormatException {
    all.attack(id, comment, e -> e.signatureEdit = edit, check);
  }

  private void lengths() throws IOException, FormatException {
    all.attack(
        "q13a-trailing-bytes",
        "two bytes after TPMS_ATTEST, signed with it",
        e -> e.signedEdit = b -> Bytes.concat(b, Bytes.zeros(2)),
        "TPMS_ATTEST: 2 bytes after");
    all.attack(
        "q13b-truncated",
        "TPMS_ATTEST without its last byte",
        e -> e.signedEdit = b -> b.slice(0, b.size() - 1),
        "TPMS_QUOTE_INFO pcrDigest: ");
    signature(
        "q13c-signature-trailing",
        "a byte after TPMT_SIGNATURE",
        s -> Bytes.concat(s, Bytes.zeros(1)),
        "TPMT_SIGNATURE: 1 bytes after");
    signature(
        "q13d-signature-truncated",
        "TPMT_SIGNATURE without its last byte",
        s -> s.slice(0, s.size() - 1),
        "TPMS_SIGNATURE_ECC signatureS: ");
  }

  private void values() throws IOException, FormatException {
    all.attack(
        "q14-pcr-digest-hash",
        "pcrDigest is SHA-384 where the key's scheme has SHA-256",
        e -> e.pcrHash = HashAlgorithm.SHA384,
        "quote-pcr-digest");
    claims(
        "q19a-value-missing", "PCR 14 is not among the values", c -> c.remove(14), "quote-pcr-v");
    claims(
        "q19b-value-more",
        "PCR 16 is among the values",
        c -> c.put(16, Digest.zero(SHA256)),
        "quote-pcr-v");
    claims(
        "q19c-values-swapped",
        "the values of PCR 4 and 5 are swapped",
        c -> c.put(5, c.put(4, c.get(5))),
        "quote-pcr-digest");
    all.maker.reject(
        all.good,
        "q19d-values-split-otherwise",
        "31 bytes for PCR 4 and 33 for PCR 5",
        "evidence",
        split(all.device.evidence()),
        "evidence: ");
  }

  private interface Change {
    void in(SortedMap<Integer, Digest> claims);
  }

  private void claims(String id, String comment, Change change, String check)
      throws IOException, FormatException {
    all.attack(
        id,
        comment,
        e ->
            e.claimEdit =
                values -> {
                  var copy = new TreeMap<>(values);
                  change.in(copy);
                  return copy;
                },
        check);
  }

  private static Bytes split(Bytes evidence) {
    String text = evidence.utf8();
    int four = text.indexOf("\"4\" : \"") + 7;
    int five = text.indexOf("\"5\" : \"") + 7;
    String last = text.substring(four + 62, four + 64);
    return Bytes.utf8(
        text.substring(0, four + 62)
            + text.substring(four + 64, five)
            + last
            + text.substring(five));
  }

  private void clocks() throws IOException, FormatException {
    var ek = all.device.keys.ekName();
    state("q15a-clock-back", "the clock was at 6000 before", SoftEvidence.state(6000, 3, 0, ek));
    state("q15b-clock-stands", "the clock was at 5000 before", SoftEvidence.state(5000, 3, 0, ek));
    state("q15c-reset-back", "the fourth reset was seen", SoftEvidence.state(4000, 4, 0, ek));
    state("q15d-restart-back", "a restart was seen", SoftEvidence.state(4000, 3, 1, ek));
    state(
        "q15e-clock-back-over-reset",
        "the clock says that it is safe, and was later before the reset",
        SoftEvidence.state(6000, 2, 0, ek));
    all.attack(
        "q15h-clock-unsafe",
        "the TPM lost power: its clock may repeat",
        e -> e.clock = new TpmsClockInfo(5000, 3, 0, false),
        "quote-safe");
  }

  private void state(String id, String comment, Bytes state) throws IOException {
    all.maker.reject(all.good, id, comment, "state", state, "quote-clock");
  }

  private void firmware() throws IOException, FormatException {
    all.attack(
        "q17a-firmware-old",
        "the TPM's firmware is one older than the floor",
        e -> e.firmwareVersion = 0x0007_0001_ffff_ffffL,
        "quote-firmware");
    all.otherPolicy(
        "q17b-maker-without-floor",
        "the policy has no floor for this maker",
        "id:54455354",
        "id:494e5443",
        "quote-firmware");
  }

  private void signers() throws IOException, FormatException {
    signer("q18a-signer-unqualified", "the key's name", e -> e.ak.area().name());
    signer(
        "q18b-signer-under-owner",
        "the key under the storage hierarchy",
        e -> e.ak.area().name().qualifiedUnder(TpmName.OWNER));
    signer(
        "q18c-signer-other",
        "another key under the endorsement key",
        e -> SoftKeys.ak("other").area().name().qualifiedUnder(e.ekQualifiedName().encode()));
  }

  private interface Named {
    TpmName by(SoftEvidence evidence);
  }

  private void signer(String id, String comment, Named name) throws IOException, FormatException {
    all.attack(
        id,
        "qualifiedSigner is " + comment,
        e -> {
          Bytes other = name.by(e).encode();
          e.quoteEdit =
              a ->
                  new TpmsAttest(
                      a.magic(),
                      a.type(),
                      other,
                      a.extraData(),
                      a.clockInfo(),
                      a.firmwareVersion(),
                      a.attested());
        },
        "quote-signer");
  }
}
