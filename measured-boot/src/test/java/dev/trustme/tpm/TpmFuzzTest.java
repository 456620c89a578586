// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
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
}
