// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.TpmtPublic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;

/**
 * A key that only its TPM can load, as OpenSSL's TPM providers keep one in a file. ASN.1
 * Specification for TPM 2.0 Key Files, 3.1:
 *
 * <pre>
 * TPMKey ::= SEQUENCE {
 *   type       OBJECT IDENTIFIER,          -- 2.23.133.10.1.3, a loadable key
 *   emptyAuth  [0] EXPLICIT BOOLEAN OPTIONAL, -- in the field true is 01 or ff
 *   ...                                    -- policies and secrets: not read
 *   parent     INTEGER,                    -- a persistent handle or a hierarchy
 *   pubkey     OCTET STRING,               -- TPM2B_PUBLIC
 *   privkey    OCTET STRING }              -- TPM2B_PRIVATE
 * </pre>
 *
 * @param emptyAuth whether the key is used without an authorization value
 * @param parent a handle: 0x40000001 is the owner's storage key, made anew each time
 */
record Tss2PrivateKey(boolean emptyAuth, long parent, KeyBlob blob) {
  static final String PEM = "TSS2 PRIVATE KEY";
  static final long OWNER = 0x40000001L;

  private static final ASN1ObjectIdentifier LOADABLE = new ASN1ObjectIdentifier("2.23.133.10.1.3");

  static Tss2PrivateKey parse(byte[] der) throws FormatException {
    try {
      var key = ASN1Primitive.fromByteArray(der);
      if (key instanceof ASN1Sequence sequence) {
        return read(sequence);
      }
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      // Said below.
    }
    throw malformed("is no TPMKey");
  }

  private static Tss2PrivateKey read(ASN1Sequence sequence) throws FormatException {
    List<ASN1Encodable> fields = new ArrayList<>();
    sequence.forEach(fields::add);
    boolean emptyAuth = false;
    if (fields.size() > 1 && fields.get(1) instanceof ASN1TaggedObject tagged) {
      emptyAuth = emptyAuth(tagged);
      fields.remove(1);
    }
    if (fields.size() != 4) {
      throw malformed("expected a key without policies");
    }
    if (!LOADABLE.equals(fields.get(0))) {
      throw malformed("expected a loadable key (%s), found %s".formatted(LOADABLE, fields.get(0)));
    }
    var blob = KeyBlob.parse(octets(fields.get(2), "pubkey"), octets(fields.get(3), "privkey"));
    return new Tss2PrivateKey(emptyAuth, parent(fields.get(1)), blob);
  }

  private static boolean emptyAuth(ASN1TaggedObject tagged) throws FormatException {
    if (!tagged.hasContextTag(0)) {
      throw malformed(
          "has field [%d], a policy or secret; this program uses keys without them"
              .formatted(tagged.getTagNo()));
    }
    return tagged.getExplicitBaseObject() instanceof ASN1Boolean value && value.isTrue();
  }

  private static long parent(ASN1Encodable field) throws FormatException {
    if (field instanceof ASN1Integer value && value.getValue().bitLength() <= 32) {
      long handle = value.getValue().longValueExact();
      if (handle == OWNER || KeyReferenceReader.persistent(handle)) {
        return handle;
      }
    }
    throw malformed(
        "expected the owner hierarchy or a persistent handle as parent, found " + field);
  }

  private static Bytes octets(ASN1Encodable field, String name) throws FormatException {
    if (field instanceof ASN1OctetString octets) {
      return Bytes.copyOf(octets.getOctets());
    }
    throw malformed("expected the OCTET STRING " + name);
  }

  /** The key's public area. */
  TpmtPublic publicArea() throws FormatException {
    return TpmtPublic.parse(blob.publicArea());
  }

  /**
   * DER; a false emptyAuth is written too, as OpenSSL's tpm2 provider takes its absence for true.
   */
  Bytes encode() {
    List<ASN1Encodable> fields = new ArrayList<>();
    fields.add(LOADABLE);
    fields.add(new DERTaggedObject(true, 0, ASN1Boolean.getInstance(emptyAuth)));
    fields.add(new ASN1Integer(parent));
    fields.add(new DEROctetString(blob.encodePublic().toArray()));
    fields.add(new DEROctetString(blob.encodePrivate().toArray()));
    try {
      return Bytes.copyOf(new DERSequence(fields.toArray(ASN1Encodable[]::new)).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a key file encodes", e);
    }
  }

  private static FormatException malformed(String problem) {
    return new FormatException("TPMKey", 0, problem);
  }
}
