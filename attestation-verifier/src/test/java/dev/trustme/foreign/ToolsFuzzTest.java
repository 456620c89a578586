// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.HostileBytes;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;

/** Whatever the bytes: a signature or a key, or a FormatException. */
class ToolsFuzzTest {
  private static final TpmtPublic P256 =
      KeyTemplates.attestation(
          KeyAlgorithm.P256, TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA256));
  private static final TpmtSignature SIGNATURE =
      new TpmtSignature.Ecdsa(HashAlgorithm.SHA256, Bytes.zeros(32), Bytes.zeros(32));

  @FuzzTest
  void plain(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var read = (TpmtSignature.Ecdsa) ToolsKey.plain(bytes, P256);
          assertEquals(64, read.signatureR().size() + read.signatureS().size());
        });
  }

  @FuzzTest
  void pem(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var area = ToolsKey.fromPem(bytes, SIGNATURE);
          assertEquals(area, TpmtPublic.parseTpm2b(area.encodeTpm2b()));
        });
  }
}
