// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureVariable;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whether the signature of a file fits an update, with signed attributes or without: RFC 5652, 5.4.
 * What is signed is not in the file, so where it does not fit, the usual mistakes are tried: the
 * answer then says which one was made.
 */
final class UpdateSignature {
  private static final String ID = "update-signature";

  private final Pkcs7Signature signature;
  private final X509CertificateHolder signer;

  private UpdateSignature(Pkcs7Signature signature, X509CertificateHolder signer) {
    this.signature = signature;
    this.signer = signer;
  }

  /** Empty where the signer's certificate does not travel with the signature. */
  static Optional<UpdateSignature> of(Pkcs7Signature signature) {
    return signature.certificates().stream()
        .filter(signature::namesSigner)
        .findFirst()
        .map(signer -> new UpdateSignature(signature, signer));
  }

  X509CertificateHolder signer() {
    return signer;
  }

  boolean fits(VariableUpdate update) {
    return fits(update.signedBytes());
  }

  private boolean fits(Bytes message) {
    return signature.hasAttributes()
        ? typed() && digested(message) && attributesSigned()
        : signature.verifies(signer, message);
  }

  /** contentType says pkcs7-data. */
  private boolean typed() {
    try {
      return signature
          .attribute(CMSAttributes.contentType)
          .filter(type -> PKCSObjectIdentifiers.data.equals(type.toASN1Primitive()))
          .isPresent();
    } catch (FormatException e) {
      return false; // What is there twice says nothing.
    }
  }

  private boolean digested(Bytes message) {
    try {
      var digest = signature.attribute(CMSAttributes.messageDigest);
      return digest.isPresent()
          && digest.get() instanceof ASN1OctetString octets
          && signature.digestAlgorithm().isPresent()
          && Bytes.copyOf(octets.getOctets())
              .equals(signature.digestAlgorithm().get().digest(message).value());
    } catch (FormatException e) {
      return false;
    }
  }

  private boolean attributesSigned() {
    try {
      return signature.verifies(signer, signature.signedAttributes());
    } catch (FormatException e) {
      return false; // Attributes out of order are not what was signed.
    }
  }

  /** PASS, or the mistake by its name. */
  Check check(VariableUpdate update) {
    if (fits(update)) {
      return Check.pass(ID, "by " + signer.getSubject());
    }
    // What is asked below is asked of one key, many times: of none, if that is no key.
    if (!SignatureScheme.isKey(signer.getSubjectPublicKeyInfo())) {
      return Check.fail(ID, "a key that can verify it", "no such key: " + signer.getSubject());
    }
    return otherVariable(update)
        .or(() -> otherAttributes(update))
        .or(() -> otherVendor(update))
        .or(() -> nameWithNul(update))
        .or(this::brokenAttributes)
        .orElseGet(() ->
            Check.fail(
                ID,
                "a signature over %s, attributes 0x%x, time and content"
                    .formatted(update.variable(), update.attributes()),
                "none that fits"));
  }

  private Optional<Check> otherVariable(VariableUpdate update) {
    return Arrays.stream(SignatureVariable.values())
        .filter(v -> v.authenticated() && v != update.variable())
        .flatMap(v ->
            Stream.of(update.append(), !update.append())
                .map(append -> new VariableUpdate(v, append, update.time(), update.data())))
        .filter(this::fits)
        .findFirst()
        .map(other ->
            Check.fail(
                "update-variable",
                "%s, attributes 0x%x".formatted(update.variable(), update.attributes()),
                "signed for %s, attributes 0x%x".formatted(other.variable(), other.attributes())));
  }

  private Optional<Check> otherAttributes(VariableUpdate update) {
    var other =
        new VariableUpdate(update.variable(), !update.append(), update.time(), update.data());
    return fits(other)
        ? Optional.of(
            Check.fail(
                    "update-attributes",
                    "0x%x".formatted(update.attributes()),
                    "signed for 0x%x".formatted(other.attributes()))
                .advise(
                    other.append()
                        ? "it only takes effect as an append"
                        : "it only takes effect as a complete update"))
        : Optional.empty();
  }

  private Optional<Check> otherVendor(VariableUpdate update) {
    var vendor = update.variable().vendor();
    var other =
        vendor.equals(EfiGuid.GLOBAL_VARIABLE)
            ? EfiGuid.IMAGE_SECURITY_DATABASE
            : EfiGuid.GLOBAL_VARIABLE;
    return fits(update.signedBytes(update.variable().name(), other))
        ? Optional.of(
            Check.fail("update-vendor", vendor.toString(), "signed for vendor GUID " + other))
        : Optional.empty();
  }

  private Optional<Check> nameWithNul(VariableUpdate update) {
    return fits(update.signedBytes(update.variable() + "\0", update.variable().vendor()))
        ? Optional.of(Check.fail("update-name", "the name alone", "signed with the name's NUL"))
        : Optional.empty();
  }

  /** Attributes that the signer did sign, but that are not of this update. */
  private Optional<Check> brokenAttributes() {
    if (!signature.hasAttributes() || !attributesSigned()) {
      return Optional.empty();
    }
    return Optional.of(
        typed()
            ? Check.fail(
                "update-message-digest",
                "a digest of name, vendor, attributes, time and content",
                "another")
            : Check.fail("update-content-type", "pkcs7-data", "another type, or none"));
  }
}
