// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A PKCS#7 signature beside what it signs, as the kernel takes it for modules, dm-verity root
 * hashes and fs-verity digests: content type data without content, no attributes, the signer or an
 * issuer of it on a keyring and none of them blacklisted. Linux,
 * crypto/asymmetric_keys/pkcs7_verify.c, pkcs7_trust.c. It looks at neither dates nor key usage.
 */
public final class DetachedSignature {
  private DetachedSignature() {}

  /** The kernel's decision about a signature over the message, with these certificates. */
  public static Verdict<X509CertificateHolder> verify(
      Bytes pkcs7, Bytes message, List<X509CertificateHolder> trusted) throws FormatException {
    return verify(pkcs7, message, KernelKeyring.of(trusted));
  }

  /** The same with all that its keyrings hold; the value is the signer. */
  public static Verdict<X509CertificateHolder> verify(
      Bytes pkcs7, Bytes message, KernelKeyring keyring) throws FormatException {
    var signature = Pkcs7Signature.parseAnyName(pkcs7);
    var signer =
        Stream.concat(keyring.trusted().stream(), signature.certificates().stream())
            .filter(signature::namesSigner)
            .findFirst();
    List<Check> checks = new ArrayList<>(form(signature));
    checks.add(signer(signature, signer, keyring));
    signer.ifPresent(certificate -> {
      checks.addAll(blacklisted(signature, certificate, keyring));
      checks.addAll(signed(signature, certificate, message));
    });
    return Verdict.of(checks, signer::orElseThrow);
  }

  /** The certificate that the signature names, among these; by name alone, nothing is verified. */
  public static boolean names(Bytes pkcs7, X509CertificateHolder certificate)
      throws FormatException {
    return Pkcs7Signature.parseAnyName(pkcs7).namesSigner(certificate);
  }

  private static List<Check> form(Pkcs7Signature signature) {
    return List.of(
        check(
            "pkcs7-content-type",
            signature.contentType().equals(CMSObjectIdentifiers.data),
            "content type data",
            signature.contentType().getId()),
        check(
            "pkcs7-content",
            signature.content().getContent() == null,
            "no content inside",
            "content"),
        check(
            "pkcs7-attributes",
            !signature.hasAttributes(),
            "no authenticated attributes",
            "attributes"),
        check(
            "pkcs7-digest",
            signature.digestAlgorithm().isPresent(),
            "sha256, sha384 or sha512",
            signature.digestName()));
  }

  private static Check check(String id, boolean holds, String expected, String seen) {
    return holds ? Check.pass(id, expected) : Check.fail(id, expected, seen);
  }

  private static Check signer(
      Pkcs7Signature signature, Optional<X509CertificateHolder> signer, KernelKeyring keyring) {
    if (signer.isEmpty()) {
      return Check.fail("signer", signature.signerName(), "not among the certificates given");
    }
    var certificate = signer.get();
    if (keyring.trusted().contains(certificate)) {
      return Check.pass("signer", certificate.getSubject().toString());
    }
    var path = new SignerPath(certificate, signature.certificates());
    return keyring.trusted().stream()
        .filter(path::leadsTo)
        .findFirst()
        .map(anchor ->
            Check.pass(
                "signer", "%s, by %s".formatted(certificate.getSubject(), anchor.getSubject())))
        .orElseGet(() ->
            Check.fail(
                "signer-path",
                "a path from %s to a keyring".formatted(certificate.getSubject()),
                "none"));
  }

  private static List<Check> blacklisted(
      Pkcs7Signature signature, X509CertificateHolder signer, KernelKeyring keyring) {
    var path = new SignerPath(signer, signature.certificates());
    return List.of(
        check(
            "blacklist-certificate",
            keyring.revoked().stream().noneMatch(path::leadsTo),
            "no certificate of the signer on .blacklist",
            "listed"),
        check(
            "blacklist-tbs",
            path.certificates().stream().noneMatch(keyring::lists),
            "no hash of the signer's certificates on .blacklist",
            "listed"));
  }

  private static List<Check> signed(
      Pkcs7Signature signature, X509CertificateHolder certificate, Bytes message) {
    var key = certificate.getSubjectPublicKeyInfo();
    List<Check> checks = new ArrayList<>();
    checks.add(
        check(
            "pkcs7-algorithm",
            signature.namesAlgorithmOf(key),
            "rsaEncryption, or the algorithm of the signer's EC or ML-DSA key",
            signature.algorithmName()));
    checks.add(
        check(
            "pkcs7-parameters",
            signature.parametersFit(key),
            "no parameters, or NULL after rsaEncryption",
            "others"));
    checks.add(
        check(
            "pkcs7-key-digest",
            signature.digestFits(key),
            "the digest that goes with the signer's key",
            signature.digestName()));
    if (checks.stream().noneMatch(Check::failed)) {
      checks.add(
          signature.verifiesForKernel(certificate, message)
              ? Check.pass("pkcs7-signature", "by " + certificate.getSubject())
              : Check.fail(
                      "pkcs7-signature",
                      "a valid signature by " + certificate.getSubject(),
                      "invalid")
                  .advise("the content was changed after it was signed, or another key signed it"));
    }
    return checks;
  }
}
