// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.attest.DeviceState;
import dev.trustme.attest.GyroidosCheck;
import dev.trustme.attest.GyroidosDevice;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Answers of GyroidOS devices, and what is wrong with others. */
public final class GyroidosVectors {
  private static final String OURS =
      "made by this project, field by field, with keys that everybody can compute; Apache-2.0";
  private static final List<String> LIMITS =
      Arrays.stream(GyroidosCheck.values())
          .map(GyroidosCheck::id)
          .filter(id -> id.startsWith("limit-"))
          .toList();

  private final AttackMaker maker;
  private final Vector good;

  private GyroidosVectors(Path root) throws IOException {
    maker = new AttackMaker(root, "gyroidos", OURS);
    maker
        .file("policy.yaml", Bytes.utf8(policy(LIMITS)))
        .file("fleet.pem", AttackVectors.pem(new SoftGyroidos().root))
        .file("response.pb", new SoftGyroidos().response());
    var files = new TreeMap<String, String>();
    files.put("policy", "policy.yaml");
    files.put("roots", "fleet.pem");
    files.put("response", "response.pb");
    var context = Map.of("at", SoftEvidence.AT.toString(), "nonce", SoftGyroidos.NONCE.hex());
    good =
        maker.accept(
            "good", "an answer that is right, its limits all tolerated by name", files, context);
  }

  /** Writes the family anew. */
  public static void make(Path root) throws IOException, FormatException {
    var vectors = new GyroidosVectors(root);
    vectors.policies();
    vectors.quotes();
    vectors.clocks();
    vectors.logs();
    vectors.messages();
    vectors.maker.write(OURS);
  }

  private static String policy(List<String> tolerated) {
    var pcrs =
        IntStream.range(0, SoftGyroidos.IMA)
            .mapToObj(pcr -> "    \"%d\": %s\n".formatted(pcr, SoftGyroidos.firmware(pcr)))
            .collect(Collectors.joining());
    var images =
        new SoftGyroidos()
            .started.stream().map(d -> '"' + d.toString() + '"').collect(Collectors.joining(", "));
    return """
    schema: trustme/gyroidos-policy/1
    trust:
      devices: {roots: [fleet.pem]}
    require:
      pcrs:
    %s  ima: 10
      containers: {pcr: 11, images: [%s]}
    """
            .formatted(pcrs, images)
        + (tolerated.isEmpty() ? "" : "tolerate: [%s]\n".formatted(String.join(", ", tolerated)));
  }

  private void policies() throws IOException {
    for (String limit : LIMITS) {
      if (!limit.equals("limit-nonce")) {
        var others = LIMITS.stream().filter(l -> !l.equals(limit)).toList();
        policy(limit + "-not-taken", "the policy does not take " + limit, policy(others), limit);
      }
    }
    var others = LIMITS.stream().filter(l -> !l.equals("limit-nonce")).toList();
    policy("limit-nonce-not-taken", "a nonce of eight bytes", policy(others), "limit-nonce");
    policy(
        "tolerates-nothing-else",
        "a check that is never tolerated",
        policy(List.of("quote-signature")),
        "gyroidos policy");
    policy(
        "unknown-key",
        "a key that is not known",
        policy(LIMITS) + "ignore: []\n",
        "gyroidos policy");
    policy(
        "pcr-twice",
        "a PCR with a value and a log",
        policy(LIMITS).replace("ima: 10", "ima: 9"),
        "gyroidos policy");
    policy(
        "no-image",
        "an image that the policy does not name",
        policy(LIMITS).replace(SoftGyroidos.IMAGE.toString(), "sha256:" + "11".repeat(32)),
        "container-known");
    policy(
        "other-value",
        "a PCR has another value than the policy names",
        policy(LIMITS).replace(SoftGyroidos.firmware(4).toString(), "sha256:" + "22".repeat(32)),
        "pcr-expected");
  }

  private void policy(String id, String comment, String content, String check) throws IOException {
    maker.reject(good, id, comment, "policy", Bytes.utf8(content), check);
  }

  private void answer(String id, String comment, Consumer<SoftGyroidos> change, String check)
      throws IOException {
    maker.reject(good, id, comment, "response", SoftGyroidos.with(change).response(), check);
  }

  private void quotes() throws IOException {
    maker.reject(
        good,
        "other-root",
        "a root of nobody",
        "roots",
        AttackVectors.pem(SeededPki.root(Plan.authority("Vector Nobody", 63))),
        "device-certificate");
    answer(
        "magic",
        "what was signed does not begin as a TPM's words",
        d -> d.quoteEdit = a -> edited(a, 0xff544349L, a.type()),
        "quote-magic");
    answer(
        "certification",
        "what was signed is no quote",
        d -> d.quoteEdit = a -> edited(a, a.magic(), 0x8017),
        "quote-type");
    answer(
        "weak-key",
        "a key of 1024 bits",
        d -> {
          d.key = SeededRsa.of("gyroidos short", 1024, 65537);
          d.certificate = d.certificate.of(d.key.info());
        },
        "device-certificate");
    answer(
        "exponent-3",
        "a key with the exponent 3",
        d -> {
          d.key = SeededRsa.of("gyroidos three", 2048, 3);
          d.certificate = d.certificate.of(d.key.info());
        },
        "quote-scheme");
    answer(
        "other-key",
        "another key signed",
        d -> d.key = SeededRsa.of("gyroidos other", 2048, 65537),
        "quote-signature");
    answer(
        "other-nonce",
        "another nonce was quoted",
        d -> d.nonce = HashAlgorithm.SHA256.digest(d.nonce).value().slice(0, 8),
        "quote-nonce");
    answer(
        "longer-nonce",
        "the nonce and a zero",
        d -> d.nonce = Bytes.concat(d.nonce, Bytes.zeros(1)),
        "quote-nonce");
    answer("fewer-pcrs", "PCR 11 is not quoted", d -> d.quotedPcrs = 11, "quote-selection");
    answer(
        "value-missing",
        "a value is not claimed",
        d ->
            d.claimEdit =
                values -> {
                  values.remove(3);
                  return values;
                },
        "quote-pcr-values");
    answer(
        "values-swapped",
        "two values are swapped",
        d ->
            d.claimEdit =
                values -> {
                  values.put(3, values.put(5, values.get(3)));
                  return values;
                },
        "quote-pcr-digest");
    maker.reject(
        good,
        "signature-cut",
        "the signature without its last byte",
        "response",
        SoftGyroidos.with(d -> d.signatureEdit = s -> s.slice(0, s.size() - 1)).response(),
        "TPM");
  }

