// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Policy;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.ima.ImaReplay;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmEccCurve;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.tpm.TpmtSymDefObject;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * A fleet that was never built: {@code Fleet make LOG FOLDER CURVE ENTRIES} writes policy, release
 * and roots, for devices with the TCG log of that evidence and IMA logs of so many entries, or none
 * where it is 0; {@code Fleet evidence FOLDER COUNT} writes evidence of so many devices to standard
 * output, one in each line, {@code Fleet quotes FOLDER COUNT} the quotes alone into a folder. Keys
 * follow from a seed.
 */
final class Fleet {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final List<Integer> QUOTED = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14);
  private static final String SCHEME = "SHA256withECDSA";
  static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final String POLICY =
      """
      schema: trustme/policy/1
      trust:
        releases: {roots: [release-root.pem], threshold: 1}
        devices: {roots: [device-root.pem]}
      require:
        release: {name: bench-gateway, min-sequence: 41}
        boot: {path: direct-uki, phase: kernel}
        secure-boot: required
        pcrs: {bank: sha256, quoted: %s}
        freshness: {max-age: 5m, clock: safe}
      """;

  private static final String FILES =
      """
        ima: {files: released, ahead: 0}
      """;

  private final Path folder;
  private final int entries;
  private final FleetPki pki;
  private final FleetFiles files;
  private final Bytes tcg;
  private final ReplayedLog replayed;

  /** The fleet that this folder describes. */
  private Fleet(Path folder) throws Exception {
    this.folder = folder;
    entries = Integer.parseInt(Files.readString(folder.resolve("entries")));
    pki = new FleetPki(Files.readString(folder.resolve("curve")));
    files = new FleetFiles(entries);
    tcg = Bytes.copyOf(Files.readAllBytes(folder.resolve("tcg.bin")));
    replayed = Replay.replay(EventLog.parse(tcg));
  }

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "make" -> {
        Path folder = Path.of(args[2]);
        Bytes evidence = Bytes.copyOf(Files.readAllBytes(Path.of(args[1])));
        write(folder, "tcg.bin", Evidence.parse(evidence).logs().tcg());
        write(folder, "curve", Bytes.utf8(args[3]));
        write(folder, "entries", Bytes.utf8(args[4]));
        new Fleet(folder).make();
      }
      case "evidence" -> new Fleet(Path.of(args[1])).evidence(Integer.parseInt(args[2]));
      case "quotes" -> new Fleet(Path.of(args[1])).quotes(Integer.parseInt(args[2]));
      default -> throw new IllegalArgumentException("make, evidence or quotes");
    }
  }

  private List<Integer> quoted() {
    return entries == 0
        ? QUOTED
        : Stream.concat(QUOTED.stream(), Stream.of(ImaReplay.DEFAULT_PCR)).sorted().toList();
  }

  // --- what the devices are judged by ---

  private void make() throws Exception {
    String policy = POLICY.formatted(quoted()) + (entries == 0 ? "" : FILES);
    write(folder, "policy.yaml", Bytes.utf8(policy));
    write(folder, "release-root.pem", pem(pki.releases));
    write(folder, "device-root.pem", pem(pki.root));
    Bytes payload =
        ReleaseManifest.of(
                "bench-gateway",
                41,
                new ReleaseManifest.Validity(AT.minusSeconds(86400), AT.plusSeconds(86400)),
                new ReleaseManifest.Contents(
                    List.of(),
                    List.of(),
                    predictions(),
                    entries == 0 ? Optional.empty() : Optional.of(files.shipped())),
                Map.of())
            .encode();
    var keys = FleetPki.keys("release", "secp256r1");
    var signer = pki.issue(pki.releases, "release", keys, Role.RELEASE, "urn:a:b");
    Bytes signed = DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.RELEASE, payload);
    var signature =
        new DsseEnvelope.Signature(
            Optional.empty(),
            Bytes.copyOf(FleetPki.sign(keys, SCHEME, signed)),
            List.of(Certificates.der(signer.certificate())));
    var envelope = new DsseEnvelope(DsseEnvelope.RELEASE, payload, List.of(signature));
    write(folder, "release.json", envelope.encode());
  }

  private List<Measurement> predictions() {
    List<Measurement> predictions = new ArrayList<>();
    for (int pcr : Policy.PREDICTED_PCRS) {
      var events =
          replayed.measuredEvents(pcr).stream()
              .map(e ->
                  new Measurement.Event(
                      e.untrustedType().name(), "event", e.digest(BANK).orElseThrow()))
              .toList();
      predictions.add(Measurement.of("direct-uki", "kernel", pcr, BANK, events));
    }
    return predictions;
  }

  private static void write(Path folder, String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  private static Bytes pem(FleetPki.Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  // --- what the devices show ---

  private void evidence(int count) throws Exception {
    var maker = new Maker();
    try (OutputStream out = new BufferedOutputStream(System.out, 1 << 20)) {
      for (int i = 0; i < count; i++) {
        out.write(maker.device(i).encode().toArray());
        out.write('\n');
      }
    }
  }

  /** The quotes alone, as tpm2-tools write them. */
  private void quotes(int count) throws Exception {
    var maker = new Maker();
    Path quotes = Files.createDirectory(folder.resolve("quotes"));
    for (int i = 0; i < count; i++) {
      var evidence = maker.device(i);
      var values = evidence.claimed(BANK);
      var selection = new TpmlPcrSelection(List.of(TpmsPcrSelection.of(BANK, values.keySet())));
      write(quotes, i + ".msg", evidence.quote().attest());
      write(quotes, i + ".sig", evidence.quote().signature());
      write(quotes, i + ".pcrs", new QuotedPcrs(selection, List.copyOf(values.values())).encode());
      write(quotes, i + ".nonce", Bytes.utf8(evidence.nonce().hex()));
      write(quotes, i + ".pem", TpmPublicKey.pem(Maker.area(Maker.keys(i))));
    }
  }

  /** Makes what each device shows. */
  private final class Maker {
    private final Map<Integer, Digest> firmware = new TreeMap<>();

    Maker() {
      for (int pcr : QUOTED) {
        firmware.put(pcr, replayed.pcr(BANK, pcr));
      }
    }

    static KeyPair keys(int number) throws Exception {
      return FleetPki.keys("ak " + number, "secp256r1");
    }

    Evidence device(int number) throws Exception {
      var device = new DeviceId(new UUID(0x40008000L, 0x8000000000000000L | number).toString());
      var keys = keys(number);
      var ak = pki.issue(pki.devices, "ak " + number, keys, Role.ATTESTATION_KEY, device.urn());
      Optional<Bytes> ima =
          entries == 0 ? Optional.empty() : Optional.of(files.log(firmware, number));
      Map<Integer, Digest> values = new TreeMap<>(firmware);
      if (ima.isPresent()) {
        values.put(ImaReplay.DEFAULT_PCR, FleetFiles.replayed(ima.get()));
      }
      Map<String, String> claims = new TreeMap<>();
      values.forEach((pcr, value) -> claims.put(String.valueOf(pcr), value.hex()));
      var nonce = new Nonce(BANK.digest(Bytes.utf8("nonce " + number)).value());
      Bytes attest =
          new TpmsAttest(
                  TpmsAttest.TPM_GENERATED_VALUE,
                  TpmsAttest.TPM_ST_ATTEST_QUOTE,
                  Bytes.fromHex("000b" + "11".repeat(32)),
                  nonce.value(),
                  new TpmsClockInfo(5000 + number, 3, 0, true),
                  1,
                  quote(values.values()))
              .encode();
      var rs = ASN1Sequence.getInstance(FleetPki.sign(keys, SCHEME, attest));
      var signature =
          new TpmtSignature.Ecdsa(BANK, number(rs.getObjectAt(0)), number(rs.getObjectAt(1)));
      return new Evidence(
          Evidence.SCHEMA,
          device,
          nonce,
          AT,
          new Evidence.Quote(attest, signature.encode()),
          Map.of(BANK.label(), claims),
          new Evidence.AttestationKey(
              List.of(
                  Certificates.der(ak.certificate()), Certificates.der(pki.devices.certificate())),
              area(keys).encodeTpm2b()),
          Optional.empty(),
          new Evidence.Logs(tcg, ima, Optional.empty()));
    }

    private TpmsAttest.TpmsQuoteInfo quote(Collection<Digest> values) {
      return new TpmsAttest.TpmsQuoteInfo(
          new TpmlPcrSelection(List.of(TpmsPcrSelection.of(BANK, quoted()))),
          BANK.digest(values.stream().map(Digest::value).toArray(Bytes[]::new)).value());
    }

    private static TpmtPublic area(KeyPair keys) {
      var point = ((ECPublicKey) keys.getPublic()).getW();
      return new TpmtPublic(
          BANK,
          new TpmaObject(0x00050072),
          Bytes.empty(),
          new TpmtPublic.Ecc(
              TpmtSymDefObject.NULL,
              TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, BANK),
              TpmEccCurve.TPM_ECC_NIST_P256,
              TpmtScheme.NULL,
              fixed(point.getAffineX()),
              fixed(point.getAffineY())));
    }

    private static Bytes number(Object asn1) {
      return fixed(((ASN1Integer) asn1).getPositiveValue());
    }

    private static Bytes fixed(BigInteger value) {
      Bytes raw = Bytes.concat(Bytes.zeros(32), Bytes.copyOf(value.toByteArray()));
      return raw.slice(raw.size() - 32, raw.size());
    }
  }
}
