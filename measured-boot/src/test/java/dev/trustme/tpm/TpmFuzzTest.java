// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.testing.HostileBytes;
import java.util.function.Function;

/** Only FormatException may escape, and what is read is written back byte for byte. */
class TpmFuzzTest {
  private interface Parser<T> {
    T parse(Bytes input) throws FormatException;
  }

  private static <T> void roundTrip(byte[] input, Parser<T> parser, Function<T, Bytes> encoder) {
    var bytes = Bytes.copyOf(input);
    try {
      assertEquals(bytes, encoder.apply(parser.parse(bytes)));
    } catch (FormatException e) {
      return;
    }
  }

  @FuzzTest
  void attest(byte[] input) {
    roundTrip(input, TpmsAttest::parse, TpmsAttest::encode);
  }

  @FuzzTest
  void signature(byte[] input) {
    roundTrip(input, TpmtSignature::parse, TpmtSignature::encode);
  }

  @FuzzTest
  void publicArea(byte[] input) {
    roundTrip(input, TpmtPublic::parseTpm2b, TpmtPublic::encodeTpm2b);
  }

  @FuzzTest
  void selection(byte[] input) {
    roundTrip(input, TpmlPcrSelection::parse, TpmlPcrSelection::encode);
  }

  @FuzzTest
  void credential(byte[] input) {
    roundTrip(input, CredentialBlob::parse, CredentialBlob::encode);
  }

  /** {@link HostileBytes} also holds the allocation to a multiple of the input. */
  private static <T> void hostile(byte[] input, Parser<T> parser, Function<T, Bytes> encoder) {
    HostileBytes.check(input, bytes -> assertEquals(bytes, encoder.apply(parser.parse(bytes))));
  }

  @FuzzTest
  void nvPublic(byte[] input) {
    hostile(input, TpmsNvPublic::parse, TpmsNvPublic::encode);
  }

  @FuzzTest
  void certifyInfo(byte[] input) {
    hostile(input, TpmsCertifyInfo::parse, TpmsCertifyInfo::encode);
  }

  @FuzzTest
  void sealedPublic(byte[] input) {
    hostile(input, SealedPublic::parseTpm2b, SealedPublic::encodeTpm2b);
  }

  @FuzzTest
  void savedContext(byte[] input) {
    hostile(input, SavedContext::parse, SavedContext::encode);
  }

  @FuzzTest
  void quotedPcrs(byte[] input) {
    hostile(input, QuotedPcrs::parse, QuotedPcrs::encode);
  }

  /** Two files in one input: a 16-bit size and the public one, then the private one. */
  @FuzzTest
  void keyBlob(byte[] input) {
    hostile(
        input,
        bytes -> {
          int size = bytes.size() < 2 ? 0 : bytes.at(0) << 8 | bytes.at(1);
          int end = Math.min(bytes.size(), 2 + size);
          return KeyBlob.parse(bytes.slice(0, end), bytes.slice(end, bytes.size()));
        },
        blob -> Bytes.concat(blob.encodePublic(), blob.encodePrivate()));
  }

  /** JSON has more than one spelling, so what is read need not be what would be written. */
  @FuzzTest
  void sealedFile(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var file = SealedFile.parse(bytes);
          assertEquals(file, SealedFile.parse(file.encode()));
        });
  }
}
