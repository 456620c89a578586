// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.CredentialBlob;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/**
 * What a TPM gives for a credential: TPM2_ActivateCredential, TPM 2.0 Part 1, 24 and B.10.4, with
 * an RSA endorsement key, AES-128-CFB and SHA-256. File credential, as tpm2-tools write it; context
 * modulus and secret of the endorsement key, name of the key that is activated, and expected, the
 * content. Accepted if the TPM would give that out.
 */
final class CredentialFamily {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA256;
  private static final int AES_BYTES = 16;

  private CredentialFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var blob = CredentialBlob.parse(input.file("credential"));
    try {
      return activated(input, blob);
    } catch (InvalidCipherTextException e) {
      return new Outcome(
          Expectation.reject,
          "seed %s…: %s".formatted(start(blob.encryptedSecret()).hex(), e.getMessage()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES and HMAC are there", e);
    }
  }

  private static Bytes start(Bytes encrypted) {
    return encrypted.slice(0, Math.min(encrypted.size(), 8));
  }

  private static Outcome activated(VectorInput input, CredentialBlob blob)
      throws FormatException, InvalidCipherTextException, GeneralSecurityException {
    Bytes name = Bytes.fromHex(input.context("name"));
    Bytes seed = seed(input, blob.encryptedSecret());
    var object = BinaryReader.bigEndian(blob.idObject(), "TPMS_ID_OBJECT");
    Bytes shown = object.bytes(object.u16());
    Bytes identity = object.rest();
    Bytes integrity =
        hmac(kdfa(seed, "INTEGRITY", Bytes.empty(), HASH.size()), Bytes.concat(identity, name));
    if (!shown.equals(integrity)) {
      return new Outcome(
          Expectation.reject, "integrity saw %s, not %s".formatted(shown.hex(), integrity.hex()));
    }
    var cipher = Cipher.getInstance("AES/CFB/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(kdfa(seed, "STORAGE", name, AES_BYTES).toArray(), "AES"),
        new IvParameterSpec(new byte[AES_BYTES]));
    Bytes padded = BinaryWriter.bigEndian().bytes(identity).align(AES_BYTES).toBytes();
    Bytes plain = Bytes.copyOf(cipher.doFinal(padded.toArray())).slice(0, identity.size());
    var content = BinaryReader.bigEndian(plain, "credential");
    Bytes given = content.bytes(content.u16());
    return given.hex().equals(input.context("expected"))
        ? Outcome.ACCEPTED
        : new Outcome(Expectation.reject, "content saw " + given.hex());
  }

  private static Bytes seed(VectorInput input, Bytes encrypted) throws InvalidCipherTextException {
    var engine =
        new OAEPEncoding(
            new RSAEngine(),
            new SHA256Digest(),
            new SHA256Digest(),
            Bytes.utf8("IDENTITY\0").toArray());
    engine.init(
        false,
        new RSAKeyParameters(
            true,
            new BigInteger(input.context("modulus"), 16),
            new BigInteger(input.context("secret"), 16)));
    return Bytes.copyOf(engine.processBlock(encrypted.toArray(), 0, encrypted.size()));
  }

  /** KDFa of one block. TPM 2.0 Part 1, 11.4.10.2. */
  private static Bytes kdfa(Bytes key, String label, Bytes context, int bytes)
      throws GeneralSecurityException {
    Bytes block =
        Bytes.concat(
            BinaryWriter.bigEndian().u32(1).toBytes(),
            Bytes.utf8(label + "\0"),
            context,
            BinaryWriter.bigEndian().u32(8L * bytes).toBytes());
    return hmac(key, block).slice(0, bytes);
  }

  private static Bytes hmac(Bytes key, Bytes message) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
    return Bytes.copyOf(mac.doFinal(message.toArray()));
  }
}
