// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.cli.Launcher;
import dev.trustme.issue.SigningLog;
import dev.trustme.issue.SmallPki;
import dev.trustme.key.Passphrase;
import dev.trustme.lint.LintRule;
import dev.trustme.testing.SoftToken;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Next generations whose keys are in tokens and PKCS#12 files, and what the log says of them. */
class HeldGenerationsTest extends LifecycleFixture {
  private @Nullable SoftToken made;

  @BeforeEach
  void makeToken() throws Exception {
    made = SoftToken.in(Files.createDirectory(dir.resolve("hsm"))).token("ca");
    Files.writeString(dir.resolve("pin"), SoftToken.PIN + "\n");
  }

  private SoftToken token() {
    return requireNonNull(made);
  }

  private int audit() {
    return Launcher.run(new PkiMain(), "audit", "verify", "--quiet", "--pki", file("pki"));
  }

  private static String reference(String object) {
    return "pkcs11:token=ca;object=%s?module-path=%s".formatted(object, SoftToken.MODULE);
  }

  private int held(String... arguments) {
    return run(
        Stream.concat(
                Stream.of(arguments),
                Stream.of("--pass-file", file("pin"), "--pin-file", file("pin")))
            .toArray(String[]::new));
  }

  private String keyOf(Role role) throws Exception {
    return requireNonNull(pki().index().roles().get(role.label())).key();
  }

  @Test
  void aRoleKeyIsMadeInAToken() throws Exception {
    assertEquals(0, held("issue", "container", "--key", reference("container")));
    assertEquals(reference("container"), keyOf(Role.CONTAINER));
    assertFalse(Files.exists(dir.resolve("pki/keys/container-2.pem")));
    var leaf = pki().chain(Role.CONTAINER).getFirst();
    try (var pin = Passphrase.of(SoftToken.PIN.toCharArray());
        var key = pki().key(Role.CONTAINER, pin)) {
      assertEquals(leaf.getSubjectPublicKeyInfo(), key.publicKey());
    }
    verifies("pki/chains/container-2.pem");
    var entry = pki().log().entries().getLast();
    assertEquals(Certificates.fingerprint(leaf), entry.certificate());
    assertEquals(Optional.of(leaf.getSerialNumber().toString(16)), entry.serial());
    var issuer = pki().authority("device").getSubjectPublicKeyInfo();
    assertEquals(Optional.of(SigningLog.keyId(issuer)), entry.key());
    // The same place again: a key that is there is never replaced, but can be certified anew.
    assertEquals(2, held("issue", "container", "--key", reference("container")));
    assertEquals(0, held("issue", "container", "--key", reference("container"), "--existing"));
    assertEquals(
        leaf.getSubjectPublicKeyInfo(),
        pki().chain(Role.CONTAINER).getFirst().getSubjectPublicKeyInfo());
    assertIntactLog();
  }

  @Test
  void anAuthorityGoesOnInAToken() throws Exception {
    assertEquals(0, held("rollover", "root", "--key", reference("root-2")));
    assertEquals(0, held("rollover", "device", "--key", reference("device-2")));
    assertEquals(0, held("issue", "container"));
    verifiesUnder("pki/chains/container-2.pem", "pki/certs/root-2.pem");
    assertEquals(0, held("crl", "device"));
    assertTrue(
        requireNonNull(pki().index().authorities().get("device")).key().startsWith("pkcs11:"));
    assertFalse(Files.exists(dir.resolve("pki/keys/root-2.pem")));
    assertTrue(token().tool("ca", "--list-objects", "--type", "privkey").contains("device-2"));
    for (var entry : pki().log().entries()) {
      assertTrue(entry.key().isPresent(), entry.action());
      assertEquals(entry.action().equals("issue"), entry.serial().isPresent(), entry.action());
    }
    assertEquals(0, audit());
  }

  @Test
  void aKeyThatDoesNotFitIsRefused() throws Exception {
    token().tool("ca", "--keypairgen", "--key-type", "rsa:2048", "--label", "rsa", "--id", "01");
    var before = snapshotOfPki();
    assertEquals(1, held("issue", "container", "--key", reference("rsa"), "--existing"));
    assertEquals(1, held("rollover", "device", "--key", reference("rsa"), "--existing"));
    assertNotEquals(0, held("issue", "container", "--key", reference("none"), "--existing"));
    assertEquals(2, held("issue", "container", "--existing"));
    assertEquals(2, held("issue", "container", "--keep-key", "--key", reference("x")));
    assertEquals(before, snapshotOfPki());
  }

