// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.MakeCredential;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSymDefObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;

/** A credential that one key in one TPM can open, and what opens nothing. */
public final class CredentialVectors {
  private static final String OURS =
      "made by this project, field by field, with keys that everybody can compute; Apache-2.0";

  /** Magic, version, the size of TPMS_ID_OBJECT and that of its HMAC. */
  private static final int HMAC = 4 + 4 + 2 + 2;

  private static final int IDENTITY = HMAC + 32;

  private CredentialVectors() {}

  /** The same bytes each time. */
  private static final class NoRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private byte next;

    @Override
    public void nextBytes(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = next++;
      }
    }
  }

  /** Writes the family anew. */
  public static void make(Path root) throws IOException, FormatException {
    var ek = SeededRsa.of("endorsement key", 2048, 65537);
    var name = SoftKeys.ak("attestation key").area().name();
    Bytes secret = HashAlgorithm.SHA256.digest(Bytes.utf8("secret")).value();
    Bytes credential = credential(ek, name, secret);
    var maker = new AttackMaker(root, "credential", OURS).file("credential.blob", credential);
    Map<String, String> context = new TreeMap<>();
    context.put("modulus", ek.modulus().toString(16));
    context.put("secret", ek.secret().toString(16));
    context.put("name", name.encode().hex());
    context.put("expected", secret.hex());
    var good =
        maker.accept(
            "good",
            "the TPM has both keys, and gives the secret out",
            Map.of("credential", "credential.blob"),
            context);
    var other = SoftKeys.ak("other").area().name().encode().hex();
    maker.context(good, "k07a-other-name", "another key is activated", "name", other, "integrity");
    maker.reject(
        good,
        "k07b-hmac-bit",
        "a bit of the HMAC changed",
        "credential",
        flipped(credential, HMAC),
        "integrity");
    maker.reject(
        good,
        "k07c-secret-bit",
        "a bit of the secret changed",
        "credential",
        flipped(credential, IDENTITY + 4),
        "integrity");
    int seed = credential.size() - 1;
    maker.reject(
        good,
        "k07d-seed-bit",
        "a bit of the encrypted seed changed",
        "credential",
        flipped(credential, seed),
        "seed");
    maker.reject(
        good,
        "k07e-other-endorsement-key",
        "a credential for another TPM",
        "credential",
        credential(SeededRsa.of("another endorsement key", 2048, 65537), name, secret.slice(0, 31)),
        "");
    maker.reject(
        good,
        "k07f-trailing-byte",
        "a byte after the credential",
        "credential",
        Bytes.concat(credential, Bytes.zeros(1)),
        "");
    maker.write(OURS);
  }

  private static Bytes flipped(Bytes credential, int offset) {
    return with(credential, offset, credential.at(offset) ^ 1);
  }

  private static Bytes credential(SeededRsa ek, TpmName name, Bytes secret) {
    var area =
        new TpmtPublic(
            HashAlgorithm.SHA256,
            new TpmaObject(0x000300b2L),
            Bytes.empty(),
            new TpmtPublic.Rsa(
                new TpmtSymDefObject(TpmAlgId.TPM_ALG_AES, 128, TpmAlgId.TPM_ALG_CFB),
                TpmtScheme.NULL,
                2048,
                0,
                ek.unique()));
    try {
      return new MakeCredential(area, new NoRandom()).wrap(name, secret).encode();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key protects", e);
    }
  }
}
