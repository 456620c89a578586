// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtScheme;
import java.io.IOException;

/** What the tests of this package share. */
final class LiveTpm {
  static final TpmtScheme ECDSA = TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA256);

  private LiveTpm() {}

  static TssContext open(SoftwareTpm tpm) throws IOException, FormatException {
    return TssContext.open(Tcti.parse(tpm.tcti()));
  }

  /** A P-256 attestation key under the endorsement key; the endorsement key is gone again. */
  static TpmObject attestationKey(TssContext tss) throws IOException {
    try (var ek = tss.endorsementKeys().create(EkTemplate.L_2)) {
      var template = KeyTemplates.attestation(KeyAlgorithm.P256, ECDSA);
      return tss.keys().load(ek, tss.keys().create(ek, template, Secret.none()).blob());
    }
  }

  static TpmObject storageRoot(TssContext tss) throws IOException {
    return tss.keys().primary(Hierarchy.TPM_RH_OWNER, KeyTemplates.storageRoot());
  }

  static String words(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  /** The TPM holds no transient object and no session: whatever was done was tidied up. */
  static void assertNothingLeft(SoftwareTpm tpm) throws IOException, InterruptedException {
    for (String kind :
        new String[] {"handles-transient", "handles-loaded-session", "handles-saved-session"}) {
      assertEquals("", tpm.run("tpm2_getcap", kind).strip(), kind);
    }
  }
}
