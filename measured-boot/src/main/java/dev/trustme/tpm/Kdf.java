// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The TPM's key derivation functions. TPM 2.0 Part 1, 11.4.10. */
final class Kdf {
  private Kdf() {}

  /** KDFa: SP 800-108 in counter mode over HMAC; the label gets its closing zero here. */
  static Bytes kdfa(
      HashAlgorithm hash, Bytes key, String label, Bytes contextU, Bytes contextV, int bits) {
    var out = BinaryWriter.bigEndian();
    for (int counter = 1; out.size() * 8 < bits; counter++) {
      out.bytes(
          hmac(
              hash,
              key,
              BinaryWriter.bigEndian()
                  .u32(counter)
                  .bytes(Bytes.utf8(label + "\0"))
                  .bytes(contextU)
                  .bytes(contextV)
                  .u32(bits)
                  .toBytes()));
    }
    return out.toBytes().slice(0, bits / 8);
  }

  /** KDFe: SP 800-56A over a hash, from an ECDH shared x coordinate. */
  static Bytes kdfe(
      HashAlgorithm hash, Bytes z, String label, Bytes partyU, Bytes partyV, int bits) {
    var out = BinaryWriter.bigEndian();
    for (int counter = 1; out.size() * 8 < bits; counter++) {
      var round = BinaryWriter.bigEndian().u32(counter).bytes(z).bytes(Bytes.utf8(label + "\0"));
      out.bytes(hash.digest(round.bytes(partyU).bytes(partyV).toBytes()).value());
    }
    return out.toBytes().slice(0, bits / 8);
  }

  static Bytes hmac(HashAlgorithm hash, Bytes key, Bytes... parts) {
    String name = "Hmac" + hash.jcaName().replace("SHA-", "SHA");
    try {
      var mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key.toArray(), name));
      for (Bytes part : parts) {
        mac.update(part.buffer());
      }
      return Bytes.copyOf(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + name, e);
    }
  }
}
