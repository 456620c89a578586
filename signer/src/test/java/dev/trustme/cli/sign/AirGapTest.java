// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.airgap.SigningRequest;
import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.SigningLog;
import dev.trustme.testing.SoftToken;
import dev.trustme.trust.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Request, answer, attach: the private keys are in SoftHSM2 and nowhere else. */
class AirGapTest {
  @TempDir static Path folder;
  private static Workshop shop;
  private static SoftToken token;

  /** Everything is signed once with the keys at hand; then they move into a token. */
  @BeforeAll
  static void moveKeysIntoTheToken() throws Exception {
    shop = new Workshop(folder).sign();
    token = SoftToken.in(folder.resolve("hsm")).token("offline");
    policyHere();
    shop.write("fw.bin", Bytes.utf8("firmware"));
    shop.succeed("firmware", "fw.bin");
    Files.move(folder.resolve("fw.bin.sig"), folder.resolve("fw.here"));
    int id = 1;
    for (String role :
        List.of(
            "boot",
            "module",
            "layer",
            "container",
            "release",
            "firmware",
            "guest-os",
            "pcr-policy")) {
      Path key = folder.resolve("pki/keys/" + role + ".pem");
      token.run(
          "softhsm2-util",
          "--import",
          key,
          "--token",
          "offline",
          "--label",
          role,
          "--id",
          "0" + id++,
          "--pin",
          SoftToken.PIN);
    }
    Files.writeString(folder.resolve("pin"), SoftToken.PIN);
    Files.move(folder.resolve("pki/keys"), folder.resolve("keys-gone"));
  }

  private static void policyHere() throws Exception {
    succeed(policy("pcrsig.json", "--pki", shop.path("pki"), "--at", Workshop.AT, "-q"));
  }

  private static String[] policy(String output, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("pcr-policy", "--stub", shop.path("stub")));
    command.addAll(List.of("--kernel", shop.path("kernel"), "--initrd", shop.path("initrd")));
    command.addAll(List.of("--os-release", shop.path("os-release"), "--cmdline"));
    command.addAll(List.of(shop.commandLine(), "-o", shop.path(output)));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  /** How a command ended and what it said on standard error. */
  record Ran(int code, String said) {}

