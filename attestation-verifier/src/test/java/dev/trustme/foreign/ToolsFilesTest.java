// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.TpmSignatures;
import dev.trustme.attest.UserspaceLog;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.TpmKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tpm2-tools write on a software TPM becomes evidence of the same quote and values. */
class ToolsFilesTest {
  private static final String DEVICE = "7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44";
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final Path LOG = Path.of("../testvectors/vectors/eventlog/uki.bin");
  private static final List<String> PHASES = List.of("enter-initrd", "leave-initrd", "ready");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "rsa,rsassa,sha256,tss,tss,serialized",
    "rsa,rsapss,sha256,plain,tss,values",
    "ecc,ecdsa,sha256,tss,pem,values",
    "rsa,rsassa,sha256,tss,pem,serialized",
    "ecc,ecdsa,sha384,plain,tss,serialized"
  })
  void makesEvidence(
      String algorithm, String scheme, String hash, String signature, String key, String values)
      throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      tpm.attestationKey(algorithm, hash, scheme, "key.pub");
      measure(tpm);
      quote(tpm, scheme, hash, signature, values);
      if (key.equals("pem")) {
        tpm.flush();
        tpm.run("tpm2_readpublic", "-c", "ak.ctx", "-f", "pem", "-o", "ak.pem");
      } else {
        Files.copy(folder.resolve("key.pub"), folder.resolve("ak.pub"));
      }
      Files.copy(LOG, folder.resolve("eventlog.bin"));
      assertEquals(0, convert());
      var evidence = Evidence.parse(read("evidence.json"));
      assertEquals("00112233", evidence.nonce().hex());
      assertEquals(read("key.pub"), evidence.ak().publicArea(), "also what PEM does not say");
      holds(evidence);
      userspace(evidence);
    }
  }

  /** As systemd-pcrextend does: the words' digest into PCR 11, and a record of it. */
  private void measure(SoftwareTpm tpm) throws Exception {
    var log = new StringBuilder();
    for (String word : PHASES) {
      String digest = BANK.digest(Bytes.utf8(word)).hex();
      tpm.run("tpm2_pcrextend", "11:sha256=" + digest);
      log.append('\u001e')
          .append(
              "{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"" + digest + "\"}],")
          .append("\"content_type\":\"systemd\",\"content\":{\"string\":\"" + word + "\",")
          .append("\"bootId\":\"6f1f3a52e0b14c5f9d4c2a7b8e913d60\",\"timestamp\":1,")
          .append("\"eventType\":\"phase\"}}\n");
    }
    Files.writeString(folder.resolve("userspace.log"), log);
  }

  private static void quote(SoftwareTpm tpm, String scheme, String hash, String form, String values)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("tpm2_quote", "-c", "ak.ctx", "-l", "sha256:0,4,11", "-q", "00112233"));
    command.addAll(List.of("-m", "quote.msg", "-o", "quote.pcrs", "-F", values));
    command.addAll(List.of("-s", form.equals("tss") ? "quote.sig" : "quote.plain", "-f", form));
    command.addAll(List.of("--scheme", scheme, "-g", hash));
    tpm.run(command.toArray(String[]::new));
  }

  private int convert(String... more) {
    List<String> args =
        new ArrayList<>(List.of("import", folder.toString(), "--device", DEVICE, "--force", "-o"));
    args.add(folder.resolve("evidence.json").toString());
    args.addAll(Arrays.asList(more));
    return Launcher.run(new VerifyMain(), args.toArray(String[]::new));
  }

  private Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(folder.resolve(name)));
  }

  private static void holds(Evidence evidence) throws Exception {
    var area = TpmtPublic.parseTpm2b(evidence.ak().publicArea());
    var key = PublicKeyFactory.createKey(TpmKeys.subjectPublicKeyInfo(area));
    var signature = TpmtSignature.parse(evidence.quote().signature());
    assertTrue(TpmSignatures.verify(key, signature, evidence.quote().attest()));
  }

  /** The log leads from zero to what the TPM quoted. */
  private static void userspace(Evidence evidence) throws Exception {
    var claimed = evidence.claimed(BANK);
    assertEquals(List.of(0, 4, 11), List.copyOf(claimed.keySet()));
    assertEquals(Digest.zero(BANK), claimed.get(0));
    var log = UserspaceLog.parse(evidence.logs().userspace().orElseThrow());
    assertEquals(
        Optional.ofNullable(claimed.get(11)),
        UserspaceLog.extend(Digest.zero(BANK), log.entries(11)));
  }

  @Test
  void saysWhichFilesItNeeds() throws Exception {
    assertEquals(4, convert());
    Files.write(folder.resolve("quote.msg"), new byte[0]);
    assertEquals(2, convert(), "no signature");
    Files.write(folder.resolve("quote.sig"), new byte[0]);
    Files.write(folder.resolve("quote.pcrs"), new byte[0]);
    Files.write(folder.resolve("ak.pub"), new byte[0]);
    Files.copy(LOG, folder.resolve("eventlog.bin"));
    assertEquals(3, convert());
    Files.write(folder.resolve("ak.pem"), new byte[0]);
    assertEquals(2, convert(), "two keys");
    Files.delete(folder.resolve("ak.pem"));
    assertEquals(4, convert("--ima", folder.resolve("none").toString()));
  }

  @Test
  void needsASchemeFromSomewhere() {
    var files =
        new ToolsFiles(
            Bytes.empty(),
            new ToolsFiles.Signature.Plain(Bytes.zeros(256)),
            Bytes.empty(),
            new ToolsFiles.Key.Pem(Bytes.empty()),
            new Evidence.Logs(Bytes.empty(), Optional.empty(), Optional.empty()));
    assertThrows(
        FormatException.class,
        () ->
            files.evidence(
                new DeviceId(DEVICE),
                new ToolsFiles.Vouchers(Bytes.empty(), Bytes.empty(), Optional.empty()),
                Instant.EPOCH));
  }
}
