// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.identity;

import dev.trustme.bytes.Bytes;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tss.EndorsementKeys.NvCertificate;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which of a TPM's keys are the device's.
 *
 * @param endorsement the template of the endorsement key
 * @param ak persistent handle of the attestation key
 * @param identity persistent handle of the identity key
 */
public record KeyPlaces(EkTemplate endorsement, long ak, long identity) {
  /** Where the attestation key is kept unless told otherwise. */
  public static final String AK = "0x81010002";

  /** Where the identity key is kept unless told otherwise. */
  public static final String IDENTITY = "0x81010003";

  /** The first template that the TPM holds a certificate for, in the profile's order. */
  public static Optional<EkTemplate> certified(TssContext tss) throws IOException {
    List<NvCertificate> certificates = tss.endorsementKeys().certificates();
    return Arrays.stream(EkTemplate.values())
        .filter(t -> certificates.stream().anyMatch(c -> c.nvIndex() == t.certificateIndex()))
        .findFirst();
  }

  /** The certificate of the endorsement key in NV memory. */
  Optional<Bytes> certificate(TssContext tss) throws IOException {
    return tss.endorsementKeys().certificates().stream()
        .filter(c -> c.nvIndex() == endorsement.certificateIndex())
        .map(NvCertificate::der)
        .findFirst();
  }
}
