// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static dev.trustme.artifact.TestSignedData.CERTIFICATE;
import static dev.trustme.artifact.TestSignedData.sign;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.junit.jupiter.api.Test;

/** Updates signed with attributes, RFC 5652, 5.4; each differs in one thing from one that fits. */
class UpdateSignatureTest {
  private static final EfiTime TIME = EfiTime.of(Instant.parse("2026-11-22T10:14:03Z"));
  private static final VariableUpdate UPDATE = update(SignatureVariable.KEK, false);
  private static final Bytes DIGEST = HashAlgorithm.SHA256.digest(UPDATE.signedBytes()).value();
  private static final Attribute TYPE =
      new Attribute(CMSAttributes.contentType, new DERSet(PKCSObjectIdentifiers.data));

  private static VariableUpdate update(SignatureVariable variable, boolean append) {
    return new VariableUpdate(variable, append, TIME, Bytes.utf8("content"));
  }

  private static Attribute digest(ASN1Encodable... values) {
    return new Attribute(CMSAttributes.messageDigest, new DERSet(values));
  }

  private static ASN1Encodable octets(Bytes value) {
    return new DEROctetString(value.toArray());
  }

  /** In the order that DER has them in: the shorter first. */
  private static TestSignedData with(ASN1Encodable... attributes) {
    var signed = new TestSignedData();
    signed.certificates = List.of(CERTIFICATE);
    signed.attributes = List.of(attributes);
    signed.value = sign("SHA256withRSA", signed.signedAttributes());
    return signed;
  }

  private static Check check(TestSignedData signed, VariableUpdate update) throws FormatException {
    var parsed = Pkcs7Signature.parseSignedData(signed.encode());
    return UpdateSignature.of(parsed).orElseThrow().check(update);
  }

  private static void assertFits(boolean fits, TestSignedData signed) throws FormatException {
    assertEquals(fits ? Check.Result.PASS : Check.Result.FAIL, check(signed, UPDATE).result());
  }

  @Test
  void attributesNameTheTypeAndTheDigest() throws FormatException {
    assertFits(true, with(TYPE, digest(octets(DIGEST))));
    assertFits(false, with(digest(octets(DIGEST))));
    assertFits(false, with(TYPE));
    var other =
        new Attribute(CMSAttributes.contentType, new DERSet(PKCSObjectIdentifiers.signedData));
    assertFits(false, with(other, digest(octets(DIGEST))));
    assertFits(false, with(TYPE, digest(octets(Bytes.zeros(32)))));
    assertFits(false, with(TYPE, digest(new DERUTF8String("x"))));
  }

  @Test
  void whatIsThereTwiceSaysNothing() throws FormatException {
    assertFits(false, with(TYPE, TYPE, digest(octets(DIGEST))));
    assertFits(false, with(TYPE, digest(octets(DIGEST), octets(DIGEST))));
    assertFits(false, with(TYPE, digest(octets(DIGEST)), digest(octets(DIGEST))));
  }

  @Test
  void theAttributesAreSigned() throws FormatException {
    var signed = with(TYPE, digest(octets(DIGEST)));
    signed.value = sign("SHA256withRSA", UPDATE.signedBytes());
    assertFits(false, signed);
    signed.value = Bytes.zeros(256);
    assertFits(false, signed);
    assertFits(false, with(digest(octets(DIGEST)), TYPE));
  }

  @Test
  void aDigestThatFirmwareDoesNotKnowFitsNothing() throws FormatException {
    var signed = with(TYPE, digest(octets(DIGEST)));
    signed.digest = NISTObjectIdentifiers.id_sha224;
    assertFits(false, signed);
  }

  @Test
  void withoutAttributesTheUpdateItselfIsSigned() throws FormatException {
    var signed = with();
    signed.value = sign("SHA256withRSA", UPDATE.signedBytes());
    assertFits(true, signed);
    assertEquals("by CN=signer", check(signed, UPDATE).seen());
    signed.value = sign("SHA256withRSA", Bytes.empty());
    assertEquals("update-signature", check(signed, UPDATE).id());
  }

  @Test
  void theMistakeIsNamed() throws FormatException {
    var signed = with();
    signed.value = sign("SHA256withRSA", UPDATE.signedBytes());
    var complete = check(signed, update(SignatureVariable.KEK, true));
    assertEquals("update-attributes", complete.id());
    assertEquals("it only takes effect as a complete update", complete.advice());
    signed.value = sign("SHA256withRSA", update(SignatureVariable.KEK, true).signedBytes());
    var append = check(signed, UPDATE);
    assertEquals("update-attributes", append.id());
    assertEquals("it only takes effect as an append", append.advice());
    for (boolean asAppend : new boolean[] {true, false}) {
      signed.value = sign("SHA256withRSA", update(SignatureVariable.db, asAppend).signedBytes());
      assertEquals("update-variable", check(signed, UPDATE).id());
    }
  }

  @Test
  void theSignerTravelsAlong() throws FormatException {
    var signed = with();
    signed.certificates = List.of();
    var parsed = Pkcs7Signature.parseSignedData(signed.encode());
    assertEquals(true, UpdateSignature.of(parsed).isEmpty());
    assertEquals(true, parsed.attribute(CMSAttributes.contentType).isEmpty());
    var broken = with(new Attribute(CMSAttributes.contentType, new DERSet(DERNull.INSTANCE)));
    assertFits(false, broken);
  }
}
