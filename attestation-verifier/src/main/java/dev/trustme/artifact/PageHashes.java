// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.StrictDer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;

/**
 * Digests of an image's pages, which UEFI does not use: SpcSerializedObject of class a6b586d5-…, an
 * attribute 1.3.6.1.4.1.311.2.3.1 (SHA-1) or .2 (SHA-256) whose value is a sequence of UINT32 file
 * offset (little-endian) and digest, offsets ascending. Windows Authenticode PE Signature Format
 * 1.0, "SpcPeImageData".
 */
public record PageHashes(HashAlgorithm algorithm, List<Page> pages) {
  static final String STRUCTURE = "Authenticode page hashes";
  private static final Bytes CLASS = Bytes.fromHex("a6b586d5b4a12466ae05a217da8e60d6");
  private static final Map<ASN1ObjectIdentifier, HashAlgorithm> TYPES =
      Map.of(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.3.1"), HashAlgorithm.SHA1,
          new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.3.2"), HashAlgorithm.SHA256);

  public PageHashes {
    pages = List.copyOf(pages);
  }

  /** One page, or the end of the image with a digest of zeros. */
  public record Page(long offset, Bytes digest) {}

  /** The hashes in the field {@code file} of SpcPeImageData; empty where it is a name. */
  static Optional<PageHashes> read(ASN1Encodable file) throws FormatException {
    try {
      var link =
          ASN1TaggedObject.getInstance(file, BERTags.CONTEXT_SPECIFIC, 0).getExplicitBaseTagged();
      if (link.getTagNo() != 1) {
        return Optional.empty();
      }
      var object = ASN1Sequence.getInstance(link, false);
      if (object.size() != 2 || !octets(object.getObjectAt(0)).equals(CLASS)) {
        throw new FormatException(STRUCTURE, 0, "an object of an unknown class");
      }
      return Optional.of(serialized(octets(object.getObjectAt(1))));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new FormatException(STRUCTURE, 0, "are not what they should be");
    }
  }

  private static Bytes octets(ASN1Encodable value) {
    return Bytes.copyOf(ASN1OctetString.getInstance(value).getOctets());
  }

  private static PageHashes serialized(Bytes der) throws FormatException {
    var attributes = ASN1Set.getInstance(StrictDer.parse(der, STRUCTURE));
    if (attributes.size() != 1) {
      throw new FormatException(STRUCTURE, 0, "expected one attribute, found " + attributes.size());
    }
    var attribute = ASN1Sequence.getInstance(attributes.getObjectAt(0));
    var algorithm = TYPES.get(ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0)));
    var values = ASN1Set.getInstance(attribute.getObjectAt(1));
    if (algorithm == null || values.size() != 1) {
      throw new FormatException(STRUCTURE, 0, "an attribute of an unknown kind");
    }
    return new PageHashes(algorithm, pages(octets(values.getObjectAt(0)), algorithm));
  }

  private static List<Page> pages(Bytes table, HashAlgorithm algorithm) throws FormatException {
    int entry = 4 + algorithm.size();
    if (table.isEmpty() || table.size() % entry != 0) {
      throw new FormatException(
          STRUCTURE, 0, "%d bytes, which are no multiple of %d".formatted(table.size(), entry));
    }
    var reader = BinaryReader.littleEndian(table, STRUCTURE);
    List<Page> pages = new ArrayList<>();
    while (reader.hasRemaining()) {
      long offset = reader.u32();
      if (!pages.isEmpty() && offset <= pages.getLast().offset()) {
        throw reader.malformed("offset %d is out of order".formatted(offset));
      }
      pages.add(new Page(offset, reader.bytes(algorithm.size())));
    }
    return pages;
  }
}
