// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.GyroidosResponse;
import dev.trustme.evidence.Nonce;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsAttest.TpmsQuoteInfo;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.CertificateRules;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Judges what a GyroidOS device answers, for fleets that speak its protocol. A pure function; what
 * the protocol leaves open is a failed check of its own, and a policy has to take it by name. One
 * instance judges one response.
 */
public final class GyroidosVerifier {
  private static final int LONG_NONCE = 16;

  private final GyroidosPolicy policy;
  private final TrustStore devices;
  private final Revocation revocation;
  private final Instant at;
  private final List<Check> checks = new ArrayList<>();

  public GyroidosVerifier(
      GyroidosPolicy policy, TrustStore devices, Revocation revocation, Instant at) {
    this.policy = policy;
    this.devices = devices;
    this.revocation = revocation;
    this.at = at;
  }

  /**
   * The verdict; accepted, it holds what later answers must come after.
   *
   * @param memory what is kept of the device that {@link GyroidosDevice#id} names
   */
  public Verdict<GyroidosDevice> verify(
      GyroidosResponse response, Nonce nonce, GyroidosMemory memory) throws FormatException {
    var chain = Certificates.parse(response.certificate());
    var attest = TpmsAttest.parse(response.quoted());
    var signature = TpmtSignature.parse(response.signature());
    var key = certificate(chain);
    quote(response, attest, signature, key);
    checks.add(
        GyroidosCheck.QUOTE_NONCE.of(
            attest.extraData().equals(nonce.value()), nonce.hex(), attest.extraData().hex()));
    checks.add(clock(attest.clockInfo(), memory));
    pcrs(response, attest, signature.hash());
    expected(response);
    checks.add(ima(response));
    containers(response);
    limits(nonce, memory);
    return Verdict.of(
        checks.stream().map(this::graded).toList(),
        () ->
            new GyroidosDevice(
                chain.getFirst().getSubject().toString(),
                DeviceState.of(GyroidosDevice.id(chain), attest.clockInfo(), 0, at)));
  }

  private Check graded(Check check) {
    return check.failed() && policy.tolerates(check.id())
        ? Check.warn(check.id(), check.expected(), check.seen()).advise(check.advice())
        : check;
  }

