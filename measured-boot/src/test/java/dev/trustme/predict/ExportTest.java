// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs read, and systemd-measure as the judge of PCR 11. */
class ExportTest {
  private static final String SYSTEMD_MEASURE = "/lib/systemd/systemd-measure";
  private static final Set<HashAlgorithm> BANKS =
      EnumSet.of(
          HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512);
  private static final List<String> PHASES =
      List.of(
          "enter-initrd",
          "enter-initrd:leave-initrd",
          "enter-initrd:leave-initrd:sysinit",
          "enter-initrd:leave-initrd:sysinit:ready");

  @TempDir private Path folder = Path.of("");

  private static BootPath path(String name, String cmdline, Optional<String> splash)
      throws FormatException {
    var pe =
        TestPe.uki("252.39")
            .section(".cmdline", cmdline)
            .section(".initrd", "initrd of three sections")
            .section(".pcrpkey", "a public key");
    if (splash.isPresent()) {
      pe.section(".splash", splash.get());
    }
    var image = PeImage.parse(TestPe.signed(pe.section(".linux", "kernel").build()));
    return new BootPath(
        name, List.of(), List.of(new BootStep.UnifiedImage(image, Optional.empty())));
  }

  private static List<Prediction> predictions(BootPath... paths) throws FormatException {
    List<BootPhase> phases = new ArrayList<>(List.of(BootPhase.KERNEL));
    PHASES.forEach(phase -> phases.add(new BootPhase(phase)));
    var variables = new FirmwareVariables(TestBoot.usual().variables(), ShimVariables.NONE);
    return Prediction.of(new BootDescription(variables, phases, List.of(paths)), BANKS);
  }

  private record Ended(int code, String output) {}

  private Ended measure(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(SYSTEMD_MEASURE));
    words.addAll(List.of(command));
    for (String section : List.of("linux", "osrel", "cmdline", "initrd", "splash", "pcrpkey")) {
      words.add("--%s=%s".formatted(section, section));
    }
    BANKS.forEach(bank -> words.add("--bank=" + bank.label()));
    var process =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private void sections() throws IOException {
    for (var file :
        List.of(
            List.of("linux", "kernel"),
            List.of("osrel", "ID=test\n"),
            List.of("cmdline", "quiet"),
            List.of("initrd", "initrd of three sections"),
            List.of("splash", "picture"),
            List.of("pcrpkey", "a public key"))) {
      Files.writeString(folder.resolve(file.get(0)), file.get(1));
    }
  }

  @Test
  void systemdMeasureCalculatesTheSamePcr11() throws Exception {
    sections();
    var ended = measure("calculate", "--json=short");
    assertEquals(0, ended.code, ended.output);
    var judged = Json.tree(Bytes.utf8(ended.output), "systemd-measure");
    var predictions = predictions(path("slot-a", "quiet", Optional.of("picture")));
    int compared = 0;
    for (Prediction prediction : predictions) {
      for (Digest value : prediction.pcr(11).values()) {
        for (var entry : judged.get(value.algorithm().label())) {
          if (entry.get("phase").asText().equals(prediction.phase())) {
            assertEquals(entry.get("hash").asText(), value.hex(), prediction.phase());
            compared++;
          }
        }
      }
    }
    assertEquals(PHASES.size() * BANKS.size(), compared);
  }

  @Test
  void systemdMeasureSignsTheSamePolicies() throws Exception {
    sections();
    var key = new ProcessBuilder("openssl", "genrsa", "-out", "key.pem", "2048");
    assertEquals(0, key.directory(folder.toFile()).redirectErrorStream(true).start().waitFor());
    var open =
        new ProcessBuilder("openssl", "rsa", "-in", "key.pem", "-pubout", "-out", "public.pem");
    assertEquals(0, open.directory(folder.toFile()).redirectErrorStream(true).start().waitFor());
    List<String> policies;
    try (var tpm = SoftwareTpm.start(folder.resolve("tpm"))) {
      var ended =
          measure(
              "sign",
              "--private-key=key.pem",
              "--public-key=public.pem",
              "--tpm2-device=" + tpm.tcti());
      assertEquals(0, ended.code, ended.output);
      policies = policies(ended.output);
    }
    var input = PcrSignatureInput.of(predictions(path("slot-a", "quiet", Optional.of("picture"))));
    var ours =
        input.policies().stream()
            .filter(p -> !p.phase().equals("kernel"))
            .map(p -> p.bank() + " " + p.pcrs() + " " + p.pol())
            .sorted()
            .toList();
    assertEquals(policies, ours);
  }

  private static List<String> policies(String json) throws FormatException {
    var tree = Json.tree(Bytes.utf8(json), "systemd-measure");
    List<String> policies = new ArrayList<>();
    for (HashAlgorithm bank : BANKS) {
      for (var entry : tree.get(bank.label())) {
        policies.add(
            "%s [%s] %s"
                .formatted(
                    bank.label(), entry.get("pcrs").get(0).asText(), entry.get("pol").asText()));
      }
    }
    policies.sort(String::compareTo);
    return policies;
  }

  @Test
  void pcrlockHasAFilePerComponentAndVariant() throws FormatException {
    var one = path("slot-a", "quiet", Optional.empty());
    var other = path("slot-b", "loud", Optional.empty());
    var files = Pcrlock.files(predictions(one, other));
    assertEquals(
        List.of(
            "200-secure-boot.pcrlock",
            "300-firmware.pcrlock",
            "600-uki.pcrlock.d/slot-a.pcrlock",
            "600-uki.pcrlock.d/slot-b.pcrlock",
            "700-enter-initrd.pcrlock",
            "710-leave-initrd.pcrlock",
            "720-sysinit.pcrlock",
            "730-ready.pcrlock"),
        List.copyOf(files.keySet()));
    var phase = Json.write(requireNonNull(files.get("700-enter-initrd.pcrlock"))).utf8();
    var digest = HashAlgorithm.SHA256.digest(Bytes.utf8("enter-initrd")).hex();
    assertTrue(
        phase.startsWith("{\"records\":[{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha1\""), phase);
    assertTrue(phase.contains("{\"hashAlg\":\"sha256\",\"digest\":\"" + digest + "\"}"), phase);
    var alone = Pcrlock.files(predictions(one));
    assertTrue(alone.containsKey("600-uki.pcrlock"), alone.keySet().toString());
  }

  @Test
  void theRecordsOfAllComponentsAddUpToThePrediction() throws FormatException {
    var prediction = predictions(path("slot-a", "quiet", Optional.empty())).getLast();
    for (PredictedPcr pcr : prediction.pcrs()) {
      var value = Digest.zero(HashAlgorithm.SHA256);
      for (var document : Pcrlock.files(List.of(prediction)).values()) {
        for (var entry : document.records()) {
          if (entry.pcr() == pcr.pcr()) {
            var hash =
                entry.digests().stream().filter(h -> h.hashAlg().equals("sha256")).findFirst();
            value =
                value.extend(
                    new Digest(HashAlgorithm.SHA256, Bytes.fromHex(hash.orElseThrow().digest())));
          }
        }
      }
      assertEquals(pcr.value(HashAlgorithm.SHA256), value, "PCR " + pcr.pcr());
    }
  }
}
