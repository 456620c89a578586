// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

class PredictionTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final TestBoot USUAL = TestBoot.usual();

  private static Prediction predict(TestBoot boot) throws FormatException {
    return Prediction.of(boot.describe(), Set.of(BANK)).getFirst();
  }

  /** The PCRs whose prediction differs from the usual boot's. */
  private static List<Integer> moved(TestBoot boot) throws FormatException {
    var usual = predict(USUAL);
    return predict(boot).pcrs().stream()
        .filter(p -> !p.values().equals(usual.pcr(p.pcr()).values()))
        .map(PredictedPcr::pcr)
        .toList();
  }

  private static void assertRefused(String problem, TestBoot boot) {
    var refused = assertThrows(FormatException.class, () -> predict(boot)).toString();
    assertTrue(refused.contains(problem), refused);
  }

  private static Digest replay(Bytes... measured) {
    var value = Digest.zero(BANK);
    for (Bytes object : measured) {
      value = value.extend(BANK.digest(object));
    }
    return value;
  }

  @Test
  void pcr9IsTheCommandLineAsTheKernelSeesItThenTheInitrd() throws FormatException {
    var options = Bytes.copyOf("quiet\0".getBytes(StandardCharsets.UTF_16LE));
    assertEquals(replay(options, Bytes.utf8("initrd")), predict(USUAL).pcr(9).value(BANK));
  }

  @Test
  void pcr11IsTheSectionsInTheStubsOrderNotTheFiles() throws FormatException {
    assertEquals(
        replay(
            Bytes.utf8(".linux\0"), Bytes.utf8("kernel"),
            Bytes.utf8(".osrel\0"), Bytes.utf8("ID=test\n"),
            Bytes.utf8(".cmdline\0"), Bytes.utf8("quiet"),
            Bytes.utf8(".initrd\0"), Bytes.utf8("initrd")),
        predict(USUAL).pcr(11).value(BANK));
  }

  @Test
  void eachChangeMovesThePcrsThatMeasureIt() throws FormatException {
    var hash =
        SignatureList.sha256(
            dev.trustme.uefi.EfiGuid.SHIM_LOCK, BANK.digest(Bytes.utf8("bad image")));
    assertEquals(List.of(4, 9, 11), moved(USUAL.withCmdline("quiee")));
    assertEquals(List.of(4, 9, 11), moved(USUAL.withInitrd(Bytes.utf8("initre"))));
    assertEquals(List.of(7), moved(USUAL.withDbx(hash.encode())));
    assertEquals(
        List.of(7), moved(USUAL.withDb(Bytes.concat(TestBoot.AUTHORITY.encode(), hash.encode()))));
    assertEquals(List.of(4), moved(USUAL.withStub("252.40")));
    assertEquals(List.of(), moved(USUAL));
  }

  @Test
  void theSignatureItselfIsNotMeasured() throws FormatException {
    var image = USUAL.image().build();
    var other = TestPe.withTable(image, TestPe.entry(Bytes.fromHex("3003020102")));
    var changed = Prediction.of(USUAL.describe(other), Set.of(BANK)).getFirst();
    assertEquals(predict(USUAL).pcrs(), changed.pcrs());
  }

  @Test
  void anImageThatIsNotSignedWillNotStart() throws FormatException {
    var image = PeImage.parse(USUAL.image().build());
    var path =
        new BootPath(
            "unsigned", List.of(), List.of(new BootStep.UnifiedImage(image, Optional.empty())));
    var unsigned =
        new BootDescription(
            new FirmwareVariables(USUAL.variables(), ShimVariables.NONE),
            List.of(BootPhase.KERNEL),
            List.of(path));
    var refused =
        assertThrows(FormatException.class, () -> Prediction.of(unsigned, Set.of(BANK))).toString();
    assertTrue(refused.contains("not signed"), refused);
    assertEquals(3, Prediction.ofImage(image, BANK).size());
  }

  @Test
  void refusesStubsWhoseOrderIsNotKnown() {
    assertRefused("systemd-stub 258.1: what it measures is not known", USUAL.withStub("258.1"));
    assertRefused("supported majors: [252, 254, 257]", USUAL.withStub("253"));
    assertRefused("names no version", USUAL.withStub(""));
    assertRefused("names no version", USUAL.withStub("252 ####\n"));
  }

  @Test
  void refusesSectionsWhoseEffectIsNotKnown() throws FormatException {
    for (String name : List.of(".dtb", ".dtbauto", ".hwids", ".efifw", ".ucode", ".profile")) {
      var image = PeImage.parse(USUAL.image().section(name, "x").build());
      assertThrows(FormatException.class, () -> Prediction.ofImage(image, BANK), name);
    }
    var splash = PeImage.parse(USUAL.image().section(".splash", "x").build());
    assertEquals(10, Prediction.ofImage(splash, BANK).getLast().events().size());
  }

  @Test
  void refusesImagesWithoutWhatAUkiNeeds() throws FormatException {
    var noLinux = PeImage.parse(TestPe.uki("252").section(".cmdline", "x").build());
    assertThrows(FormatException.class, () -> Prediction.ofImage(noLinux, BANK));
    var noStub = PeImage.parse(TestPe.small());
    var refused =
        assertThrows(FormatException.class, () -> Prediction.ofImage(noStub, BANK)).toString();
    assertTrue(refused.contains("not an image on systemd's stub"), refused);
  }

  @Test
  void refusesCommandLinesThatTheStubMayChange() {
    for (String text : List.of("quiet\n", "quiet\0", "quiet\tro", "größe", "\u007f")) {
      assertRefused("printable ASCII", USUAL.withCmdline(text));
    }
  }

  @Test
  void refusesAnAuthorityThatDbDoesNotHoldAndBrokenDatabases() {
    assertRefused("does not hold", USUAL.withDb(Bytes.empty()));
    var broken = TestBoot.AUTHORITY.encode();
    assertRefused("EFI_SIGNATURE_LIST", USUAL.withDb(broken.slice(0, broken.size() - 1)));
    assertRefused("EFI_SIGNATURE_LIST", USUAL.withDbx(Bytes.zeros(28)));
  }

  @Test
  void predictsOtherBanks() throws FormatException {
    var banks = Set.of(HashAlgorithm.SHA512, HashAlgorithm.SHA1, BANK);
    var prediction = Prediction.of(USUAL.describe(), banks).getFirst();
    for (PredictedPcr pcr : prediction.pcrs()) {
      assertEquals(predict(USUAL).pcr(pcr.pcr()).value(BANK), pcr.value(BANK));
      assertEquals(
          List.of(HashAlgorithm.SHA1, BANK, HashAlgorithm.SHA512),
          pcr.values().stream().map(Digest::algorithm).toList());
      assertThrows(NoSuchElementException.class, () -> pcr.value(HashAlgorithm.SHA384));
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void aRealBootsKeysGiveItsPcr7() throws IOException, FormatException {
    var folder = Path.of(System.getenv("TRUSTME_CORPUS")).resolve("real-boot");
    var log = Replay.replay(EventLog.parse(read(folder.resolve("crb/eventlog-at-quote.bin"))));
    var db = read(folder.resolve("pki/db.esl"));
    var variables =
        new SecureBootVariables(
            read(folder.resolve("pki/PK.esl")),
            read(folder.resolve("pki/KEK.esl")),
            db,
            Bytes.empty());
    var authority = SignatureList.parseDatabase(db).getFirst().signatures().getFirst();
    var uki = PeImage.parse(TestPe.signed(USUAL.image().build()));
    var boot = BootDescription.directUki(uki, variables, authority);
    var prediction = Prediction.of(boot, Set.of(BANK)).getFirst();
    assertEquals(log.pcr(BANK, 7), prediction.pcr(7).value(BANK));
    assertEquals(digests(log, 7), predicted(prediction.pcr(7)));
    assertEquals(digests(log, 4).subList(0, 2), predicted(prediction.pcr(4)).subList(0, 2));
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void aRealBootsCommandLineGivesItsEvents() throws IOException, FormatException {
    var folder = Path.of(System.getenv("TRUSTME_CORPUS")).resolve("real-boot/crb");
    var log = Replay.replay(EventLog.parse(read(folder.resolve("eventlog-at-quote.bin"))));
    var cmdline = read(folder.resolve("cmdline")).utf8().stripTrailing();
    var prediction = predict(USUAL.withCmdline(cmdline));
    assertEquals(digests(log, 9).getFirst(), predicted(prediction.pcr(9)).getFirst());
    assertEquals(digests(log, 11).subList(4, 6), predicted(prediction.pcr(11)).subList(4, 6));
  }

  private static List<Digest> digests(ReplayedLog log, int pcr) {
    return log.measuredEvents(pcr).stream()
        .map((TcgPcrEvent2 e) -> e.digest(BANK).orElseThrow())
        .toList();
  }

  private static List<Digest> predicted(PredictedPcr pcr) {
    return pcr.events().stream().map(e -> e.digest(BANK)).toList();
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
