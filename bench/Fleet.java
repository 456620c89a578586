// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.Judge;
import dev.trustme.attest.KnownDevice;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
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
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A fleet that was never built: {@code Fleet.java make LOG FOLDER CURVE} writes policy, release and
 * roots; {@code Fleet.java evidence FOLDER COUNT LINES} writes evidence of so many devices to
 * standard output, one in each line, with so many IMA entries each, {@code Fleet.java quotes FOLDER
 * COUNT} the quotes alone into a folder; {@code Fleet.java judge FOLDER FILE RUNS
 * (plain|accelerated)} judges them on one core. Keys follow from a seed.
 */
public class Fleet {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final List<Integer> QUOTED = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14);
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

  /** A certificate and the key that it is of. */
  private record Identity(X509CertificateHolder certificate, KeyPair keys) {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "make" -> make(Path.of(args[1]), Path.of(args[2]), args[3]);
      case "evidence" ->
          evidence(Path.of(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "quotes" -> quotes(Path.of(args[1]), Integer.parseInt(args[2]));
      default -> judge(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]), args[4]);
    }
  }

  // --- what the devices are judged by ---

  private static void make(Path log, Path folder, String curve) throws Exception {
    var pki = new Pki(curve);
    write(folder, "policy.yaml", Bytes.utf8(POLICY.formatted(QUOTED)));
    write(folder, "release-root.pem", pem(pki.releases));
    write(folder, "device-root.pem", pem(pki.root));
    Bytes tcg = Evidence.parse(Bytes.copyOf(Files.readAllBytes(log))).logs().tcg();
    write(folder, "tcg.bin", tcg);
    write(folder, "curve", Bytes.utf8(curve));
    var replayed = Replay.replay(EventLog.parse(tcg));
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
    var manifest =
        ReleaseManifest.of(
            "bench-gateway",
            41,
            new ReleaseManifest.Validity(AT.minusSeconds(86400), AT.plusSeconds(86400)),
            new ReleaseManifest.Contents(List.of(), List.of(), predictions),
            Map.of());
    Bytes payload = manifest.encode();
    Bytes signed = DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.RELEASE, payload);
    var signer =
        pki.issue(pki.releases, "release", keys("release", "secp256r1"), Role.RELEASE, "urn:a:b");
    write(
        folder,
        "release.json",
        new DsseEnvelope(
                DsseEnvelope.RELEASE,
                payload,
                List.of(
                    new DsseEnvelope.Signature(
                        Optional.empty(),
                        Bytes.copyOf(sign(signer.keys(), "SHA256withECDSA", signed)),
                        List.of(Certificates.der(signer.certificate())))))
            .encode());
  }

  private static void write(Path folder, String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  private static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  /** A root for releases; a root and an authority for devices. */
  private static final class Pki {
    final Identity releases;
    final Identity root;
    final Identity devices;
    private final String signatures;

    Pki(String curve) throws Exception {
      signatures = curve.equals("secp384r1") ? "SHA384withECDSA" : "SHA256withECDSA";
      releases = authority(null, "Bench Releases", keys("releases", curve));
      root = authority(null, "Bench Devices", keys("root", curve));
      devices = authority(root, "Bench Device CA", keys("devices", curve));
    }

    private Identity authority(Identity issuer, String name, KeyPair keys) throws Exception {
      var by = issuer == null ? keys : issuer.keys();
      var subject = new X500Name("CN=" + name);
      var from = issuer == null ? subject : issuer.certificate().getSubject();
      var builder = builder(from, by, subject, keys);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return new Identity(build(builder, by), keys);
    }

    Identity issue(Identity issuer, String name, KeyPair keys, Role role, String uri)
        throws Exception {
      var builder =
          builder(
              issuer.certificate().getSubject(), issuer.keys(), new X500Name("CN=" + name), keys);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(KeyPurposeId.getInstance(role.usage())));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
      return new Identity(build(builder, issuer.keys()), keys);
    }

    private static X509v3CertificateBuilder builder(
        X500Name issuer, KeyPair by, X500Name subject, KeyPair keys) throws Exception {
      var identifiers = new BcX509ExtensionUtils();
      var builder =
          new X509v3CertificateBuilder(
              issuer,
              new BigInteger(96, random(subject.toString())).setBit(96),
              Date.from(AT.minusSeconds(86400)),
              Date.from(AT.plusSeconds(864000)),
              subject,
              info(keys));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(info(keys)));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(info(by)));
      return builder;
    }

    private X509CertificateHolder build(X509v3CertificateBuilder builder, KeyPair by)
        throws Exception {
      return builder.build(new JcaContentSignerBuilder(signatures).build(by.getPrivate()));
    }
  }

  private static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  private static SecureRandom random(String seed) throws Exception {
    var random = SecureRandom.getInstance("SHA1PRNG");
    random.setSeed(seed.getBytes(StandardCharsets.UTF_8));
    return random;
  }

  private static KeyPair keys(String seed, String curve) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random(seed));
    return generator.generateKeyPair();
  }

  private static byte[] sign(KeyPair keys, String algorithm, Bytes message) throws Exception {
    var signer = Signature.getInstance(algorithm);
    signer.initSign(keys.getPrivate());
    signer.update(message.toArray());
    return signer.sign();
  }

  // --- what the devices show ---

  private static void evidence(Path folder, int count, int lines) throws Exception {
    var maker = new Maker(folder, lines);
    try (OutputStream out = new BufferedOutputStream(System.out, 1 << 20)) {
      for (int i = 0; i < count; i++) {
        out.write(maker.device(i).encode().toArray());
        out.write('\n');
      }
    }
  }

  /** The quotes alone, as tpm2-tools write them. */
  private static void quotes(Path folder, int count) throws Exception {
    var maker = new Maker(folder, 0);
    Path quotes = Files.createDirectory(folder.resolve("quotes"));
    for (int i = 0; i < count; i++) {
      var evidence = maker.device(i);
      var values = evidence.claimed(BANK);
      var selection = new TpmlPcrSelection(List.of(TpmsPcrSelection.of(BANK, values.keySet())));
      write(quotes, i + ".msg", evidence.quote().attest());
      write(quotes, i + ".sig", evidence.quote().signature());
      write(quotes, i + ".pcrs", new QuotedPcrs(selection, List.copyOf(values.values())).encode());
      write(quotes, i + ".nonce", Bytes.utf8(evidence.nonce().hex()));
      write(quotes, i + ".pem", TpmPublicKey.pem(Maker.area(keys("ak " + i, "secp256r1"))));
    }
  }

  private static final class Maker {
    private final Pki pki;
    private final Bytes tcg;
    private final Optional<Bytes> ima;
    private final Map<String, String> claims = new TreeMap<>();
    private final TpmsAttest.TpmsQuoteInfo quoted;

    Maker(Path folder, int lines) throws Exception {
      pki = new Pki(Files.readString(folder.resolve("curve")));
      tcg = Bytes.copyOf(Files.readAllBytes(folder.resolve("tcg.bin")));
      ima = lines == 0 ? Optional.empty() : Optional.of(ima(lines));
      var replayed = Replay.replay(EventLog.parse(tcg));
      List<Bytes> values = new ArrayList<>();
      for (int pcr : QUOTED) {
        Digest value = replayed.pcr(BANK, pcr);
        claims.put(String.valueOf(pcr), value.hex());
        values.add(value.value());
      }
      quoted =
          new TpmsAttest.TpmsQuoteInfo(
              new TpmlPcrSelection(List.of(TpmsPcrSelection.of(BANK, QUOTED))),
              BANK.digest(values.toArray(Bytes[]::new)).value());
    }

    Evidence device(int number) throws Exception {
      var device = new DeviceId(new UUID(0x40008000L, 0x8000000000000000L | number).toString());
      var keys = keys("ak " + number, "secp256r1");
      var ak = pki.issue(pki.devices, "ak " + number, keys, Role.ATTESTATION_KEY, device.urn());
      var nonce = new Nonce(BANK.digest(Bytes.utf8("nonce " + number)).value());
      Bytes attest =
          new TpmsAttest(
                  TpmsAttest.TPM_GENERATED_VALUE,
                  TpmsAttest.TPM_ST_ATTEST_QUOTE,
                  Bytes.fromHex("000b" + "11".repeat(32)),
                  nonce.value(),
                  new TpmsClockInfo(5000 + number, 3, 0, true),
                  1,
                  quoted)
              .encode();
      var rs = ASN1Sequence.getInstance(sign(keys, "SHA256withECDSA", attest));
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

  /** A binary log of ima-ng entries with SHA-256 file hashes. */
  private static Bytes ima(int lines) throws Exception {
    var log = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < lines; i++) {
      String path = i == 0 ? "boot_aggregate" : "/usr/lib/x86_64-linux-gnu/library-" + i + ".so";
      byte[] name = (path + "\0").getBytes(StandardCharsets.US_ASCII);
      byte[] hash = BANK.digest(Bytes.utf8(path)).value().toArray();
      byte[] data =
          ByteBuffer.allocate(8 + 8 + hash.length + name.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(8 + hash.length)
              .put("sha256:\0".getBytes(StandardCharsets.US_ASCII))
              .put(hash)
              .putInt(name.length)
              .put(name)
              .array();
      log.write(
          ByteBuffer.allocate(38 + data.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(10)
              .put(HashAlgorithm.SHA1.digest(data).value().toArray())
              .putInt(6)
              .put("ima-ng".getBytes(StandardCharsets.US_ASCII))
              .putInt(data.length)
              .put(data)
              .array());
    }
    return Bytes.copyOf(log.toByteArray());
  }

  // --- one core ---

  private static void judge(Path folder, Path file, int runs, String provider) throws Exception {
    if (provider.equals("accelerated")) {
      Acceleration.expect(Integer.MAX_VALUE, 0);
      Acceleration.arrived().orElseThrow(() -> new IllegalStateException("no provider here"));
    }
    List<Bytes> evidence = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      evidence.add(Bytes.utf8(line));
    }
    var policy = Policy.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve("policy.yaml"))));
    var anchors = TrustAnchors.load(policy, folder, List.of());
    var release =
        DsseEnvelope.parse(Bytes.copyOf(Files.readAllBytes(folder.resolve("release.json"))));
    var judge = Judge.of(policy, anchors, List.of(release), List.of());
    double[] rates = new double[runs];
    for (int run = -8; run < runs; run++) {
      long begun = threadTime();
      for (Bytes each : evidence) {
        judgeOne(judge, each);
      }
      if (run >= 0) {
        rates[run] = evidence.size() / ((threadTime() - begun) / 1e9);
      }
    }
    Arrays.sort(rates);
    System.out.printf(
        "%-12s %7.0f judgements a second on one core  (%.0f to %.0f)%n",
        provider, rates[runs / 2], rates[0], rates[runs - 1]);
  }

  private static long threadTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void judgeOne(Judge judge, Bytes line) throws Exception {
    var evidence = Evidence.parse(line);
    var judgement = judge.judge(evidence, KnownDevice.recorded(evidence, AT), AT);
    if (!judgement.accepted()) {
      throw new IllegalStateException("not accepted: " + judgement);
    }
    var ima = evidence.logs().ima();
    if (ima.isPresent()) {
      try (var reader =
          ImaReader.of(new ByteArrayInputStream(ima.get().toArray()), ImaFormat.BINARY)) {
        ImaReplay.run(ImaStart.of(BANK), reader);
      }
    }
  }
}
