// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.issue.Revocations;
import dev.trustme.issue.SmallPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class RevocationCommandsTest extends LifecycleFixture {
  @Test
  void opensslChecksFullAndDeltaLists() throws Exception {
    signed("lost", UUID);
    signed("kept", "00000000-0000-4000-8000-000000000001");
    assertEquals(1, run("crl", "device", "--delta"));
    assertEquals(0, run("crl", "--all"));
    checked("lost", true, "device");
    assertEquals(0, run("revoke", file("lost/lost.pem"), "--reason", "key-compromise"));
    checked("lost", true, "device");
    assertEquals(0, run("crl", "device", "--delta"));
    assertEquals(1, deltaChecked("kept", "device"));
    assertEquals(0, deltaChecked("lost", "device"));
    assertEquals(0, run("crl", "device"));
    checked("lost", false, "device");
    checked("kept", true, "device");
    var lists = Revocations.of(pki()).lists();
    assertEquals(3, requireNonNull(lists.get("device")).number());
    assertEquals(1, requireNonNull(lists.get("root")).number());
    assertIntactLog();
  }

  @Test
  void revokesOnceAndOnlyItsOwn() throws Exception {
    signed("a", UUID);
    String serial = Revocations.serial(Certificates.parse(read("a/a.pem")).getFirst());
    assertEquals(0, run("revoke", "serial:" + serial, "--reason", "superseded"));
    assertEquals(1, run("revoke", "serial:" + serial, "--reason", "key-compromise"));
    assertEquals(1, run("revoke", "serial:dead", "--reason", "superseded"));
    assertEquals(1, run("revoke", "root", "--reason", "ca-compromise"));
    assertEquals(2, run("revoke", "container", "--reason", "certificate-hold"));
    assertEquals(4, run("revoke", "nobody", "--reason", "superseded"));
    SmallPki.create(dir.resolve("other"));
    assertEquals(1, run("revoke", file("other/certs/container.pem"), "--reason", "superseded"));
    assertEquals(0, run("revoke", "device", "container", "--reason", "cessation-of-operation"));
    assertEquals(3, Revocations.of(pki()).revoked().size());
    assertEquals("root", Revocations.of(pki()).revoked().get(1).issuer());
    Files.writeString(dir.resolve("pki/revocation.json"), "{}");
    assertEquals(3, run("revoke", "guests", "--reason", "superseded"));
  }

  @Test
  void listsNeverGoBack() throws Exception {
    assertEquals(0, run("crl", "device"));
    assertEquals(1, at(SmallPki.AT.plusSeconds(10).toString(), "crl", "device"));
    assertEquals(1, at("2060-01-01T00:00:00Z", "crl", "device"));
    assertEquals(2, run("crl"));
    assertEquals(2, run("crl", "nobody"));
    assertEquals(1, number("device"));
    assertEquals(0, run("crl", "device"));
    assertEquals(2, number("device"));
  }

  @Test
  void opensslTrustsTheResponder() throws Exception {
    signed("good", UUID);
    signed("bad", "00000000-0000-4000-8000-000000000001");
    assertEquals(0, run("revoke", file("bad/bad.pem"), "--reason", "key-compromise"));
    assertEquals(0, run("ocsp", "device", "--serial", "c0ffee"));
    assertTrue(ocsp("good").contains(": good"), ocsp("good"));
    String bad = ocsp("bad");
    assertTrue(bad.contains(": revoked") && bad.contains("keyCompromise"), bad);
    String unknown =
        Judge.accepts(
            "openssl",
            "ocsp",
            "-respin",
            dir.resolve("pki/ocsp/device/c0ffee.ocsp"),
            "-issuer",
            dir.resolve("pki/certs/device.pem"),
            "-serial",
            "0xc0ffee",
            "-CAfile",
            dir.resolve("pki/certs/root.pem"),
            "-verify_other",
            dir.resolve("pki/certs/device.pem"),
            "-attime",
            EPOCH);
    assertTrue(unknown.contains(": unknown"), unknown);
    assertEquals(1, pki().index().superseded().size() + 1);
    assertEquals(1, run("ocsp", "root"));
    assertIntactLog();
  }

  @Test
  void theResponderIsRenewedBeforeItEnds() throws Exception {
    var first = pki().responder("device");
    assertEquals(0, at("2027-11-15T00:00:00Z", "ocsp", "device"));
    var second = pki().responder("device");
    assertNotEquals(first, second);
    assertEquals("2028-11-15T00:00:00Z", second.getNotAfter().toInstant().toString());
    assertEquals(0, at("2027-11-16T00:00:00Z", "ocsp", "device"));
    assertEquals(second, pki().responder("device"));
  }

  @Test
  void rootsVouchForEachOther() throws Exception {
    Files.copy(dir.resolve("pki/certs/root.pem"), dir.resolve("old.pem"));
    assertEquals(0, run("rollover", "root"));
    verifies("pki/chains/container.pem");
    assertEquals(0, run("rollover", "device"));
    assertEquals(0, run("issue", "container"));
    var untrusted = dir.resolve("with-link.pem");
    Files.writeString(
        untrusted,
        Files.readString(dir.resolve("pki/chains/container-2.pem"))
            + Files.readString(dir.resolve("pki/links/root-2.new-with-old.pem")));
    openssl(dir.resolve("pki/chains/container-2.pem"), untrusted, dir.resolve("old.pem"), true);
    openssl(
        dir.resolve("pki/chains/container-2.pem"),
        dir.resolve("pki/chains/container-2.pem"),
        dir.resolve("old.pem"),
        false);
    Files.writeString(
        untrusted,
        Files.readString(dir.resolve("pki/chains/container.pem"))
            + Files.readString(dir.resolve("pki/links/root-2.old-with-new.pem")));
    openssl(
        dir.resolve("pki/chains/container.pem"),
        untrusted,
        dir.resolve("pki/certs/root-2.pem"),
        true);
    openssl(
        dir.resolve("pki/chains/container.pem"),
        dir.resolve("pki/chains/container.pem"),
        dir.resolve("pki/certs/root-2.pem"),
        false);
    assertIntactLog();
    assertEquals(2, run("rollover", "nobody"));
  }

  /** What an old key issued is revoked by the old key's list, which openssl then finds. */
  @Test
  void everyGenerationAnswersForItsOwn() throws Exception {
    signed("a", UUID);
    assertEquals(0, run("rollover", "device"));
    signed("b", "00000000-0000-4000-8000-000000000001");
    assertEquals(0, run("revoke", file("a/a.pem"), file("b/b.pem"), "--reason", "superseded"));
    assertEquals(0, run("crl", "--all"));
    assertEquals(1, revoked("device"));
    assertEquals(1, revoked("device-2"));
    checked("a", false, "device");
    checked("b", false, "device-2");
    assertEquals(0, run("ocsp", "device"));
    assertTrue(Files.exists(dir.resolve("pki/ocsp/device/" + serial("a") + ".ocsp")));
    assertTrue(Files.exists(dir.resolve("pki/ocsp/device-2/" + serial("b") + ".ocsp")));
    assertTrue(ocsp("a").contains(": revoked"));
  }
}