  @Test
  void aRehearsalMakesNoKey() throws Exception {
    var before = snapshotOfPki();
    assertEquals(0, held("issue", "container", "--dry-run", "--key", reference("container")));
    assertEquals(0, held("rollover", "root", "--dry-run", "--key", reference("root-2")));
    assertEquals("", token().tool("ca", "--list-objects", "--type", "privkey").strip());
    assertEquals(before, snapshotOfPki());
  }

  @Test
  void aRoleKeyIsMadeInAPkcs12File() throws Exception {
    Files.writeString(dir.resolve("pass"), "of the file\n");
    String p12 = "pkcs12:" + file("container.p12") + "?alias=container";
    assertEquals(0, run("issue", "container", "--key", p12, "--pass-file", file("pass")));
    assertEquals(p12, keyOf(Role.CONTAINER));
    assertEquals(1, run("issue", "container", "--key", p12, "--existing", "--pass-file", pin()));
    assertEquals(
        0, run("issue", "container", "--key", p12, "--existing", "--pass-file", file("pass")));
    verifies("pki/chains/container-3.pem");
  }

  private String pin() {
    return file("pin");
  }

  @Test
  void whatTheLintRefusesIsAcceptedByNameAndLogged() throws Exception {
    Path profile = dir.resolve("pki/profile.yaml");
    Files.writeString(
        profile, Files.readString(profile).replace("name: Small Devices", "name: Small Root"));
    var before = snapshotOfPki();
    String rule = LintRule.SUBJECT_OF_ISSUER.id();
    assertEquals(1, run("rollover", "device"));
    assertEquals(1, run("rollover", "device", "--accept", LintRule.NAME_TEXT.id()));
    assertEquals(2, run("rollover", "device", "--accept", "everything"));
    assertEquals(before, snapshotOfPki());
    assertEquals(0, run("rollover", "device", "--accept", rule));
    var entries = pki().log().entries();
    var device = pki().authority("device");
    assertEquals("accept-finding", entries.getLast().action());
    assertEquals(rule + ": " + device.getSubject(), entries.getLast().subject());
    assertEquals(Certificates.fingerprint(device), entries.getLast().certificate());
    assertEquals(0, audit());
  }

  @Test
  void theLintCoversTheWholeFolder() throws Exception {
    assertEquals(0, run("rollover", "root"));
    assertEquals(0, run("crl", "--all"));
    assertEquals(0, run("ocsp", "device"));
    var names =
        FolderContent.of(pki()).stream()
            .map(s -> dir.resolve("pki").relativize(Path.of(s.name())).toString())
            .toList();
    for (String name :
        List.of(
            "certs/device.pem",
            "certs/root-2.pem",
            "certs/device-ocsp.pem",
            "links/root-2.new-with-old.pem",
            "links/root-2.old-with-new.pem",
            "crls/root.crl",
            "crls/root-2.crl",
            "crls/device.crl")) {
      assertTrue(names.contains(name), name + " of " + names);
    }
    Launcher.run(new PkiMain(), "lint", "--pki", file("pki"), "--at", AT);
    assertEquals(0, run("lint"));
    Path list = dir.resolve("pki/crls/device.crl");
    byte[] good = Files.readAllBytes(list);
    byte[] changed = good.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(list, changed);
    assertEquals(1, run("lint"));
    Files.write(list, new byte[] {0x30, 1});
    assertEquals(3, run("lint"));
    Files.write(list, good);
    assertEquals(0, run("lint"));
    // A link whose issuer is another than it names.
    Path link = dir.resolve("pki/links/root-2.old-with-new.pem");
    var stranger = SmallPki.create(dir.resolve("stranger"));
    Files.writeString(link, Certificates.pem(stranger.chain(Role.CONTAINER).subList(0, 1)));
    assertEquals(1, run("lint"));
  }

  private void verifiesUnder(String chain, String root) throws Exception {
    openssl(dir.resolve(chain), dir.resolve(chain), dir.resolve(root), true);
  }
}