  static Ran run(String... command) {
    var said = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      int code = Launcher.run(new SignMain(), command);
      return new Ran(code, said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  static void succeed(String... command) {
    var ran = run(command);
    assertEquals(0, ran.code(), Arrays.toString(command) + ran.said());
  }

  private static Ran request(String name, String... command) {
    return run(
        Stream.of(
                new String[] {"request", "-o", shop.path(name), "--at", Workshop.AT, "-q", "--"},
                command,
                new String[] {"--pki", shop.path("pki"), "--at", Workshop.AT})
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  private static Ran answer(String request, String name, String role, String... more) {
    List<String> command =
        new ArrayList<>(List.of("answer", shop.path(request), "-o", shop.path(name), "--key"));
    command.add("pkcs11:token=offline;object=" + role + "?module-path=" + SoftToken.MODULE);
    command.addAll(List.of("--cert", shop.path("pki/chains/" + role + ".pem")));
    command.addAll(List.of("--pass-file", shop.path("pin"), "--at", Workshop.AT, "-q", "--yes"));
    command.addAll(List.of(more));
    return run(command.toArray(String[]::new));
  }

  private static Ran attach(String request, String... answers) {
    return run(
        Stream.of(
                new String[] {"attach", shop.path(request)},
                Arrays.stream(answers).map(shop::path).toArray(String[]::new),
                new String[] {"--at", Workshop.AT, "-q"})
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  private static void ok(Ran ran) {
    assertEquals(0, ran.code(), ran.said());
  }

  /** The whole way, with the log of the offline side. */
  private static void through(String name, String role, String... command) throws Exception {
    ok(request(name + ".request", command));
    String log = shop.path(name + ".log");
    ok(answer(name + ".request", name + ".answer", role, "--log", log));
    ok(attach(name + ".request", name + ".answer"));
    var entries = new SigningLog(Path.of(log)).entries();
    assertFalse(entries.isEmpty());
    assertTrue(entries.stream().allMatch(e -> e.key().isPresent() && e.artifact().isPresent()));
  }

  @Test
  void modulesComeOutAsWithTheKeyAtHand() throws Exception {
    through(
        "modules",
        "boot",
        "modules",
        shop.path("modules"),
        "--role",
        "boot",
        "-o",
        shop.path("modules-away"));
    assertEquals(shop.read("modules-signed/net/m.ko"), shop.read("modules-away/net/m.ko"));
  }

  @Test
  void imagesComeOutAsWithTheKeyAtHand() throws Exception {
    through(
        "uki",
        "boot",
        "uki",
        "--stub",
        shop.path("stub"),
        "--kernel",
        shop.path("kernel"),
        "--initrd",
        shop.path("initrd"),
        "--os-release",
        shop.path("os-release"),
        "--cmdline",
        shop.commandLine(),
        "-o",
        shop.path("away.efi"));
    assertEquals(shop.read("boot.efi"), shop.read("away.efi"));
    through("efi", "boot", "efi", shop.path("kernel"), "-o", shop.path("kernel-away.efi"));
    assertTrue(shop.read("kernel-away.efi").size() > shop.read("kernel").size());
  }

  @Test
  void layersComeOutAsWithTheKeyAtHand() throws Exception {
    through("layer", "layer", "layer", shop.path("root"), "-o", shop.path("away.img"));
    assertEquals(shop.read("layer.img"), shop.read("away.img"));
    var signature = shop.read("away.img.p7s");
    String json = shop.read("away.img.json").utf8();
    String root = json.replaceAll("(?s).*\"root-hash\" : \"([^\"]*)\".*", "$1");
    var chain = PkiFolder.open(folder.resolve("pki")).chain(Role.LAYER);
    assertTrue(DetachedSignature.verify(signature, Bytes.utf8(root), chain).accepted());
  }

  @Test
  void containersAndReleasesAreSignedAfar() throws Exception {
    through(
        "container",
        "container",
        "container",
        shop.path("web-oci"),
        "--config",
        shop.path("container.yaml"),
        "-o",
        shop.path("away.sealed"));
    assertEquals(
        -1,
        Files.mismatch(
            SealedLayouts.image(folder.resolve("web.sealed")),
            SealedLayouts.image(folder.resolve("away.sealed"))));
    through(
        "release",
        "release",
        "release",
        "--config",
        shop.path("release.yaml"),
        "-o",
        shop.path("away.json"));
    var here = DsseEnvelope.parse(shop.read("release.json"));
    var away = DsseEnvelope.parse(shop.read("away.json"));
    assertEquals(here.payload(), away.payload());
    assertEquals(1, away.signatures().size());
  }

  @Test
  void firmwareAndPoliciesComeOutAsWithTheKeyAtHand() throws Exception {
    through("firmware", "firmware", "firmware", shop.path("fw.bin"));
    assertEquals(shop.read("fw.here"), shop.read("fw.bin.sig"));
    through("policy", "pcr-policy", policy("pcrsig-away.json"));
    assertEquals(shop.read("pcrsig.json"), shop.read("pcrsig-away.json"));
  }

  @Test
  void filesBehindVerityAreSignedAfar() throws Exception {
    shop.write("app", Bytes.utf8("application"));
    through("fsverity", "firmware", "fsverity", shop.path("app"));
    through("ima3", "firmware", "firmware", shop.path("app"), "--verity");
    String cert = shop.path("pki/certs/firmware.pem");
    assertEquals(0, judged("app", "--as", "fsverity", "--cert", cert));
    assertEquals(0, judged("app", "--as", "ima", "--cert", cert));
    shop.write("app", Bytes.utf8("Application"));
    assertEquals(1, judged("app", "--as", "fsverity", "--cert", cert));
    assertEquals(1, judged("app", "--as", "ima", "--cert", cert));
  }

  @Test
  void imagesInLayoutsAreSignedAfarInEveryForm() throws Exception {
    through(
        "layout",
        "container",
        "container",
        shop.path("web-oci"),
        "--in-layout",
        "cosign,bundle,notation",
        "--reference",
        "registry.example/web");
    String key = shop.path("pki/certs/container.pem");
    String root = shop.path("pki/certs/software-root.pem");
    String name = "--reference=registry.example/web";
    assertEquals(0, judged("web-oci", "--as", "cosign", "--key", key, name));
    assertEquals(0, judged("web-oci", "--as", "sigstore", "--key", key));
    assertEquals(0, judged("web-oci", "--as", "notation", "--roots", root));
  }

  private static int judged(String file, String... words) {
    List<String> command = new ArrayList<>(List.of("artifact", shop.path(file)));
    command.addAll(List.of(words));
    command.addAll(List.of("--at", Workshop.AT, "-q"));
    return Launcher.run(new VerifyMain(), command.toArray(String[]::new));
  }

  @Test
  void guestConfigurationsAreSignedAfar() throws Exception {
    shop.text("guest.conf", GuestOsCommandTest.CONFIGURATION);
    Files.createDirectory(folder.resolve("guest"));
    through("guest", "guest-os", "guestos", shop.path("guest.conf"), "-o", shop.path("guest"));
    try (var files = Files.list(folder.resolve("guest"))) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void theRequestIsSmallAndShowsWhatTravels() throws Exception {
    ok(
        request(
            "small.request",
            "modules",
            shop.path("modules"),
            "--role",
            "boot",
            "-o",
            shop.path("small")));
    var request = SigningRequest.parse(shop.read("small.request"));
    assertEquals(1, request.items().size());
    assertTrue(request.items().getFirst().message().isEmpty());
    assertTrue(request.items().getFirst().digest().isPresent());
    assertFalse(Files.exists(folder.resolve("small")));
    ok(request("text.request", "layer", shop.path("root"), "-o", shop.path("text.img")));
    var layer = SigningRequest.parse(shop.read("text.request")).items().getFirst();
    assertEquals(64, layer.message().orElseThrow().size());
    assertFalse(Files.exists(folder.resolve("text.img")));
  }

  @Test
  void recomputingOnTheOfflineSideFindsAnotherFile() throws Exception {
    Files.copy(folder.resolve("kernel"), folder.resolve("kernel2"));
    ok(request("again.request", "efi", shop.path("kernel2"), "-o", shop.path("kernel2.efi")));
    ok(answer("again.request", "again.answer", "boot", "--recompute"));
    shop.flip("kernel2", 700);
    var ran = answer("again.request", "again2.answer", "boot", "--recompute");
    assertEquals(1, ran.code(), ran.said());
    assertFalse(Files.exists(folder.resolve("again2.answer")));
    var attached = attach("again.request", "again.answer");
    assertEquals(1, attached.code(), attached.said());
    assertTrue(attached.said().contains("changed since"), attached.said());
    assertFalse(Files.exists(folder.resolve("kernel2.efi")));
  }

  @Test
  void aModuleThatChangedMeanwhileIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("later"));
    Files.copy(folder.resolve("modules/net/m.ko"), folder.resolve("later/n.ko"));
    ok(request("later.request", "modules", shop.path("later"), "-o", shop.path("later-out")));
    ok(answer("later.request", "later.answer", "module"));
    shop.flip("later/n.ko", 100);
    var ran = attach("later.request", "later.answer");
    assertEquals(1, ran.code(), ran.said());
    assertTrue(ran.said().contains("n.ko: what is to be signed is not"), ran.said());
    assertFalse(ran.said().contains("bug"), ran.said());
    assertFalse(Files.exists(folder.resolve("later-out")));
    shop.flip("later/n.ko", 100);
    ok(attach("later.request", "later.answer"));
    assertTrue(Files.exists(folder.resolve("later-out/n.ko")));
  }

  @Test
  void tamperingIsFound() throws Exception {
    ok(request("t.request", "efi", shop.path("kernel"), "-o", shop.path("t.efi")));
    ok(answer("t.request", "t.answer", "boot"));
    String json = shop.read("t.request").utf8();
    String answer = shop.read("t.answer").utf8();

    shop.text("t1.request", json.replace("\"t.efi", "\"u.efi").replace("/t.efi", "/u.efi"));
    assertEquals(1, attach("t1.request", "t.answer").code());

    var digest = SigningRequest.parse(Bytes.utf8(json)).items().getFirst().digest().orElseThrow();
    String other = (digest.hex().startsWith("0") ? "1" : "0") + digest.hex().substring(1);
    shop.text("t2.request", json.replace(digest.hex(), other));
    assertEquals(3, answer("t2.request", "t2.answer", "boot").code());

    var signature = answer.replaceAll("(?s).*\"signature\" : \"([^\"]*)\".*", "$1");
    String swapped = (signature.startsWith("A") ? "B" : "A") + signature.substring(1);
    shop.text("t3.answer", answer.replace(signature, swapped));
    var wrong = attach("t.request", "t3.answer");
    assertEquals(1, wrong.code());
    assertTrue(wrong.said().contains("answer-signature"), wrong.said());

    assertEquals(1, answer("t.request", "t4.answer", "module").code());
    assertEquals(3, attach("t.request", "t.request").code());
    assertFalse(Files.exists(folder.resolve("t.efi")));
    ok(attach("t.request", "t.answer"));
    assertTrue(Files.exists(folder.resolve("t.efi")));
  }

  @Test
  void nothingButSigningVerbsRunsAgain() throws Exception {
    assertEquals(2, request("n.request", "attach", "x").code());
    assertEquals(2, request("n.request", "nonsense").code());
    var signed = shop.read("boot.efi");
    var ran =
        run(
            "request",
            "-o",
            shop.path("n.request"),
            "--",
            "signature",
            "remove",
            shop.path("boot.efi"),
            "--in-place");
    assertEquals(2, ran.code(), ran.said());
    assertTrue(ran.said().contains("expected a verb that signs"), ran.said());
    assertEquals(signed, shop.read("boot.efi"));
    assertFalse(Files.exists(folder.resolve("n.request")));
  }
}
