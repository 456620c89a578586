// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.attest.FirmwareEvents.Event;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirmwareEventsTest {
  private static final Digest SHA256 = Digest.zero(HashAlgorithm.SHA256);
  private static final Digest SHA384 = Digest.zero(HashAlgorithm.SHA384);

  @Test
  void everyEventHasADigestForEachBankInTheirOrder() {
    var event = new Event(6, "EV_SEPARATOR", List.of(SHA256, SHA384));
    assertEquals(
        List.of(event),
        new FirmwareEvents(3, List.of("sha256", "sha384"), List.of(event)).events());
    for (List<String> banks :
        List.of(
            List.<String>of(),
            List.of("sha256"),
            List.of("sha384", "sha256"),
            List.of("sha256", "sha256"),
            List.of("sha256", "md5"))) {
      assertThrows(
          IllegalArgumentException.class, () -> new FirmwareEvents(0, banks, List.of(event)));
    }
  }

  @Test
  void onlyThePlatformsPcrsAndStartsThatExist() {
    for (int pcr : new int[] {-1, 4, 5, 7, 24}) {
      assertThrows(
          IllegalArgumentException.class, () -> new Event(pcr, "EV_SEPARATOR", List.of(SHA256)));
    }
    for (int locality : new int[] {-1, 1, 2, 5}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new FirmwareEvents(locality, List.of("sha256"), List.of()));
    }
  }
}
