// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.util.Arrays;

/** TPM2_GetRandom: as many calls as it takes. TPM 2.0 Part 3, 16.1. */
final class RandomBytes {
  private final TssContext tss;

  RandomBytes(TssContext tss) {
    this.tss = tss;
  }

  Bytes publicBytes(int count) throws IOException {
    byte[] random = bytes(count, Protection.NONE);
    return Bytes.copyOf(random);
  }

  byte[] secretBytes(int count) throws IOException {
    return bytes(count, Protection.OUTPUT);
  }

  private byte[] bytes(int count, Protection protection) throws IOException {
    var random = new byte[count];
    int filled = 0;
    while (filled < count) {
      byte[] more = once(Math.min(count - filled, HashAlgorithm.SHA256.size()), protection);
      int usable = Math.min(more.length, count - filled);
      if (usable == 0) {
        throw new IOException("the TPM gave no random bytes");
      }
      System.arraycopy(more, 0, random, filled, usable);
      Arrays.fill(more, (byte) 0);
      filled += usable;
    }
    return random;
  }

  private byte[] once(int count, Protection protection) throws IOException {
    int session = Authorization.protector(tss, protection);
    try (var call = tss.call("TPM2_GetRandom")) {
      var random = call.out();
      call.run((esys, context) ->
          esys.Esys_GetRandom(
              context, session, Esys.ESYS_TR_NONE, Esys.ESYS_TR_NONE, (short) count, random));
      return call.secret(TssType.TPM2B_DIGEST, random);
    }
  }
}
