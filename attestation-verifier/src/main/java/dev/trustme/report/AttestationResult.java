// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.json.Json;
import dev.trustme.report.VerdictReport.Item;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * EAR, an EAT attestation result, as a signed JWT: what other systems take as the word of a
 * verifier. draft-fv-rats-ear with the profile {@code tag:github.com,2023:veraison/ear}, in its
 * JSON form, where a tier is a word; RFC 9711 and RFC 7519 beneath it. The one submodule is the
 * device, by its UUID.
 */
public final class AttestationResult {
  static final String PROFILE = "tag:github.com,2023:veraison/ear";
  private static final String DEVELOPER = "trustme";
  private static final String UNKNOWN_DEVICE = "unknown";

  private AttestationResult() {}

  /** The tiers of AR4SI; as a number 0, 2, 32 and 96. */
  private enum Tier {
    none,
    affirming,
    warning,
    contraindicated
  }

  private record Claims(
      @JsonProperty("eat_profile") String profile,
      @JsonProperty("iat") long issuedAt,
      @JsonProperty("ear.verifier-id") VerifierId verifier,
      @JsonProperty("submods") Map<String, Appraisal> submodules) {}

  private record VerifierId(
      @JsonProperty("developer") String developer, @JsonProperty("build") String build) {}

  private record Appraisal(
      @JsonProperty("ear.status") Tier status,
      @JsonProperty("ear.trustworthiness-vector") Optional<TrustworthinessVector> vector,
      @JsonProperty("ear.appraisal-policy-id") String policy,
      @JsonProperty("eat_nonce") Optional<String> nonce,
      @JsonProperty("trustme.release") Optional<VerdictReport.Release> release,
      @JsonProperty("trustme.problem") Optional<String> problem,
      @JsonProperty("trustme.checks") List<Outcome> checks) {}

  private record Outcome(String id, String result) {
    static Outcome of(Item item) {
      return new Outcome(item.id(), item.result());
    }
  }

  /**
   * The signed token, without a line end.
   *
   * @param policy the policy as its author wrote it: its digest is the policy's name (RFC 6920)
   */
  public static Bytes sign(
      VerdictReport report, Optional<Evidence> evidence, Bytes policy, ResultSigner signer)
      throws GeneralSecurityException {
    var claims = Json.write(claims(report, evidence, policy));
    var header =
        new JWSHeader.Builder(JWSAlgorithm.parse(signer.algorithm())).type(JOSEObjectType.JWT);
    if (!signer.certificates().isEmpty()) {
      header.x509CertChain(
          signer.certificates().stream().map(der -> Base64.encode(der.toArray())).toList());
    }
    var token = new JWSObject(header.build(), new Payload(claims.toArray()));
    try {
      token.sign(new Delegate(signer));
    } catch (JOSEException e) {
      throw new GeneralSecurityException("the attestation result cannot be signed", e);
    }
    return Bytes.utf8(token.serialize());
  }

  private static Claims claims(VerdictReport report, Optional<Evidence> evidence, Bytes policy) {
    var appraisal =
        new Appraisal(
            tier(report),
            TrustworthinessVector.of(report),
            "ni:///sha-256;" + url(dev.trustme.bytes.HashAlgorithm.SHA256.digest(policy).value()),
            evidence.map(e -> url(e.nonce().value())),
            report.release(),
            report.problem().map(Shown::text),
            report.checks().stream().map(Outcome::of).toList());
    String device = report.device().map(DeviceId::uuid).orElse(UNKNOWN_DEVICE);
    return new Claims(
        PROFILE,
        report.at().getEpochSecond(),
        new VerifierId(DEVELOPER, build()),
        Map.of(device, appraisal));
  }

  private static String url(Bytes value) {
    return Base64URL.encode(value.toArray()).toString();
  }

  private static String build() {
    String version = AttestationResult.class.getPackage().getImplementationVersion();
    return "attestation-verifier " + (version == null ? "development" : version);
  }

  private static Tier tier(VerdictReport report) {
    return switch (report.verdict()) {
      case VerdictReport.ACCEPTED ->
          report.checks().stream().anyMatch(Item::warns) ? Tier.warning : Tier.affirming;
      case VerdictReport.REJECTED -> Tier.contraindicated;
      default -> Tier.none;
    };
  }

  /** The library's signer in front of ours. */
  private record Delegate(ResultSigner signer) implements JWSSigner {
    @Override
    public Base64URL sign(JWSHeader header, byte[] content) throws JOSEException {
      try {
        return Base64URL.encode(signer.signature().sign(Bytes.copyOf(content)).toArray());
      } catch (GeneralSecurityException e) {
        throw new JOSEException(e.getMessage(), e);
      }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
      return Set.of(JWSAlgorithm.parse(signer.algorithm()));
    }

    @Override
    public JCAContext getJCAContext() {
      return new JCAContext();
    }
  }
}