  private Optional<AsymmetricKeyParameter> certificate(List<X509CertificateHolder> chain)
      throws FormatException {
    Verdict<TrustedSigner> path =
        new PathValidator(devices, at)
            .validate(
                chain,
                PathPolicy.of(Role.DEVICE).with(CertificateRules.WIDER_KEYS).with(revocation));
    var problem = path.failures().stream().findFirst();
    checks.add(
        problem
            .map(p ->
                GyroidosCheck.DEVICE_CERTIFICATE.fail(
                    p.expected(), "%s (%s)".formatted(p.seen(), p.id())))
            .orElseGet(() ->
                GyroidosCheck.DEVICE_CERTIFICATE.of(
                    path.accepted(), "a path", chain.getFirst().getSubject().toString())));
    if (!path.accepted()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PublicKeys.read(chain.getFirst().getSubjectPublicKeyInfo()));
    } catch (IOException e) {
      throw new IllegalStateException("a validated key is readable", e);
    }
  }

  private void quote(
      GyroidosResponse response,
      TpmsAttest attest,
      TpmtSignature signature,
      Optional<AsymmetricKeyParameter> key) {
    checks.add(
        GyroidosCheck.QUOTE_MAGIC.of(
            attest.magic() == TpmsAttest.TPM_GENERATED_VALUE,
            "%08x".formatted(TpmsAttest.TPM_GENERATED_VALUE),
            "%08x".formatted(attest.magic())));
    checks.add(
        GyroidosCheck.QUOTE_TYPE.of(
            attest.type() == TpmsAttest.TPM_ST_ATTEST_QUOTE,
            "8018 (TPM_ST_ATTEST_QUOTE)",
            "%04x".formatted(attest.type())));
    boolean fits =
        key.isPresent()
            && TpmSignatures.weakness(key.get()).isEmpty()
            && TpmSignatures.fits(key.get(), signature)
            && signature.hash().size() >= HashAlgorithm.SHA256.size();
    checks.add(
        GyroidosCheck.QUOTE_SCHEME.of(
            fits,
            "a scheme of a trusted, strong key, with SHA-256 or stronger",
            "%s with %s".formatted(signature.sigAlg(), signature.hash().label())));
    boolean holds =
        key.isPresent() && TpmSignatures.verify(key.get(), signature, response.quoted());
    checks.add(
        GyroidosCheck.QUOTE_SIGNATURE.of(
            holds,
            "a signature of the certified key",
            holds ? signature.sigAlg().name() : "none that holds"));
  }

  /** A TPM may add a number to what it counts, the same for all quotes of a key: order stays. */
  private static Check clock(TpmsClockInfo info, GyroidosMemory memory) {
    var check = GyroidosCheck.QUOTE_CLOCK;
    return switch (memory) {
      case GyroidosMemory.None none ->
          Check.notApplicable(check.id(), "no state is kept of such devices");
      case GyroidosMemory.Kept(var last) ->
          check.of(
              last.map(before -> before.before(info)).orElse(true),
              last.map(before -> "after " + before.counters()).orElse(""),
              DeviceState.describe(info.resetCount(), info.restartCount(), info.clock()));
    };
  }

  private void pcrs(GyroidosResponse response, TpmsAttest attest, HashAlgorithm hash) {
    var wanted = policy.require().selection();
    if (!(attest.attested() instanceof TpmsQuoteInfo quote)) {
      checks.add(GyroidosCheck.QUOTE_SELECTION.fail(wanted.toString(), "no quote"));
      checks.add(GyroidosCheck.QUOTE_PCR_VALUES.fail(wanted.toString(), "no quote"));
      checks.add(GyroidosCheck.QUOTE_PCR_DIGEST.fail("a digest of PCR values", "no quote"));
      return;
    }
    checks.add(
        GyroidosCheck.QUOTE_SELECTION.of(
            quote.pcrSelect().pcrSelections().equals(List.of(wanted)),
            wanted.toString(),
            quote.pcrSelect().toString()));
    var claims = TpmsPcrSelection.of(wanted.hash(), response.pcrs().keySet());
    checks.add(
        GyroidosCheck.QUOTE_PCR_VALUES.of(
            claims.equals(wanted), wanted.toString(), claims.toString()));
    Bytes[] values = response.pcrs().values().stream().map(Digest::value).toArray(Bytes[]::new);
    Bytes digest = hash.digest(values).value();
    checks.add(
        GyroidosCheck.QUOTE_PCR_DIGEST.of(
            digest.equals(quote.pcrDigest()), quote.pcrDigest().hex(), digest.hex()));
  }

  private void expected(GyroidosResponse response) {
    var check = GyroidosCheck.PCR_EXPECTED;
    var expected = policy.require().expected();
    for (var entry : expected.entrySet()) {
      var seen = Optional.ofNullable(response.pcrs().get(entry.getKey()));
      if (!seen.equals(Optional.of(entry.getValue()))) {
        checks.add(
            check
                .fail(entry.getValue().toString(), seen.map(Digest::toString).orElse("no value"))
                .at("PCR " + entry.getKey()));
        return;
      }
    }
    checks.add(check.pass(expected.size() + " PCRs"));
  }

  private Check ima(GyroidosResponse response) throws FormatException {
    var check = GyroidosCheck.IMA_LOG;
    if (policy.require().ima().isEmpty()) {
      return Check.notApplicable(check.id(), "the policy names no PCR of the IMA log");
    }
    int pcr = policy.require().ima().get();
    var value = Optional.ofNullable(response.pcrs().get(pcr));
    if (response.ima().isEmpty() || value.isEmpty()) {
      return check.fail("an IMA log of PCR " + pcr, "none");
    }
    var start = ImaStart.of(HashAlgorithm.SHA256).withPcr(pcr);
    try (var reader =
        ImaReader.of(new ByteArrayInputStream(response.ima().get().toArray()), ImaFormat.BINARY)) {
      var replay = ImaReplay.run(start, reader);
      boolean right =
          value.get().equals(replay.value())
              && replay.wrongTemplateHashes() == 0
              && replay.violations() == 0
              && replay.otherPcrs() == 0;
      return check.of(
          right,
          value.get() + ", without violations",
          "%s; %d entries, %d violations, %d of other PCRs, %d with a wrong hash"
              .formatted(
                  replay.value(),
                  replay.entries(),
                  replay.violations(),
                  replay.otherPcrs(),
                  replay.wrongTemplateHashes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void containers(GyroidosResponse response) {
    if (policy.require().containers().isEmpty()) {
      String why = "the policy names no PCR of containers";
      checks.add(Check.notApplicable(GyroidosCheck.CONTAINER_LOG.id(), why));
      checks.add(Check.notApplicable(GyroidosCheck.CONTAINER_KNOWN.id(), why));
      return;
    }
    var rule = policy.require().containers().get();
    checks.add(replayed(rule, response));
    checks.add(known(rule, response.containers()));
  }

  private static Check replayed(GyroidosPolicy.Containers rule, GyroidosResponse response) {
    var check = GyroidosCheck.CONTAINER_LOG;
    var value = Digest.zero(HashAlgorithm.SHA256);
    for (int i = 0; i < response.containers().size(); i++) {
      var each = response.containers().get(i);
      boolean here = each.pcr() == rule.pcr() && each.image().algorithm() == value.algorithm();
      value = here ? value.extend(each.image()) : value;
      if (!here || !value.equals(each.after())) {
        return check
            .fail("PCR %d, then %s".formatted(rule.pcr(), value), each.after().toString())
            .at("container entry " + i);
      }
    }
    var quoted = Optional.ofNullable(response.pcrs().get(rule.pcr()));
    return check.of(
        quoted.equals(Optional.of(value)),
        quoted.map(Digest::toString).orElse("a quoted value"),
        value.toString());
  }

  private static Check known(
      GyroidosPolicy.Containers rule, List<GyroidosResponse.Container> started) {
    var check = GyroidosCheck.CONTAINER_KNOWN;
    for (int i = 0; i < started.size(); i++) {
      if (!rule.images().contains(started.get(i).image())) {
        return check
            .fail("an image that the policy names", started.get(i).image().toString())
            .at("container entry " + i);
      }
    }
    return check.pass(started.size() + " starts");
  }

  /** What no response of this protocol can show, said plainly. */
  private void limits(Nonce nonce, GyroidosMemory memory) {
    checks.add(
        GyroidosCheck.LIMIT_KEY.fail(
            "a key that is shown to be restricted",
            "nothing about the key: if it signs other data too, the quote may be made up"));
    checks.add(
        GyroidosCheck.LIMIT_NONCE.of(
            nonce.value().size() >= LONG_NONCE,
            "a nonce of %d bytes or more".formatted(LONG_NONCE),
            nonce.value().size() + " bytes"));
    checks.add(
        GyroidosCheck.LIMIT_BOOT.fail(
            "an event log",
            "none: of the firmware's PCRs only the values are known, not what they are made of"));
    checks.add(
        GyroidosCheck.LIMIT_REPLAY.of(
            memory instanceof GyroidosMemory.Kept,
            "counters that went on",
            memory instanceof GyroidosMemory.Kept
                ? "the TPM's counters, by quote-clock"
                : "no state is kept of such devices, only the nonce is new"));
    checks.add(
        policy.require().ima().isEmpty()
            ? GyroidosCheck.LIMIT_FILES.fail(
                "an IMA log that is judged", "none: nothing is known of files")
            : GyroidosCheck.LIMIT_FILES.fail(
                "files that are judged", "a log that is whole, whose files nobody judged"));
    checks.add(
        policy.require().containers().isEmpty()
            ? GyroidosCheck.LIMIT_CONTAINERS.fail(
                "containers that are judged", "none: nothing is known of containers")
            : GyroidosCheck.LIMIT_CONTAINERS.fail(
                "measured names, settings and starts",
                "hashes of images: names and settings are not measured, nor is a second start"));
  }
}
