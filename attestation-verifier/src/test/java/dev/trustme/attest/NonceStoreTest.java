// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.TpmsClockInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NonceStoreTest {
  @TempDir private Path folder;

  private Challenge issue(NonceStore store) throws IOException {
    return store.issue(Scenario.DEVICE, MaxAge.parse("5m"), Scenario.NOW, new SecureRandom());
  }

  @Test
  void givesOutThirtyTwoBytesForTheOwnerAlone() throws Exception {
    Path state = folder.resolve("state");
    var first = issue(NonceStore.create(state));
    var second = issue(NonceStore.create(state));
    assertEquals(32, first.nonce().value().size());
    assertNotEquals(first.nonce(), second.nonce());
    assertEquals(Scenario.NOW.plusSeconds(300), first.expires());
    Path file = state.resolve("nonces/open").resolve(first.nonce().hex() + ".json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
  }

  @Test
  void usesEachNonceUpOnce() throws Exception {
    var challenge = issue(NonceStore.create(folder));
    var consumed =
        assertInstanceOf(
            NonceAnswer.Consumed.class, NonceStore.open(folder).consume(challenge.nonce()));
    assertEquals(challenge, consumed.challenge());
    assertEquals(
        new NonceAnswer.AlreadyUsed(challenge), NonceStore.open(folder).consume(challenge.nonce()));
    assertEquals(
        new NonceAnswer.Unknown(), NonceStore.open(folder).consume(new Nonce(Bytes.fromHex("00"))));
  }

  @Test
  void oneOfManyAtOnceUsesIt() throws Exception {
    var store = NonceStore.create(folder);
    var challenge = issue(store);
    List<Callable<NonceAnswer>> tries = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      tries.add(() -> store.consume(challenge.nonce()));
    }
    int consumed = 0;
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var answer : threads.invokeAll(tries)) {
        consumed += answer.get() instanceof NonceAnswer.Consumed ? 1 : 0;
        assertTrue(!(answer.get() instanceof NonceAnswer.Unknown));
      }
    }
    assertEquals(1, consumed);
  }

  @Test
  void needsTheFolderOfTheChallenges() {
    assertThrows(IOException.class, () -> NonceStore.open(folder));
    assertThrows(IOException.class, () -> NonceStore.create(folder.resolve("no/such")));
  }

  @Test
  void deviceStatesAreReplacedWhole() throws Exception {
    var states = DeviceStates.in(folder);
    assertEquals(Optional.empty(), states.last(Scenario.DEVICE));
    for (long reset = 1; reset <= 2; reset++) {
      var state =
          DeviceState.of(Scenario.DEVICE, new TpmsClockInfo(-1, reset, 0, true), 41, Scenario.NOW);
      states.accept(state);
      assertEquals(Optional.of(state), DeviceStates.in(folder).last(Scenario.DEVICE));
    }
  }
}
