// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.DigestInfo;

/**
 * What an Authenticode signature says of its image. Windows Authenticode PE Signature Format 1.0:
 *
 * <pre>
 * SpcIndirectDataContent { data { type OBJECT IDENTIFIER,
 *   value SpcPeImageData { flags BIT STRING, file [0] EXPLICIT SpcLink OPTIONAL } },
 *   messageDigest DigestInfo }
 * </pre>
 *
 * <p>The type should be 1.3.6.1.4.1.311.2.1.15; pesign writes another, and nobody reads it.
 *
 * @param algorithm the digest's, whatever it is
 * @param digest of the size that a known algorithm has
 */
record SpcIndirectData(
    ASN1ObjectIdentifier algorithm, Bytes digest, Optional<PageHashes> pageHashes) {
  private static final String STRUCTURE = "SpcIndirectDataContent";
  private static final Map<ASN1ObjectIdentifier, HashAlgorithm> DIGESTS =
      Map.of(
          OIWObjectIdentifiers.idSHA1, HashAlgorithm.SHA1,
          NISTObjectIdentifiers.id_sha256, HashAlgorithm.SHA256,
          NISTObjectIdentifiers.id_sha384, HashAlgorithm.SHA384,
          NISTObjectIdentifiers.id_sha512, HashAlgorithm.SHA512);

  static SpcIndirectData read(ASN1Encodable content) throws FormatException {
    try {
      var both = ASN1Sequence.getInstance(content);
      var data = ASN1Sequence.getInstance(both.getObjectAt(0));
      boolean typed = data.getObjectAt(0) instanceof ASN1ObjectIdentifier;
      var peImage = ASN1Sequence.getInstance(data.getObjectAt(1));
      boolean flags = peImage.getObjectAt(0).toASN1Primitive() instanceof ASN1BitString;
      if (both.size() == 2 && data.size() == 2 && typed && flags) {
        Optional<PageHashes> pages =
            peImage.size() > 1 ? PageHashes.read(peImage.getObjectAt(1)) : Optional.empty();
        return of(DigestInfo.getInstance(both.getObjectAt(1)), pages);
      }
    } catch (IllegalArgumentException | NullPointerException | ArrayIndexOutOfBoundsException e) {
      // Said below.
    }
    throw new FormatException(STRUCTURE, 0, "is not what it should be");
  }

  private static SpcIndirectData of(DigestInfo info, Optional<PageHashes> pages)
      throws FormatException {
    var algorithm = info.getAlgorithmId().getAlgorithm();
    var digest = Bytes.copyOf(info.getDigest());
    var known = Optional.ofNullable(DIGESTS.get(algorithm));
    if (known.isPresent() && known.get().size() != digest.size()) {
      throw new FormatException(
          STRUCTURE,
          0,
          "a digest of %d bytes for %s".formatted(digest.size(), known.get().label()));
    }
    return new SpcIndirectData(algorithm, digest, pages);
  }

  /** The image's digest by an algorithm that counts: SHA-256, SHA-384 or SHA-512. */
  Optional<Digest> trusted() {
    return Optional.ofNullable(DIGESTS.get(algorithm))
        .filter(known -> known != HashAlgorithm.SHA1)
        .map(known -> new Digest(known, digest));
  }

  /** For people: {@code sha256:…}, or the number of an algorithm that has no name here. */
  @Override
  public String toString() {
    var known = DIGESTS.get(algorithm);
    return known == null ? "algorithm " + algorithm : new Digest(known, digest).toString();
  }
}
