// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A PKCS#7 signature beside what it signs, as the kernel takes it for modules and for dm-verity
 * root hashes: content type data without content, no attributes, the signer on a keyring. Linux,
 * crypto/asymmetric_keys/pkcs7_verify.c. It looks at neither dates nor key usage.
 */
public final class DetachedSignature {
  private DetachedSignature() {}

  /** The kernel's decision about a signature over the message, with this keyring. */
  public static Verdict<X509CertificateHolder> verify(
      Bytes pkcs7, Bytes message, List<X509CertificateHolder> keyring) throws FormatException {
    var signature = Pkcs7Signature.parse(pkcs7);
    var signer = keyring.stream().filter(signature::namesSigner).findFirst();
    List<Check> checks = new ArrayList<>();
    checks.add(form(signature));
    checks.add(
        signer.isPresent()
            ? Check.pass("signer", signer.get().getSubject().toString())
            : Check.fail("signer", signature.signerName(), "not among the certificates given"));
    signer.ifPresent(certificate -> checks.add(signed(signature, certificate, message)));
    return Verdict.of(checks, signer::orElseThrow);
  }

  private static Check form(Pkcs7Signature signature) {
    if (!signature.contentType().equals(CMSObjectIdentifiers.data)) {
      return Check.fail("signature-form", "content type data", signature.contentType().getId());
    }
    if (signature.content().getContent() != null) {
      return Check.fail("signature-form", "no content inside", "content");
    }
    return signature.hasAttributes()
        ? Check.fail("signature-form", "no authenticated attributes", "attributes")
        : Check.pass("signature-form", "detached, without attributes");
  }

  private static Check signed(
      Pkcs7Signature signature, X509CertificateHolder certificate, Bytes message) {
    return signature.verifies(certificate, message)
        ? Check.pass("signature", "by " + certificate.getSubject())
        : Check.fail("signature", "a valid signature by " + certificate.getSubject(), "invalid")
            .advise("the content was changed after it was signed, or another key signed it");
  }
}
