// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * cosign's signature of an image: a "simple signing" payload that names the manifest's digest, and
 * a signature over the payload's bytes in an annotation of its descriptor. cosign, specs,
 * "SIGNATURE_SPEC"; the key is written {@code docker-manifest-digest}, as cosign writes it.
 */
public record CosignSignature(
    @JsonProperty("critical") Critical critical,
    @JsonProperty("optional") Optional<Map<String, Object>> optional) {
  /** Media type of the payload. */
  public static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";

  /** The annotation with the signature, base64. */
  public static final String ANNOTATION = "dev.cosignproject.cosign/signature";

  private static final String TYPE = "cosign container image signature";
  private static final Pattern REFERENCE = Pattern.compile("[a-z0-9][a-zA-Z0-9.:/_-]{0,254}");

  /** What must be understood. */
  public record Critical(
      @JsonProperty("identity") Identity identity,
      @JsonProperty("image") Image image,
      @JsonProperty("type") String type) {}

  /** The name that the image was signed under. */
  public record Identity(@JsonProperty("docker-reference") String dockerReference) {}

  /** Which image. */
  public record Image(@JsonProperty("docker-manifest-digest") Digest dockerManifestDigest) {}

  /** Whether an image can be signed under this name. */
  public static boolean isReference(String reference) {
    return REFERENCE.matcher(reference).matches();
  }

  /** The payload for an image, byte for byte as cosign writes it. */
  public static Bytes payload(String reference, Digest manifest) {
    if (!isReference(reference)) {
      throw new IllegalArgumentException("reference '%s'".formatted(reference));
    }
    return Bytes.utf8(
        """
        {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},\
        "type":"%s"},"optional":null}\
        """
            .formatted(reference, manifest, TYPE));
  }

  public static CosignSignature parse(Bytes payload) throws FormatException {
    return Json.read(payload, CosignSignature.class, "cosign payload");
  }

  /**
   * Whether the key signed this manifest, whose digest the caller computed itself, under this name.
   */
  public static Verdict<CosignSignature> verify(
      Bytes payload, Bytes signature, Digest manifest, String reference, SubjectPublicKeyInfo key)
      throws FormatException {
    List<Check> checks = new ArrayList<>();
    checks.add(
        SigstoreScheme.verify(key, payload, signature)
            ? Check.pass("image-signature", "over the payload")
            : Check.fail("image-signature", "a signature by this key", "another"));
    var said = parse(payload);
    checks.add(same("image-signature-type", TYPE, said.critical.type));
    checks.add(
        same(
            "image-digest",
            manifest.toString(),
            said.critical.image.dockerManifestDigest.toString()));
    checks.add(same("image-reference", reference, said.critical.identity.dockerReference));
    return Verdict.of(checks, () -> said);
  }

  static Check same(String id, String expected, String seen) {
    return expected.equals(seen) ? Check.pass(id, seen) : Check.fail(id, expected, seen);
  }
}
