// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerLogTest {
  static final Set<HashAlgorithm> BANKS = Set.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384);

  static ContainerLog log() {
    return ContainerLog.empty()
        .with(CelRecord.of(0, 13, event(0), BANKS))
        .with(CelRecord.of(1, 13, event(1), BANKS));
  }

  private static ContainerEvent event(long sequence) {
    return new ContainerEvent(
        digest("manifest"),
        digest("root"),
        digest("launch"),
        "verified-at-start",
        ContainerEvent.NO_LABEL,
        Optional.empty(),
        sequence);
  }

  private static Digest digest(String of) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(of));
  }

  @Test
  void readsAndWritesTheSameBytes() throws FormatException {
    assertEquals(log(), ContainerLog.parse(log().encode()));
    assertEquals(ContainerLog.empty(), ContainerLog.parse(Bytes.empty()));
  }

  @Test
  void namesItsFieldsAsTheFormatDoes() {
    String line = log().records().getFirst().encode().utf8();
    assertTrue(
        line.startsWith("{\"recnum\":0,\"pcr\":13,\"digests\":[{\"hashAlg\":\"sha256\","), line);
    assertTrue(line.contains("\"content_type\":\"trustme-container\",\"content\":{\"string\":"));
  }

  @Test
  void replaysToTheExtensionOfTheStrings() {
    var first = HashAlgorithm.SHA384.digest(event(0).encode());
    var second = HashAlgorithm.SHA384.digest(event(1).encode());
    assertEquals(
        Digest.zero(HashAlgorithm.SHA384).extend(first).extend(second),
        log().replay(HashAlgorithm.SHA384));
    assertEquals(
        Digest.zero(HashAlgorithm.SHA384).extend(first),
        log().shorter().replay(HashAlgorithm.SHA384));
  }

  @Test
  void rejectsWhatDiffersInOneThing() {
    String good = log().encode().utf8();
    String digest = HashAlgorithm.SHA256.digest(event(0).encode()).hex();
    var bad =
        List.of(
            good.strip(),
            good.replace(digest, "00".repeat(32)),
            good.replace("\"recnum\":1", "\"recnum\":2"),
            good.replaceFirst("\"pcr\":13", "\"pcr\":14"),
            good.replaceFirst("\"pcr\":13", "\"pcr\":24"),
            good.replaceFirst("trustme-container", "other"),
            good.replaceFirst("sha384", "sha256"),
            good.replaceFirst("\"recnum\":0,", ""),
            good.replaceFirst("\"recnum\":0,", "\"recnum\":0,\"x\":1,"));
    for (String text : bad) {
      assertThrows(FormatException.class, () -> ContainerLog.parse(Bytes.utf8(text)), text);
    }
  }

  @Test
  void rejectsAnEventInAnotherSpelling() {
    for (String change : List.of(" {", "{\"x\":1,", "{ ")) {
      String text = event(0).encode().utf8().replaceFirst("\\{", change);
      assertThrows(FormatException.class, () -> ContainerEvent.parse(Bytes.utf8(text)), text);
    }
  }
}
