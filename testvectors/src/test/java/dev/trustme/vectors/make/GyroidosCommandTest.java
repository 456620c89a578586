// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.verify.VerifyMain;
import dev.trustme.json.Json;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.VectorRunner;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'verify gyroidos' with and without a folder that keeps what was accepted. */
class GyroidosCommandTest {
  private static final Path FAMILY = Path.of("vectors/gyroidos");

  @TempDir private Path state;

  private int judge(String vector, String... more) throws Exception {
    var judged =
        new VectorRunner(Path.of("vectors"))
            .index("gyroidos").vectors().stream()
                .filter(v -> v.id().equals(vector))
                .findFirst()
                .orElseThrow();
    List<String> command = new ArrayList<>(List.of("gyroidos", file(judged, "response")));
    command.addAll(List.of("--policy", file(judged, "policy")));
    command.addAll(List.of("--nonce", judged.context().getOrDefault("nonce", "")));
    command.addAll(List.of("--at", judged.context().getOrDefault("at", ""), "--quiet"));
    command.addAll(List.of(more));
    return Launcher.run(new VerifyMain(), command.toArray(String[]::new));
  }

  private static String file(Vector vector, String role) {
    return FAMILY.resolve(vector.files().getOrDefault(role, "none")).toString();
  }

  private List<Path> kept() throws IOException {
    Path devices = state.resolve("devices");
    if (!Files.exists(devices)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(devices)) {
      return files.toList();
    }
  }

  @Test
  void anAnswerIsAcceptedOnceWhereStateIsKept() throws Exception {
    assertEquals(0, judge("good"));
    assertEquals(0, judge("good"));
    assertEquals(0, judge("good", "--state", state.toString()));
    assertEquals(1, judge("good", "--state", state.toString()));
    assertEquals(1, kept().size());
    var last = Json.tree(Bytes.copyOf(Files.readAllBytes(kept().getFirst())), "state");
    assertEquals(7000, last.get("clock").asLong());
    String device = last.get("device").asText();
    assertEquals(device + ".json", String.valueOf(kept().getFirst().getFileName()));
    assertTrue(device.matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]+"));
  }

  /** The same policy without tolerance of replay: counters that are judged are what it asks for. */
  @Test
  void aKeptStateIsWhatThePolicyAsksFor() throws Exception {
    assertEquals(1, judge("good-replay-shown"));
    assertEquals(0, judge("good-replay-shown", "--state", state.toString()));
  }

  @Test
  void whatIsRejectedIsNotKept() throws Exception {
    assertEquals(1, judge("values-swapped", "--state", state.toString()));
    assertEquals(List.of(), kept());
    assertEquals(4, judge("good", "--state", state.resolve("none").toString()));
    assertFalse(Files.exists(state.resolve("none")));
  }

  /** A list of the fleet's authority, in DER, with a number and with revoked devices' serials. */
  private String list(int number, int... revoked) throws IOException {
    var root = new SoftGyroidos().root;
    var builder =
        new X509v2CRLBuilder(root.name(), Date.from(SeededPki.START))
            .setNextUpdate(Date.from(SeededPki.END));
    for (int serial : revoked) {
      builder.addCRLEntry(
          BigInteger.valueOf(serial), Date.from(SeededPki.START), CRLReason.keyCompromise);
    }
    builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
    var made = builder.build(root.key().signer());
    return Files.write(state.resolve(number + ".crl"), made.getEncoded()).toString();
  }

  @Test
  void aListRefusesWhomItNames() throws Exception {
    assertEquals(0, judge("good", "--crl", list(1)));
    assertEquals(0, judge("good", "--crl", list(2, 63)));
    assertEquals(1, judge("good", "--crl", list(3, 62)));
  }

  /** Also where the newer was seen with an answer that was rejected. */
  @Test
  void aListIsRefusedOnceANewerOneWasSeen() throws Exception {
    String kept = state.toString();
    assertEquals(1, judge("values-swapped", "--crl", list(2), "--state", kept));
    assertEquals(1, judge("good", "--crl", list(1), "--state", kept));
    assertEquals(0, judge("good", "--crl", list(1)));
    assertEquals(0, judge("good", "--crl", list(2), "--state", kept));
  }
}