  /** What was last accepted of the device, which quotes reset 2, restart 0, 7000 ms. */
  private void clocks() throws IOException {
    var later =
        maker.accept(
            good, "good-later", "the state of an earlier answer", "state", state(2, 0, 6999));
    var limits = LIMITS.stream().filter(l -> !l.equals("limit-replay")).toList();
    maker.accept(
        later,
        "good-replay-shown",
        "a policy that takes no replay, with a state",
        "policy",
        Bytes.utf8(policy(limits)));
    clock(later, "clock-replayed", "the answer that was last accepted", state(2, 0, 7000));
    clock(later, "clock-earlier", "the state of a later answer", state(2, 0, 7001));
    clock(later, "clock-earlier-reset", "the state of a later boot", state(3, 0, 6999));
    clock(later, "clock-earlier-restart", "the state after a suspend", state(2, 1, 6999));
  }

  private void clock(Vector later, String id, String comment, Bytes state) throws IOException {
    maker.reject(later, id, comment, "state", state, "quote-clock");
  }

  private static Bytes state(long resets, long restarts, long clock) {
    return Json.writePretty(
        new DeviceState(
            DeviceState.SCHEMA,
            GyroidosDevice.id(List.of(new SoftGyroidos().leaf())),
            resets,
            restarts,
            clock,
            0,
            SoftEvidence.AT.minusSeconds(60),
            Optional.empty()));
  }

  private static TpmsAttest edited(TpmsAttest old, long magic, int type) {
    return new TpmsAttest(
        magic,
        type,
        old.qualifiedSigner(),
        old.extraData(),
        old.clockInfo(),
        old.firmwareVersion(),
        old.attested());
  }

  private void logs() throws IOException, FormatException {
    answer(
        "file-hidden",
        "a file is not in the IMA log",
        d -> d.imaShown = d.imaMeasured.subList(0, 1),
        "ima-log");
    answer(
        "file-edited",
        "a file's hash was edited in the IMA log",
        d -> d.imaShown = List.of(d.imaMeasured.get(0), SoftGyroidos.ima("/lib/modules/other.ko")),
        "ima-log");
    answer(
        "container-hidden",
        "a container is not in the list",
        d -> d.shown = d.started.subList(0, 1),
        "container-log");
    answer(
        "containers-swapped",
        "two containers are swapped",
        d -> d.shown = d.started.reversed(),
        "container-log");
    var pss =
        maker.accept(
            good,
            "good-pss",
            "an answer signed with RSASSA-PSS",
            "response",
            SoftGyroidos.with(d -> d.scheme = TpmAlgId.TPM_ALG_RSAPSS).response());
    maker.accept(
        pss,
        "good-framed",
        "an answer with its length before it",
        "response",
        framed(new SoftGyroidos().response(), 0));
  }

  private static Bytes framed(Bytes message, int more) {
    return Bytes.concat(BinaryWriter.bigEndian().u32(message.size() + more).toBytes(), message);
  }

  private void messages() throws IOException {
    answer(
        "frame-too-long",
        "a length that is one too many",
        d -> d.messageEdit = m -> framed(m, 1),
        "Tpm2dToRemote");
    answer(
        "frame-too-short",
        "a length that is one too few",
        d -> d.messageEdit = m -> framed(m, -1),
        "Tpm2dToRemote");
    more("unknown-field", "a field that is not known", ProtoBytes.number(13, 1));
    more("field-twice", "the code is there twice", ProtoBytes.number(1, 1));
    more("wire-type", "a number where bytes belong", ProtoBytes.number(4, 1));
    more("long-number", "a number with a byte too many", Bytes.fromHex("88808000"));
    more("endless-number", "a number without an end", Bytes.fromHex("ff".repeat(11)));
    more("beyond", "bytes beyond the end", Bytes.fromHex("5affffffff0f"));
    more(
        "pcr-24",
        "PCR 24",
        ProtoBytes.bytes(
            6, Bytes.concat(ProtoBytes.number(1, 24), ProtoBytes.bytes(2, Bytes.zeros(32)))));
    more(
        "pcr-of-31-bytes",
        "a value of 31 bytes",
        ProtoBytes.bytes(
            6, Bytes.concat(ProtoBytes.number(1, 12), ProtoBytes.bytes(2, Bytes.zeros(31)))));
    answer(
        "request",
        "a request",
        d -> d.messageEdit = m -> Bytes.concat(ProtoBytes.number(1, 2), m.slice(2, m.size())),
        "Tpm2dToRemote");
    answer(
        "sha1",
        "the SHA-1 bank",
        d ->
            d.messageEdit =
                m -> Bytes.concat(m.slice(0, 5), Bytes.fromHex("14"), m.slice(6, m.size())),
        "Tpm2dToRemote");
  }

  private void more(String id, String comment, Bytes field) throws IOException {
    answer(id, comment, d -> d.messageEdit = m -> Bytes.concat(m, field), "");
  }
}
