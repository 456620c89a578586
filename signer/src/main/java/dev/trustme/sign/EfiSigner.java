// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.PeImage;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** Signs an EFI program for firmware. RSA only, which is what firmware verifies everywhere. */
public final class EfiSigner {
  private final RoleKey key;
  private final Pkcs7Signer signer;

  public EfiSigner(RoleKey key) {
    if (!takes(key)) {
      throw new IllegalArgumentException("firmware verifies RSA signatures only");
    }
    this.key = key;
    this.signer = new Pkcs7Signer(key);
  }

  /** Whether firmware everywhere verifies signatures by such a key. */
  public static boolean takes(RoleKey key) {
    var algorithm = key.key().publicKey().getAlgorithm().getAlgorithm();
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  /** The signed file; an image that carries a signature already is an IllegalArgumentException. */
  public Bytes sign(PeImage image) throws FormatException {
    if (!image.certificates().isEmpty()) {
      throw new IllegalArgumentException("the image is signed already");
    }
    return replace(image);
  }

  /** The file with this signature alone. */
  public Bytes replace(PeImage image) throws FormatException {
    return SignatureTable.write(image, List.of(signature(image)));
  }

  /** The file with this signature behind those that it has. */
  public Bytes add(PeImage image) throws FormatException {
    return SignatureTable.add(image, signature(image));
  }

  private Bytes signature(PeImage image) throws FormatException {
    return signer.authenticode(image.authenticodeDigest(HashAlgorithm.SHA256));
  }

  /** Whether the image carries a good signature by this key's certificate already. */
  public boolean signed(PeImage image) throws FormatException {
    for (var certificate : image.certificates()) {
      if (AuthenticodeSignature.parse(certificate.signedData()).isBy(key.certificate(), image)) {
        return true;
      }
    }
    return false;
  }
}
