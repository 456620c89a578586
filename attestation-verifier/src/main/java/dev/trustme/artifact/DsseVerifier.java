// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Verifies an envelope: the payload type is the expected one, and at least {@code threshold}
 * distinct keys, each trusted for the role, signed the payload. The algorithm comes from the key in
 * the validated certificate, never from the envelope.
 */
public final class DsseVerifier {
  private final PathValidator validator;
  private final PathPolicy policy;
  private final int threshold;

  /** The vendor's own keys of this role. */
  public DsseVerifier(TrustStore store, Role role, int threshold, Instant at) {
    this(store, PathPolicy.of(role), threshold, at);
  }

  public DsseVerifier(TrustStore store, PathPolicy policy, int threshold, Instant at) {
    if (threshold < 1) {
      throw new IllegalArgumentException("threshold " + threshold);
    }
    this.validator = new PathValidator(store, at);
    this.policy = policy;
    this.threshold = threshold;
  }

  public Verdict<SignedPayload> verify(DsseEnvelope envelope, String payloadType)
      throws FormatException {
    List<Check> checks = new ArrayList<>();
    checks.add(
        envelope.payloadType().equals(payloadType)
            ? Check.pass("payload-type", payloadType)
            : Check.fail("payload-type", payloadType, envelope.payloadType()));
    Bytes signed =
        DsseEnvelope.preAuthenticationEncoding(envelope.payloadType(), envelope.payload());
    List<TrustedSigner> signers = new ArrayList<>();
    List<Check> problems = new ArrayList<>();
    Set<Bytes> keys = new HashSet<>();
    for (var signature : envelope.signatures()) {
      var signer = signer(signature, signed, envelope.payload(), problems);
      if (signer.isPresent()) {
        var certificate = signer.get().certificate();
        if (keys.add(SignatureScheme.keyOf(certificate))) {
          signers.add(signer.get());
        } else {
          problems.add(again(signature, certificate, envelope));
        }
      }
    }
    if (signers.size() >= threshold) {
      problems.stream().filter(Check::warns).forEach(checks::add);
      checks.add(Check.pass("signatures", signers.size() + " of " + envelope.signatures().size()));
    } else {
      problems.stream().filter(Check::failed).forEach(checks::add);
      checks.add(
          Check.fail(
              "signatures",
              "%d trusted for role %s".formatted(threshold, policy.purpose().label()),
              signers.size() + " of " + envelope.signatures().size()));
    }
    return Verdict.of(checks, () -> new SignedPayload(envelope.payload(), signers));
  }

  /** One key counts once, however often it signs and whoever certified it. */
  private static Check again(
      DsseEnvelope.Signature signature, X509CertificateHolder certificate, DsseEnvelope envelope) {
    long same = envelope.signatures().stream().filter(signature::equals).count();
    return Check.fail(
        "signature-distinct",
        "another key",
        (same > 1 ? "one signature twice, by " : "one key twice, as ") + certificate.getSubject());
  }

  private Optional<TrustedSigner> signer(
      DsseEnvelope.Signature signature, Bytes signed, Bytes payload, List<Check> problems)
      throws FormatException {
    var verdict = validator.validate(signature.untrustedChain(), policy);
    return switch (verdict) {
      case Verdict.Rejected<TrustedSigner> rejected -> {
        problems.addAll(rejected.failures());
        yield Optional.empty();
      }
      case Verdict.Accepted<TrustedSigner> accepted -> {
        var certificate = accepted.value().certificate();
        if (SignatureScheme.verify(certificate, signed, signature.sig())) {
          accepted.checks().stream().filter(Check::warns).forEach(problems::add);
          yield Optional.of(accepted.value());
        }
        problems.add(
            Check.fail(
                "signature",
                "a signature by " + certificate.getSubject(),
                seen(certificate, signature.sig(), payload)));
        yield Optional.empty();
      }
    };
  }

  /** What a signature is, if it is not over the envelope: the usual mistakes are named. */
  private static String seen(X509CertificateHolder certificate, Bytes signature, Bytes payload) {
    if (signature.isEmpty()) {
      return "no signature at all";
    }
    if (SignatureScheme.verify(certificate, payload, signature)) {
      return "one over the payload without its type";
    }
    for (String type :
        List.of(DsseEnvelope.RELEASE, DsseEnvelope.CONTAINER, DsseEnvelope.ENROLMENT)) {
      Bytes other = DsseEnvelope.preAuthenticationEncoding(type, payload);
      if (SignatureScheme.verify(certificate, other, signature)) {
        return "one over the payload as " + type;
      }
    }
    return "another";
  }
}
