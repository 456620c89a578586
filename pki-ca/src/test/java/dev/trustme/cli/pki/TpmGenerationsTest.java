// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Next generations whose keys a TPM holds: behind a handle, or wrapped in a file. */
class TpmGenerationsTest extends LifecycleFixture {
  private @Nullable SoftwareTpm started;

  @BeforeEach
  void start() throws Exception {
    started = SoftwareTpm.start(dir.resolve("tpm"));
    Files.writeString(dir.resolve("pass"), "swordfish\n");
    Files.writeString(dir.resolve("wrong"), "selachian\n");
  }

  @AfterEach
  void stop() {
    tpm().close();
  }

  private SoftwareTpm tpm() {
    return Objects.requireNonNull(started);
  }

  private String handle(String number) {
    return "tpm2:" + number + "?tcti=" + tpm().tcti();
  }

  @Test
  void aRoleKeyStaysBehindAHandle() throws Exception {
    assertEquals(0, run("issue", "container", "--key", handle("0x81000107")));
    assertFalse(Files.exists(dir.resolve("pki/keys/container-2.pem")));
    verifies("pki/chains/container-2.pem");
    assertTrue(tpm().run("tpm2_getcap", "handles-persistent").contains("0x81000107"));
    // Taken: a key that is there is not replaced, but certified anew when that is asked for.
    var key = pki().chain(Role.CONTAINER).getFirst().getSubjectPublicKeyInfo();
    var before = snapshotOfPki();
    assertEquals(2, run("issue", "container", "--key", handle("0x81000107")));
    assertEquals(4, run("issue", "container", "--key", handle("0x81000123"), "--existing"));
    assertEquals(before, snapshotOfPki());
    assertEquals(0, run("issue", "container", "--key", handle("0x81000107"), "--existing"));
    assertEquals(key, pki().chain(Role.CONTAINER).getFirst().getSubjectPublicKeyInfo());
    assertIntactLog();
  }

  @Test
  void anAuthorityGoesOnInAWrappedKey() throws Exception {
    String wrapped = "tpm2:" + file("device-2.tss") + "?tcti=" + tpm().tcti();
    assertEquals(2, run("rollover", "device", "--key", wrapped));
    assertEquals(0, run("rollover", "device", "--key", wrapped, "--pass-file", file("pass")));
    assertTrue(Files.readString(dir.resolve("device-2.tss")).contains("TSS2 PRIVATE KEY"));
    assertEquals(0, run("issue", "container", "--pass-file", file("pass")));
    verifies("pki/chains/container-2.pem");
    assertEquals(0, run("crl", "device", "--pass-file", file("pass")));
    var before = snapshotOfPki();
    assertEquals(1, run("issue", "container", "--pass-file", file("wrong")));
    stop();
    assertEquals(4, run("issue", "container", "--pass-file", file("pass")));
    assertEquals(before, snapshotOfPki());
    assertIntactLog();
  }
}
