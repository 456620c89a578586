// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeferredKeyTest {
  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  private static SignatureAlgorithm algorithm(SigningKey key) {
    return SignatureAlgorithm.of(key.algorithm()).orElseThrow();
  }

  /** Recorded far from the key, signed by its digest, verified as if the key had been here. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_NONE,
      names = {"RSA.*3072", "RSA.*4096"})
  void whatIsRecordedIsWhatTheKeySigns(KeyType type) {
    try (var key = SigningKey.generate(type)) {
      List<ToBeSigned> asked = new ArrayList<>();
      var afar =
          DeferredKey.of(
                  key.publicKey(),
                  ArtifactKind.LAYER,
                  item -> {
                    asked.add(item);
                    return Placeholder.of(key.publicKey(), item.by());
                  })
              .orElseThrow();
      Bytes placeholder = afar.sign(MESSAGE);
      var item = asked.getFirst();
      var by = algorithm(key);
      assertEquals(by, item.by());
      assertEquals(MESSAGE, item.covered());
      assertFalse(SigningKey.verifies(key.publicKey(), by, item.input(), placeholder));
      Bytes signature = key.signDigest(by, item.input());
      assertTrue(SigningKey.verifies(key.publicKey(), by, item.input(), signature));
      boolean random = by instanceof SignatureAlgorithm.RsaPss;
      assertEquals(!random, signature.equals(key.sign(MESSAGE)));
      boolean fixed = !(by instanceof SignatureAlgorithm.Ecdsa);
      assertTrue(!fixed || placeholder.size() == signature.size());
      Bytes other = by.digest().map(h -> Bytes.zeros(h.size())).orElse(Bytes.utf8("another"));
      assertFalse(SigningKey.verifies(key.publicKey(), by, other, signature));
      Bytes longer = Bytes.concat(Bytes.zeros(1), signature);
      assertFalse(SigningKey.verifies(key.publicKey(), by, item.input(), longer));
    }
  }

  @Test
  void wordsGoWithTheSignatureAndLargeMessagesStay() {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      List<ToBeSigned> asked = new ArrayList<>();
      DeferredKey.Desk desk =
          item -> {
            asked.add(item);
            return Bytes.empty();
          };
      var afar = DeferredKey.of(key.publicKey(), ArtifactKind.LAYER, desk).orElseThrow();
      var subject =
          new Subject(
              ArtifactKind.KERNEL_MODULE,
              "m.ko",
              HashAlgorithm.SHA256.digest(MESSAGE),
              Map.of("size", "14"));
      var unused = afar.about(subject).sign(MESSAGE);
      unused = afar.sign(Bytes.zeros((1 << 20) + 1));
      assertEquals(Optional.of(subject), asked.get(0).subject());
      assertEquals(ArtifactKind.KERNEL_MODULE, asked.get(0).kind());
      assertTrue(asked.get(0).message().isEmpty());
      assertTrue(asked.get(1).message().isEmpty());
      assertEquals(ArtifactKind.LAYER, asked.get(1).kind());
    }
  }

  @Test
  void aDigestOfAnotherSizeIsRefused() {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      var by = algorithm(key);
      assertThrows(IllegalArgumentException.class, () -> key.signDigest(by, MESSAGE));
    }
  }
}
