// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.KernelHash;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * IMA's signatures of files, the extended attribute security.ima: version 2 signs the file's hash,
 * version 3 the hash of its fs-verity digest with type and algorithm. RSA with PKCS#1 v1.5, or
 * ECDSA. Linux, security/integrity/digsig_asymmetric.c, security/integrity/ima/ima_appraise.c.
 */
public final class ImaFileSignature {
  private static final int KEY_ID_SIZE = 4;

  private ImaFileSignature() {}

  /**
   * How signatures name a certificate: the last four bytes of its subject key identifier, or where
   * it has none, of the SHA-1 of its public key's bit string.
   */
  public static long keyId(X509CertificateHolder certificate) {
    var identifier =
        Certificates.keyIdentifier(certificate)
            .filter(id -> id.size() >= KEY_ID_SIZE)
            .orElseGet(() ->
                HashAlgorithm.SHA1
                    .digest(certificate.getSubjectPublicKeyInfo().getPublicKeyData().getBytes())
                    .value());
    return identifier.slice(identifier.size() - KEY_ID_SIZE, identifier.size()).buffer().getInt()
        & 0xffffffffL;
  }

  /** What version 3 hashes and signs, struct ima_file_id: type, hash_algo, fs-verity digest. */
  public static Bytes fileId(Digest verity) {
    var algorithm = KernelHash.of(verity.algorithm());
    byte[] head = {(byte) ImaSignature.Type.IMA_VERITY_DIGSIG.value(), (byte) algorithm.number()};
    return Bytes.concat(Bytes.copyOf(head), verity.value());
  }

  /** The algorithm of a signature with this hash by such a key; empty where the kernel has none. */
  public static Optional<SignatureAlgorithm> algorithm(
      SubjectPublicKeyInfo key, HashAlgorithm hash) {
    boolean sha2 =
        hash == HashAlgorithm.SHA256
            || hash == HashAlgorithm.SHA384
            || hash == HashAlgorithm.SHA512;
    return SignatureScheme.algorithm(key)
        .filter(scheme -> sha2)
        .flatMap(scheme ->
            switch (scheme) {
              case RsaPkcs1 rsa -> Optional.of(new RsaPkcs1(hash));
              case Ecdsa ecdsa -> Optional.of(new Ecdsa(hash));
              case SignatureAlgorithm.RsaPss pss -> Optional.empty();
              case SignatureAlgorithm.Ed25519 ed25519 -> Optional.empty();
              case SignatureAlgorithm.MlDsa mlDsa -> Optional.empty();
            });
  }

  /** What a version 2 signature is verified against: the file itself. */
  public static Verdict<X509CertificateHolder> verify(
      ImaSignature signature, Bytes file, List<X509CertificateHolder> keyring) {
    var type =
        signature.type() == ImaSignature.Type.EVM_IMA_XATTR_DIGSIG
            ? Check.pass("ima-type", "over the file's hash")
            : Check.fail("ima-type", "one over the file's hash", signature.type().name());
    return verify(type, signature, file, keyring);
  }

  /** Whether a version 2 signature is this key's over a file with this hash. */
  public static boolean signs(
      ImaSignature signature, Digest file, X509CertificateHolder certificate) {
    var key = certificate.getSubjectPublicKeyInfo();
    return signature.type() == ImaSignature.Type.EVM_IMA_XATTR_DIGSIG
        && signature.hashAlgo() == KernelHash.of(file.algorithm())
        && algorithm(key, file.algorithm())
            .filter(by -> SignatureScheme.verifyDigest(key, by, file, signature.signature()))
            .isPresent();
  }

  /** Whether a version 3 signature is this key's over a file with this fs-verity digest. */
  public static boolean signsVerity(
      ImaSignature signature, Digest verity, X509CertificateHolder certificate) {
    return signature.type() == ImaSignature.Type.IMA_VERITY_DIGSIG
        && signature.hashAlgo() == KernelHash.of(verity.algorithm())
        && isValid(signature, fileId(verity), certificate);
  }

  /** What a version 3 signature is verified against: the file's fs-verity digest. */
  public static Verdict<X509CertificateHolder> verifyVerity(
      ImaSignature signature, Digest verity, List<X509CertificateHolder> keyring) {
    if (signature.type() != ImaSignature.Type.IMA_VERITY_DIGSIG) {
      var other = signature.type().name();
      return new Verdict.Rejected<>(
          List.of(Check.fail("ima-type", "one over a fs-verity digest", other)));
    }
    String seen = signature.hashAlgo().label();
    var type =
        signature.hashAlgo() == KernelHash.of(verity.algorithm())
            ? Check.pass("ima-verity-hash", "over the fs-verity digest " + verity)
            : Check.fail("ima-verity-hash", verity.algorithm().label(), seen);
    return verify(type, signature, fileId(verity), keyring);
  }

  private static Verdict<X509CertificateHolder> verify(
      Check type, ImaSignature signature, Bytes message, List<X509CertificateHolder> keyring) {
    List<Check> checks = new ArrayList<>(List.of(type));
    var candidates = keyring.stream().filter(c -> keyId(c) == signature.keyId()).toList();
    checks.add(
        candidates.isEmpty()
            ? Check.fail("ima-signer", "a key with identifier " + signature.keyIdHex(), "none")
            : Check.pass("ima-signer", "key identifier " + signature.keyIdHex()));
    var signer = candidates.stream().filter(c -> isValid(signature, message, c)).findFirst();
    if (!candidates.isEmpty()) {
      checks.add(
          signer.isPresent()
              ? Check.pass("ima-signature", "by " + signer.get().getSubject())
              : Check.fail(
                      "ima-signature",
                      "a valid signature by " + candidates.getFirst().getSubject(),
                      "invalid")
                  .advise("the file was changed after it was signed, or another key signed it"));
    }
    return Verdict.of(checks, signer::orElseThrow);
  }

  private static boolean isValid(
      ImaSignature signature, Bytes message, X509CertificateHolder certificate) {
    var key = certificate.getSubjectPublicKeyInfo();
    return signature
        .hashAlgo()
        .algorithm()
        .flatMap(hash -> algorithm(key, hash))
        .filter(by -> SignatureScheme.verify(key, by.identifier(), message, signature.signature()))
        .isPresent();
  }
}
