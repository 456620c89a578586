// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.artifact.GuestConfiguration.Mount;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The signature of a guest configuration as GyroidOS takes it: SHA-512 over the file's bytes, with
 * RSASSA-PSS (salt of 64 bytes) where the certificate's key says id-RSASSA-PSS, with PKCS#1 v1.5
 * where it says rsaEncryption, and with no other key. The first certificate of the chain is the
 * signer's. The path is judged by our rules, which are stricter than its own.
 */
public final class GuestSignature {
  private static final String HEX_256 = "[0-9a-fA-F]{64}";
  private static final String HEX_160 = "[0-9a-fA-F]{40}";

  private GuestSignature() {}

  /**
   * The algorithm that the key's own identifier asks for; empty for keys that cannot sign these.
   */
  public static Optional<SignatureAlgorithm> algorithm(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier type = key.getAlgorithm().getAlgorithm();
    Optional<SignatureAlgorithm> algorithm =
        type.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
            ? Optional.of(RsaPss.of(HashAlgorithm.SHA512))
            : type.equals(PKCSObjectIdentifiers.rsaEncryption)
                ? Optional.of(new RsaPkcs1(HashAlgorithm.SHA512))
                : Optional.empty();
    return algorithm.filter(a -> a.fits(key));
  }

  /**
   * Whether a device would take the configuration.
   *
   * @param chain as the certificate file has it, the signer first
   */
  public static Verdict<TrustedSigner> verify(
      GuestConfiguration configuration,
      Bytes signature,
      List<X509CertificateHolder> chain,
      PathValidator validator,
      PathPolicy policy) {
    List<Check> checks = new ArrayList<>();
    var path = validator.validate(chain, policy);
    checks.addAll(path.checks());
    if (!chain.isEmpty()) {
      checks.addAll(signed(configuration.raw(), signature, chain.getFirst()));
    }
    configuration.mounts().stream().filter(Mount::withImage).forEach(m -> checks.add(image(m)));
    return switch (path) {
      case Verdict.Accepted<TrustedSigner> accepted -> Verdict.of(checks, accepted::value);
      case Verdict.Rejected<TrustedSigner> rejected -> new Verdict.Rejected<>(checks);
    };
  }

  private static List<Check> signed(
      Bytes content, Bytes signature, X509CertificateHolder certificate) {
    var key = certificate.getSubjectPublicKeyInfo();
    var algorithm = algorithm(key);
    if (algorithm.isEmpty()) {
      return List.of(
          Check.fail(
              "guest-key",
              "an RSA or RSASSA-PSS key, which is all that GyroidOS verifies with",
              key.getAlgorithm().getAlgorithm().getId()));
    }
    String padding = algorithm.get() instanceof RsaPss ? "RSASSA-PSS, salt 64" : "PKCS#1 v1.5";
    String id = algorithm.get() instanceof RsaPss ? "guest-signature-pss" : "guest-signature";
    var by = algorithm.get().identifier();
    return List.of(
        Check.pass("guest-key", padding + " by the key's own identifier"),
        SignatureScheme.verify(key, by, content, signature)
            ? Check.pass(id, "SHA-512, by " + certificate.getSubject())
            : Check.fail(
                    id,
                    "SHA-512 with %s by %s".formatted(padding, certificate.getSubject()),
                    "invalid")
                .advise("the file was changed after it was signed, or the padding is another"));
  }

  /** What is signed of an image; without a SHA-256 or root hash it is whatever lies there. */
  private static Check image(Mount mount) {
    String id = "guest-image";
    boolean wellFormed =
        mount.sha256().stream().allMatch(h -> h.matches(HEX_256))
            && mount.verityRoot().stream().allMatch(h -> h.matches(HEX_256))
            && mount.sha1().stream().allMatch(h -> h.matches(HEX_160));
    if (!wellFormed) {
      return Check.fail(id, mount.imageFile() + ": hashes in hex, of their size", "others");
    }
    if (mount.sha256().isEmpty() || mount.imageSize().isEmpty()) {
      return Check.warn(
          id, mount.imageFile() + ": image_size and image_sha2_256", "signed without them");
    }
    return Check.pass(id, mount.imageFile() + " sha256:" + mount.sha256().get());
  }
}
