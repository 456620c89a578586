// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmsPcrSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TssContextTest {
  private static final Digest MEASURED = HashAlgorithm.SHA256.digest(Bytes.utf8("measured"));

  private static SoftwareTpm tpm;

  @BeforeAll
  static void startTpm(@TempDir Path folder) throws IOException, InterruptedException {
    tpm = SoftwareTpm.start(folder);
  }

  @AfterAll
  static void stopTpm() {
    tpm.close();
  }

  private static TssContext open() throws IOException, FormatException {
    return TssContext.open(Tcti.parse(tpm.tcti()));
  }

  private static Digest readByTool(int pcr) throws IOException, InterruptedException {
    String text = tpm.run("tpm2_pcrread", "sha256:" + pcr);
    return new Digest(
        HashAlgorithm.SHA256, Bytes.fromHex(text.substring(text.indexOf("0x") + 2).strip()));
  }

  @Test
  void extendsWhatTheToolsRead() throws Exception {
    try (var context = open()) {
      context.extend(13, List.of(MEASURED));
    }
    assertEquals(Digest.zero(HashAlgorithm.SHA256).extend(MEASURED), readByTool(13));
  }

  @Test
  void readsWhatTheToolsExtend() throws Exception {
    String unused = tpm.run("tpm2_pcrextend", "14:sha256=" + MEASURED.hex());
    try (var context = open()) {
      assertEquals(
          Digest.zero(HashAlgorithm.SHA256).extend(MEASURED),
          context.read(HashAlgorithm.SHA256, List.of(14)).get(14));
    }
  }

  @Test
  void readsAllPcrsAlthoughOneCallGivesEight() throws Exception {
    try (var context = open()) {
      var all = IntStream.range(0, TpmsPcrSelection.PCR_COUNT).boxed().toList();
      var values = context.read(HashAlgorithm.SHA256, all);
      assertEquals(List.copyOf(values.keySet()), all);
      assertEquals(readByTool(17), values.get(17));
      assertEquals(
          new Digest(HashAlgorithm.SHA256, Bytes.fromHex("ff".repeat(32))), values.get(17));
    }
  }

  @Test
  void extendsEveryBankThatIsGivenADigest() throws Exception {
    try (var context = open()) {
      Set<HashAlgorithm> banks = context.activeBanks(15);
      assertTrue(banks.containsAll(Set.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384)));
      context.extend(15, banks.stream().map(b -> b.digest(Bytes.utf8("x"))).toList());
      for (var bank : banks) {
        assertEquals(
            Digest.zero(bank).extend(bank.digest(Bytes.utf8("x"))),
            context.read(bank, List.of(15)).get(15));
      }
    }
  }

  @Test
  void saysWhatTheTpmRefuses() throws Exception {
    try (var context = open()) {
      // Only locality 4 may extend PCR 17: TPM_RC_LOCALITY.
      var failure = assertThrows(TssException.class, () -> context.extend(17, List.of(MEASURED)));
      assertEquals(0x907, failure.code().value());
      assertTrue(failure.code().fromTpm());
      assertTrue(String.valueOf(failure.getMessage()).contains("locality"));
    }
  }

  @Test
  void refusesAnAbsentBank() throws Exception {
    try (var context = open()) {
      assertThrows(IOException.class, () -> context.read(HashAlgorithm.SHA3_256, List.of(13)));
    }
  }

  @Test
  void givesRandomBytesOfAnyCount() throws Exception {
    try (var context = open()) {
      assertEquals(100, context.random(100).size());
      assertNotEquals(context.random(16), context.random(16));
    }
  }

  @Test
  void saysWhereNoTpmIs() {
    var failure =
        assertThrows(
            TssException.class, () -> TssContext.open(Tcti.parse("swtpm:path=/nonexistent.sock")));
    assertTrue(String.valueOf(failure.getMessage()).contains("/nonexistent.sock"));
    assertFalse(failure.code().fromTpm());
  }

  @Test
  void takesLocalTpmsOnlyUnlessTold() throws FormatException {
    assertEquals("device:/dev/tpmrm0", Tcti.parse("device:/dev/tpmrm0").configuration());
    for (String remote :
        List.of("swtpm:host=tpm.example,port=2321", "mssim:host=x", "cmd:nc x 1")) {
      assertThrows(FormatException.class, () -> Tcti.parse(remote), remote);
      assertEquals(remote, Tcti.alsoRemote(remote).toString());
    }
  }
}
