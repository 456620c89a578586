// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The Notary Project's signature of an image: a flattened JSON Web Signature over the manifest's
 * descriptor. Notary Project, "Signature Specification" and "Signature Envelope JWS" 1.0; RFC 7515,
 * section 7.2.2. The algorithm is the key's, whatever the header says; a critical header that is
 * not known here is malformed.
 */
public record NotationSignature(
    @JsonProperty("payload") String payload,
    @JsonProperty("protected") String protectedHeader,
    @JsonProperty("header") Header header,
    @JsonProperty("signature") String signature) {
  /** Media type of the envelope. */
  public static final String MEDIA_TYPE = "application/jose+json";

  /** Artifact type, and media type of the empty configuration. */
  public static final String ARTIFACT = "application/vnd.cncf.notary.signature";

  /** The annotation with the certificates' fingerprints. */
  public static final String THUMBPRINTS = "io.cncf.notary.x509chain.thumbprint#S256";

  private static final String CONTENT = "application/vnd.cncf.notary.payload.v1+json";
  private static final String SCHEME = "notary.x509";
  private static final String SCHEME_KEY = "io.cncf.notary.signingScheme";

  /** Not signed: the chain, leaf first. */
  public record Header(@JsonProperty("x5c") List<Bytes> x5c) {
    public Header {
      x5c = List.copyOf(x5c);
    }
  }

  /** The signed header. */
  public record Protected(
      @JsonProperty("alg") String alg,
      @JsonProperty("crit") List<String> crit,
      @JsonProperty("cty") String cty,
      @JsonProperty(SCHEME_KEY) String signingScheme,
      @JsonProperty("io.cncf.notary.signingTime") Instant signingTime) {
    public Protected {
      crit = List.copyOf(crit);
      if (!crit.equals(List.of(SCHEME_KEY))) {
        throw new IllegalArgumentException(
            "crit: expected [%s], found %s".formatted(SCHEME_KEY, crit));
      }
    }
  }

  /** The payload. */
  public record Payload(@JsonProperty("targetArtifact") OciDescriptor targetArtifact) {}

  /** Everything of a signature but the signature itself. */
  public static NotationSignature unsigned(
      OciDescriptor image, JwsAlgorithm by, Instant time, List<X509CertificateHolder> chain) {
    var header = new Protected(by.name(), List.of(SCHEME_KEY), CONTENT, SCHEME, time);
    return new NotationSignature(
        base64Url(Json.write(new Payload(image.bare()))),
        base64Url(Json.write(header)),
        new Header(chain.stream().map(Certificates::der).toList()),
        "");
  }

  /** What is signed. */
  public Bytes signedBytes() {
    return Bytes.utf8(protectedHeader + "." + payload);
  }

  public NotationSignature signed(Bytes value) {
    return new NotationSignature(payload, protectedHeader, header, base64Url(value));
  }

  public static NotationSignature parse(Bytes json) throws FormatException {
    return Json.read(json, NotationSignature.class, "notation signature");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /**
   * Whether a signer that this policy trusts signed this manifest, whose digest and size the caller
   * found itself.
   */
  public Verdict<TrustedSigner> verify(
      OciDescriptor image, PathValidator validator, PathPolicy policy) throws FormatException {
    List<X509CertificateHolder> chain = new ArrayList<>();
    for (Bytes der : header.x5c()) {
      chain.add(Certificates.parseDer(der));
    }
    return switch (validator.validate(chain, policy)) {
      case Verdict.Rejected<TrustedSigner> rejected -> rejected;
      case Verdict.Accepted<TrustedSigner> accepted -> {
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.addAll(checks(image, accepted.value().certificate()));
        yield Verdict.of(checks, accepted::value);
      }
    };
  }

  private List<Check> checks(OciDescriptor image, X509CertificateHolder signer)
      throws FormatException {
    var said = Json.read(decoded("protected", protectedHeader), Protected.class, "JWS header");
    var key = signer.getSubjectPublicKeyInfo();
    Optional<JwsAlgorithm> by = JwsAlgorithm.of(key);
    List<Check> checks = new ArrayList<>();
    checks.add(
        CosignSignature.same(
            "jws-algorithm", by.map(Enum::name).orElse("none for this key"), said.alg()));
    checks.add(CosignSignature.same("jws-content", CONTENT, said.cty()));
    checks.add(CosignSignature.same("signing-scheme", SCHEME, said.signingScheme()));
    boolean valid =
        by.isPresent()
            && SignatureScheme.verify(
                key,
                by.get().algorithm().identifier(),
                signedBytes(),
                by.get().toDer(decoded("signature", signature)));
    checks.add(
        valid
            ? Check.pass("image-signature", "by " + signer.getSubject())
            : Check.fail("image-signature", "a signature by " + signer.getSubject(), "another"));
    var target = Json.read(decoded("payload", payload), Payload.class, "notation payload");
    checks.add(CosignSignature.same("image-digest", text(image), text(target.targetArtifact())));
    return checks;
  }

  private static String text(OciDescriptor descriptor) {
    return "%s, %d bytes of %s"
        .formatted(descriptor.digest(), descriptor.size(), descriptor.mediaType());
  }

  private static String base64Url(Bytes value) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray());
  }

  private static Bytes decoded(String what, String text) throws FormatException {
    try {
      var value = Bytes.copyOf(Base64.getUrlDecoder().decode(text));
      if (base64Url(value).equals(text)) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new FormatException("notation signature", 0, what + ": is no base64url without padding");
  }
}
