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
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Paths with loaders; what they measure was seen in boots, here each rule is held alone. */
class PathsTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final EfiGuid OWNER = EfiGuid.GLOBAL_VARIABLE;
  private static final Bytes DB = Bytes.utf8("certificate");
  private static final Bytes MOK = Bytes.utf8("owner's certificate");
  private static final SignatureList DB_LIST = TestBoot.AUTHORITY;
  private static final SignatureList MOK_LIST = SignatureList.x509(OWNER, MOK);
  private static final LoaderEntry ENTRY =
      new LoaderEntry("/vmlinuz", List.of("/a/one.img", "/two.img"), "quiet ro");

  private static final ShimVariables MOKS =
      new ShimVariables(MOK_LIST.encode(), Bytes.empty(), Bytes.empty(), false);

  private static PeImage loader(String version) throws FormatException {
    return PeImage.parse(
        TestPe.signed(
            new TestPe()
                .section(".sdmagic", "#### LoaderInfo: systemd-boot %s ####".formatted(version))
                .build()));
  }

  private static PeImage uki(String stub) throws FormatException {
    return PeImage.parse(
        TestPe.signed(
            TestPe.uki(stub)
                .section(".cmdline", "quiet")
                .section(".initrd", "initrd")
                .section(".uname", "6.12")
                .section(".sbat", "sbat,1")
                .section(".linux", "kernel")
                .build()));
  }

  private static PeImage kernel() throws FormatException {
    return PeImage.parse(TestPe.signed(TestPe.small()));
  }

  private static Prediction predict(ShimVariables shim, BootStep... steps) throws FormatException {
    var variables = new FirmwareVariables(TestBoot.usual().variables(), shim);
    var path = new BootPath("some-path", List.of(), List.of(steps));
    return Prediction.of(
            new BootDescription(variables, List.of(BootPhase.KERNEL), List.of(path)), Set.of(BANK))
        .getFirst();
  }

  private static void assertRefused(String problem, ShimVariables shim, BootStep... steps) {
    var refused = assertThrows(FormatException.class, () -> predict(shim, steps)).toString();
    assertTrue(refused.contains(problem), refused);
    assertTrue(refused.contains(": path some-path: "), refused);
  }

  private static List<Digest> digests(Prediction prediction, int pcr) {
    return prediction.pcr(pcr).events().stream().map(e -> e.digest(BANK)).toList();
  }

  private static List<String> names(Prediction prediction, int pcr) {
    return prediction.pcr(pcr).events().stream().map(PredictedEvent::name).toList();
  }

  private static Digest utf16(String text) {
    return BANK.digest(Bytes.copyOf((text + "\0").getBytes(StandardCharsets.UTF_16LE)));
  }

  private static BootStep.SystemdBoot boot(String version) throws FormatException {
    return new BootStep.SystemdBoot(loader(version), Optional.empty());
  }

  private static BootStep.UnifiedImage image(PeImage uki) {
    return new BootStep.UnifiedImage(uki, Optional.empty());
  }

  private static BootStep.UnifiedImage owners(PeImage uki) {
    return new BootStep.UnifiedImage(uki, Optional.of(MOK));
  }

  private static BootStep.Shim shim(TestShim shim) throws FormatException {
    return new BootStep.Shim(shim.image(), Optional.of(DB));
  }

  @Test
  void aBootLoaderGivesOldStubsTheirOwnCommandLineAgain() throws FormatException {
    for (String version : List.of("252.39-1~deb12u2", "254.26", "257.13")) {
      var prediction = predict(ShimVariables.NONE, boot(version), image(uki("252")));
      boolean gives = !version.startsWith("257");
      assertEquals(gives ? List.of(utf16("quiet")) : List.of(), digests(prediction, 12));
      assertEquals(4, prediction.pcr(4).events().size());
      // One certificate verifies both images: it is measured once.
      assertEquals(
          List.of("SecureBoot", "PK", "KEK", "db", "dbx", "separator", "db"), names(prediction, 7));
      assertEquals(List.of("systemd-boot " + version, "systemd-stub 252"), prediction.components());
    }
  }

  @Test
  void aKernelMeasuresWhatTheEntryGivesIt() throws FormatException {
    var one = Bytes.utf8("odd");
    var two = Bytes.utf8("second");
    for (String version : List.of("252", "254", "257")) {
      var kernel =
          new BootStep.Kernel(
              kernel(), Optional.empty(), new BootStep.Entry(ENTRY), List.of(one, two));
      var prediction = predict(ShimVariables.NONE, boot(version), kernel);
      var options = utf16("initrd=\\a\\one.img initrd=\\two.img quiet ro");
      var padding = Bytes.zeros(version.equals("257") ? 1 : 0);
      assertEquals(List.of(options), digests(prediction, 12));
      assertEquals(List.of(options, BANK.digest(one, padding, two)), digests(prediction, 9));
      assertEquals(List.of(), digests(prediction, 11));
    }
  }

  @Test
  void aBootOptionsInitrdIsNotMeasured() throws FormatException {
    var option = new BootStep.BootOption("quiet initrd=\\initrd.img");
    var kernel = new BootStep.Kernel(kernel(), Optional.empty(), option, List.of());
    assertEquals(
        List.of(utf16("quiet initrd=\\initrd.img")),
        digests(predict(ShimVariables.NONE, kernel), 9));
    assertTrue(new BootPath("a", List.of(), List.of(kernel)).loadsUnmeasuredInitrd());
    var named =
        new BootStep.Kernel(kernel(), Optional.empty(), option, List.of(Bytes.utf8("initrd")));
    assertRefused("does not measure", ShimVariables.NONE, named);
    assertRefused("only firmware starts a kernel", ShimVariables.NONE, boot("252"), kernel);
  }

  @Test
  void shimMeasuresItsListsThenTheAuthority() throws FormatException {
    var prediction = predict(MOKS, shim(TestShim.usual()), owners(uki("252")));
    var vendor = SignatureList.x509(EfiGuid.SHIM_LOCK, TestShim.VENDOR).encode();
    var nothing =
        SignatureList.sha256(EfiGuid.SHIM_LOCK, Digest.zero(HashAlgorithm.SHA256)).encode();
    assertEquals(
        List.of(
            BANK.digest(vendor, MOK_LIST.encode()),
            BANK.digest(nothing),
            BANK.digest(Bytes.fromHex("01"))),
        digests(prediction, 14));
    var authority =
        new UefiVariableData(
            EfiGuid.SHIM_LOCK, "MokListRT", MOK_LIST.signatures().getFirst().encode());
    var level = new UefiVariableData(EfiGuid.SHIM_LOCK, "SbatLevel", Bytes.utf8(TestShim.LEVEL));
    assertEquals(
        List.of(
            "SecureBoot", "PK", "KEK", "db", "dbx", "separator", "db", "SbatLevel", "MokListRT"),
        names(prediction, 7));
    assertEquals(
        List.of(BANK.digest(level.encode()), BANK.digest(authority.encode())),
        digests(prediction, 7).subList(7, 9));
    assertEquals("shim 16.1", prediction.components().getFirst());
  }

  @Test
  void shimLooksIntoDbFirstAndMeasuresItAgain() throws FormatException {
    var uki = new BootStep.UnifiedImage(uki("252"), Optional.of(DB));
    var prediction = predict(MOKS, shim(TestShim.usual()), uki);
    var last = digests(prediction, 7);
    assertEquals(9, last.size());
    assertEquals(last.get(6), last.get(8));
    var vendors = new BootStep.UnifiedImage(uki("252"), Optional.of(TestShim.VENDOR));
    assertEquals("MokListRT", names(predict(MOKS, shim(TestShim.usual()), vendors), 7).getLast());
  }

  @Test
  void whatShimStartsStartsOthersThroughIt() throws FormatException {
    var boot = new BootStep.SystemdBoot(loader("252"), Optional.of(MOK));
    var prediction = predict(MOKS, shim(TestShim.usual()), boot, owners(uki("252")));
    assertEquals(9, prediction.pcr(7).events().size());
    assertEquals(
        List.of("shim image", "systemd-boot image", "uki image"),
        names(prediction, 4).subList(2, 5));
  }

  @Test
  void aVariableMokListTrustedIsNotMeasured() throws FormatException {
    var exists = new ShimVariables(MOK_LIST.encode(), Bytes.empty(), Bytes.empty(), true);
    var prediction = predict(exists, shim(TestShim.usual()), owners(uki("252")));
    assertEquals(List.of("MokList", "MokListX"), names(prediction, 14));
  }

  @Test
  void aLaterSbatLevelStays() throws FormatException {
    for (String stored :
        List.of("sbat,1,2024010100\nshim,2\n", "sbat,1,2026010100\nshim,5\n", TestShim.LEVEL)) {
      var text = Bytes.utf8(stored);
      var level = new ShimVariables(MOK_LIST.encode(), Bytes.empty(), text, false);
      var prediction = predict(level, shim(TestShim.usual()), owners(uki("252")));
      var measured = Bytes.utf8(stored.contains("2024") ? TestShim.LEVEL : stored);
      var expected = new UefiVariableData(EfiGuid.SHIM_LOCK, "SbatLevel", measured).encode();
      assertEquals(BANK.digest(expected), digests(prediction, 7).get(7));
    }
    var broken =
        new ShimVariables(MOK_LIST.encode(), Bytes.empty(), Bytes.utf8("sbat,one\n"), false);
    assertTrue(
        assertThrows(
                FormatException.class,
                () -> predict(broken, shim(TestShim.usual()), owners(uki("252"))))
            .toString()
            .contains("SbatLevel"));
  }

  @Test
  void refusesShimsThatAreNotKnown() throws FormatException {
    assertRefused(
        "shim 15.8: what it measures is not known",
        MOKS,
        shim(TestShim.usual().withVersion("15.8")),
        owners(uki("252")));
    assertRefused(
        "a shim with a vendor db",
        MOKS,
        shim(TestShim.usual().withVendor(DB_LIST.encode(), Bytes.empty())),
        owners(uki("252")));
    assertRefused(
        "not shim", MOKS, new BootStep.Shim(kernel(), Optional.of(DB)), owners(uki("252")));
  }

  @Test
  void refusesWhatShimWouldRefuseAndWhatNobodySaid() throws FormatException {
    var shim = shim(TestShim.usual());
    assertRefused("2 certificates may verify", ShimVariables.NONE, shim, image(uki("252")));
    assertRefused("neither db nor MokList", ShimVariables.NONE, shim, owners(uki("252")));
    var digest = SignatureList.sha256(OWNER, uki("252").authenticodeDigest(BANK)).encode();
    var refused = new ShimVariables(MOK_LIST.encode(), digest, Bytes.empty(), false);
    assertRefused("shim will not start it", refused, shim, owners(uki("252")));
    var vendors = shim(TestShim.usual().withVendor(TestShim.VENDOR, digest));
    assertRefused("shim will not start it", MOKS, vendors, owners(uki("252")));
  }

  @Test
  void anImageBesideItsCertificateMayBeTrustedByDigest() throws FormatException {
    var bare =
        PeImage.parse(
            TestPe.uki("252")
                .section(".cmdline", "quiet")
                .section(".initrd", "i")
                .section(".linux", "k")
                .build());
    var digest = SignatureList.sha256(OWNER, bare.authenticodeDigest(BANK));
    var db = TestBoot.usual().withDb(Bytes.concat(DB_LIST.encode(), digest.encode()));
    var path = new BootPath("bare", List.of(), List.of(image(bare)));
    var variables = new FirmwareVariables(db.variables(), ShimVariables.NONE);
    var prediction =
        Prediction.of(
                new BootDescription(variables, List.of(BootPhase.KERNEL), List.of(path)),
                Set.of(BANK))
            .getFirst();
    var authority =
        new UefiVariableData(
            EfiGuid.IMAGE_SECURITY_DATABASE, "db", digest.signatures().getFirst().encode());
    assertEquals(BANK.digest(authority.encode()), digests(prediction, 7).getLast());
  }

  @Test
  void refusesAnImageInDbx() throws FormatException {
    var uki = uki("252");
    var dbx = SignatureList.sha256(OWNER, uki.authenticodeDigest(BANK)).encode();
    var variables =
        new FirmwareVariables(TestBoot.usual().withDbx(dbx).variables(), ShimVariables.NONE);
    var path = new BootPath("revoked", List.of(), List.of(image(uki)));
    var boot = new BootDescription(variables, List.of(BootPhase.KERNEL), List.of(path));
    var refused =
        assertThrows(FormatException.class, () -> Prediction.of(boot, Set.of(BANK))).toString();
    assertTrue(refused.contains("firmware will not start it"), refused);
  }

  private static Prediction afterRefusals(Bytes... verifiedBy) throws FormatException {
    List<BootPath.RefusedOption> refused = new ArrayList<>();
    for (Bytes entry : verifiedBy) {
      refused.add(
          new BootPath.RefusedOption(entry.isEmpty() ? Optional.empty() : Optional.of(entry)));
    }
    var path = new BootPath("retried", refused, List.of(image(uki("252"))));
    var variables = new FirmwareVariables(TestBoot.usual().variables(), ShimVariables.NONE);
    var boot = new BootDescription(variables, List.of(BootPhase.KERNEL), List.of(path));
    return Prediction.of(boot, Set.of(BANK)).getFirst();
  }

  @Test
  void refusedOptionsComeBeforeTheOneThatStarts() throws FormatException {
    var none = Bytes.empty();
    assertEquals(3, afterRefusals().pcr(4).events().size());
    assertEquals(5, afterRefusals(none).pcr(4).events().size());
    var twice = afterRefusals(none, none);
    assertEquals(7, twice.pcr(4).events().size());
    assertEquals("uki image", names(twice, 4).getLast());
    assertEquals(afterRefusals().pcr(7), twice.pcr(7));
  }

  @Test
  void theAuthorityOfARevokedImageIsMeasuredOnce() throws FormatException {
    var revoked = afterRefusals(DB);
    assertEquals(digests(afterRefusals(), 7), digests(revoked, 7));
    assertEquals("firmware", revoked.pcr(7).events().getLast().component());
    var unknown = assertThrows(FormatException.class, () -> afterRefusals(MOK)).toString();
    assertTrue(unknown.contains("does not hold"), unknown);
  }

  @Test
  void refusesChainsThatAreNotKnown() throws FormatException {
    assertRefused("no kernel is started", ShimVariables.NONE, boot("252"));
    assertRefused("systemd-boot 253: what it", ShimVariables.NONE, boot("253"), image(uki("252")));
    assertRefused("starts itself", ShimVariables.NONE, boot("252"), boot("252"));
    assertRefused("nothing follows", ShimVariables.NONE, image(uki("252")), image(uki("252")));
    assertRefused(
        "shim is the first step", MOKS, boot("252"), shim(TestShim.usual()), image(uki("252")));
    var entry =
        new BootStep.Kernel(kernel(), Optional.empty(), new BootStep.Entry(ENTRY), List.of());
    assertRefused("names 2 initrds, 0 are given", ShimVariables.NONE, boot("252"), entry);
    assertRefused("needs systemd-boot", ShimVariables.NONE, entry);
    var wrong = new BootStep.SystemdBoot(uki("252"), Optional.empty());
    assertRefused(
        "expected systemd-boot, found systemd-stub", ShimVariables.NONE, wrong, image(uki("252")));
    var uki =
        new BootStep.Kernel(uki("252"), Optional.empty(), new BootStep.BootOption(""), List.of());
    assertRefused("name it as uki", ShimVariables.NONE, uki);
  }
}
