// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * A sigstore bundle 0.3 about an image, made with a key: a DSSE envelope around an in-toto
 * statement that names the manifest's digest. Sigstore Bundle Format 0.3; in-toto Attestation
 * Framework 1.0. Bundles with certificates, log entries or time stamps hold claims that nothing
 * here checks, and are refused.
 */
public record SigstoreBundle(
    @JsonProperty("mediaType") String mediaType,
    @JsonProperty("verificationMaterial") Material verificationMaterial,
    @JsonProperty("dsseEnvelope") Envelope dsseEnvelope) {
  public static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  public static final String PREDICATE = "https://sigstore.dev/cosign/sign/v1";

  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";

  public SigstoreBundle {
    if (!mediaType.equals(MEDIA_TYPE)) {
      throw new IllegalArgumentException(
          "mediaType: expected %s, found %s".formatted(MEDIA_TYPE, mediaType));
    }
  }

  /** Who is said to have signed. */
  public record Material(@JsonProperty("publicKey") KeyHint publicKey) {}

  /** {@link SigstoreScheme#hint}; never trusted. */
  public record KeyHint(@JsonProperty("hint") String hint) {}

  /** The envelope, in which this format allows one signature. */
  public record Envelope(
      @JsonProperty("payload") Bytes payload,
      @JsonProperty("payloadType") String payloadType,
      @JsonProperty("signatures") List<Signature> signatures) {
    public Envelope {
      signatures = List.copyOf(signatures);
      if (signatures.size() != 1) {
        throw new IllegalArgumentException("signatures: expected one, found " + signatures.size());
      }
    }
  }

  /** Over the envelope's pre-authentication encoding. */
  public record Signature(
      @JsonProperty("sig") Bytes sig, @JsonProperty("keyid") Optional<String> keyid) {}

  /** An in-toto statement. */
  public record Statement(
      @JsonProperty("_type") String type,
      @JsonProperty("subject") List<Subject> subject,
      @JsonProperty("predicateType") String predicateType,
      @JsonProperty("predicate") Map<String, Object> predicate) {}

  /** What it is about: hex by algorithm. */
  public record Subject(
      @JsonProperty("name") Optional<String> name,
      @JsonProperty("digest") Map<String, String> digest) {}

  /** The statement about an image. */
  public static Bytes statement(Digest manifest) {
    return Json.write(
        new Statement(
            STATEMENT,
            List.of(
                new Subject(
                    Optional.empty(), Map.of(manifest.algorithm().label(), manifest.hex()))),
            PREDICATE,
            Map.of()));
  }

  /** What is signed for this statement. */
  public static Bytes signedBytes(Bytes statement) {
    return DsseEnvelope.preAuthenticationEncoding(PAYLOAD_TYPE, statement);
  }

  public static SigstoreBundle of(Bytes statement, Bytes signature, SubjectPublicKeyInfo key) {
    return new SigstoreBundle(
        MEDIA_TYPE,
        new Material(new KeyHint(SigstoreScheme.hint(key))),
        new Envelope(statement, PAYLOAD_TYPE, List.of(new Signature(signature, Optional.empty()))));
  }

  public static SigstoreBundle parse(Bytes json) throws FormatException {
    return Json.read(json, SigstoreBundle.class, "sigstore bundle");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /** Whether the key signed this manifest, whose digest the caller computed itself. */
  public Verdict<Statement> verify(Digest manifest, SubjectPublicKeyInfo key)
      throws FormatException {
    List<Check> checks = new ArrayList<>();
    var signed =
        DsseEnvelope.preAuthenticationEncoding(dsseEnvelope.payloadType, dsseEnvelope.payload);
    checks.add(
        SigstoreScheme.verify(key, signed, dsseEnvelope.signatures.getFirst().sig())
            ? Check.pass("image-signature", "over the statement")
            : Check.fail(
                "image-signature",
                "a signature of the statement by key " + SigstoreScheme.hint(key),
                "another, said to be by key " + verificationMaterial.publicKey.hint()));
    checks.add(CosignSignature.same("payload-type", PAYLOAD_TYPE, dsseEnvelope.payloadType));
    var statement = Json.read(dsseEnvelope.payload, Statement.class, "in-toto statement");
    checks.add(CosignSignature.same("statement-type", STATEMENT, statement.type));
    checks.add(CosignSignature.same("predicate-type", PREDICATE, statement.predicateType));
    checks.add(CosignSignature.same("image-digest", manifest.toString(), subject(statement)));
    return Verdict.of(checks, () -> statement);
  }

  /** The one subject's one digest. */
  private static String subject(Statement statement) {
    if (statement.subject.size() != 1 || statement.subject.getFirst().digest().size() != 1) {
      return "%d subjects".formatted(statement.subject.size());
    }
    var digest = statement.subject.getFirst().digest().entrySet().iterator().next();
    return HashAlgorithm.byLabel(digest.getKey()).map(HashAlgorithm::label).orElse("unknown")
        + ":"
        + digest.getValue();
  }
}
