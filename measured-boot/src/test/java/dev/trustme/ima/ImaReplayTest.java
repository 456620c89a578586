// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ImaReplayTest {
  private static final ImaStart SHA256 = ImaStart.of(HashAlgorithm.SHA256);
  private static final TestImaLog ALL = ImaLogs.everyTemplate(TestImaLog.empty());

  @Test
  void replaysEveryTemplateInEachBank() throws FormatException {
    for (var format : new ImaFormat[] {ImaFormat.BINARY, ImaFormat.ASCII}) {
      Bytes log = format.equals(ImaFormat.ASCII) ? ALL.ascii() : ALL.binary();
      var sha256 = ImaLogs.replay(log, format, SHA256);
      assertEquals(ALL.sha256(), sha256.value());
      assertEquals(0, sha256.wrongTemplateHashes());
      assertEquals(2, sha256.violations());
      assertEquals(14, sha256.entries());
      assertEquals(ALL.sha256(), ImaLogs.value(log, format, SHA256.withoutTemplateHashes()));
      assertEquals(ALL.sha1(), ImaLogs.value(log, format, ImaStart.of(HashAlgorithm.SHA1)));
    }
  }

  /** Whoever keeps entries needs not hash them again. */
  @Test
  void extendsWhatAnEntryIsKnownToExtend() throws FormatException, IOException {
    Bytes log = TestImaLog.booted().ng("sha256", "/a").ng("sha256", "/b").binary();
    var again = ImaReplay.of(SHA256, ImaFormat.BINARY);
    var replay = ImaReplay.of(SHA256, ImaFormat.BINARY);
    Bytes raw = Bytes.empty();
    try (var reader = ImaReader.of(log.stream(), ImaFormat.BINARY)) {
      while (reader.next()) {
        replay.extend(reader);
        again.extendMeasured(replay.measured(), 0);
        assertTrue(reader.rawStarts(reader.raw(), reader.rawSize()));
        assertFalse(reader.rawStarts(raw, raw.size()));
        assertEquals(reader.raw().size(), reader.rawSize());
        raw = Bytes.concat(raw, reader.raw());
      }
    }
    assertEquals(log, raw);
    assertEquals(replay.value(), again.value());
    assertEquals(3, again.entries());
    assertThrows(IllegalArgumentException.class, () -> again.extendMeasured(Bytes.zeros(40), 20));
  }

  @Test
  void padsAsOlderKernelsDo() throws FormatException {
    var log = TestImaLog.booted();
    Bytes templateHash =
        ImaLogs.entries(log.binary(), ImaFormat.BINARY).getFirst().templateHash().value();
    var expected =
        Digest.zero(HashAlgorithm.SHA256)
            .extend(new Digest(HashAlgorithm.SHA256, Bytes.concat(templateHash, Bytes.zeros(12))));
    var start = SHA256.withRule(ImaReplay.Rule.SHA1_PADDED);
    assertEquals(expected, ImaLogs.value(log.binary(), ImaFormat.BINARY, start));
    assertThrows(
        IllegalArgumentException.class,
        () -> ImaStart.of(HashAlgorithm.SHA1).withRule(ImaReplay.Rule.SHA1_PADDED));
  }

  @Test
  void findsHowManyEntriesAQuoteCovers() throws FormatException {
    var three = TestImaLog.booted().ng("sha256", "/a").ng("sha256", "/b");
    var two = TestImaLog.booted().ng("sha256", "/a");
    assertEquals(new ImaMatch.Exact(3), match(three, three.sha256()));
    assertEquals(new ImaMatch.LogAhead(2, 1), match(three, two.sha256()));
    assertEquals(new ImaMatch.None(2), match(two, three.sha256()));
    assertEquals(new ImaMatch.LogAhead(0, 2), match(two, Digest.zero(HashAlgorithm.SHA256)));
    assertEquals(
        new ImaMatch.Exact(0), match(TestImaLog.empty(), Digest.zero(HashAlgorithm.SHA256)));
  }

  private static ImaMatch match(TestImaLog log, Digest quoted) throws FormatException {
    return ImaLogs.replay(log.binary(), ImaFormat.BINARY, SHA256.lookingFor(quoted)).match();
  }

  @Test
  void countsWrongTemplateHashesAndOtherPcrs() throws FormatException {
    var log =
        TestImaLog.booted()
            .raw(10, Bytes.fromHex("11".repeat(20)), "ima-ng", good(), name("/x"))
            .raw(11, Bytes.fromHex("11".repeat(20)), "ima-ng", good(), name("/y"));
    var replay = ImaLogs.replay(log.binary(), ImaFormat.BINARY, SHA256);
    assertEquals(1, replay.wrongTemplateHashes());
    assertEquals(OptionalLong.of(1), replay.firstWrongTemplateHash());
    assertEquals(1, replay.otherPcrs());
    assertEquals(2, replay.entries());
    assertEquals(1, ImaLogs.replay(log.binary(), ImaFormat.BINARY, SHA256.withPcr(11)).entries());
  }

  private static TestImaLog.Field good() {
    return digest("sha256:", hash("sha256", "x"));
  }

  @Test
  void goesOnFromAStateOfTheSameBootOnly() throws FormatException {
    var known = TestImaLog.booted().ng("sha256", "/a");
    var longer = TestImaLog.booted().ng("sha256", "/a").ng("sha256", "/b");
    Digest aggregate =
        ImaLogs.entries(known.binary(), ImaFormat.BINARY)
            .getFirst()
            .digest()
            .flatMap(ImaDigest::digest)
            .orElseThrow();
    var state = new ImaState(ImaState.SCHEMA, 10, 2, known.sha256(), aggregate, 7);
    assertEquals(state, ImaState.parse(state.encode()));
    assertEquals(Optional.empty(), state.refusal(aggregate, 7));
    Bytes tail = longer.binary().slice(known.binary().size(), longer.binary().size());
    var replay = ImaLogs.replay(tail, ImaFormat.BINARY, state.start().lookingFor(longer.sha256()));
    assertEquals(new ImaMatch.Exact(3), replay.match());
    assertTrue(state.refusal(aggregate, 8).orElseThrow().contains("resetCount 8"));
    assertTrue(
        state.refusal(Digest.zero(HashAlgorithm.SHA256), 7).orElseThrow().contains("aggregate"));
  }

  @Test
  void knowsTheVariantsOfTheBootAggregate() {
    Map<Integer, Digest> pcrs = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      pcrs.put(i, HashAlgorithm.SHA256.digest(Bytes.utf8("pcr" + i)));
    }
    for (BootAggregate variant : BootAggregate.values()) {
      Digest aggregate = variant.of(HashAlgorithm.SHA256, pcrs).orElseThrow();
      assertEquals(Optional.of(variant), BootAggregate.find(aggregate, pcrs));
    }
    assertEquals(Optional.empty(), BootAggregate.find(Digest.zero(HashAlgorithm.SHA256), pcrs));
    pcrs.remove(9);
    assertEquals(Optional.empty(), BootAggregate.PCR_0_TO_9.of(HashAlgorithm.SHA256, pcrs));
  }
}
