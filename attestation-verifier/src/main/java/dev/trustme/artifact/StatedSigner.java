// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a PKCS#7 signature says of its signer; nothing is verified.
 *
 * @param name issuer and serial number, or the key identifier
 * @param certificates those that travel with the signature
 */
public record StatedSigner(String name, String digest, List<X509CertificateHolder> certificates) {
  public StatedSigner {
    certificates = List.copyOf(certificates);
  }

  /** Of a signature as the kernel takes it, named in either way. */
  public static StatedSigner of(Bytes pkcs7) throws FormatException {
    var signature = Pkcs7Signature.parseAnyName(pkcs7);
    return new StatedSigner(
        signature.signerName(), signature.digestName(), signature.certificates());
  }

  /** The certificate among these that a signature names. */
  public static Optional<X509CertificateHolder> among(
      Bytes pkcs7, List<X509CertificateHolder> certificates) throws FormatException {
    var signature = Pkcs7Signature.parseAnyName(pkcs7);
    return certificates.stream().filter(signature::namesSigner).findFirst();
  }
}
