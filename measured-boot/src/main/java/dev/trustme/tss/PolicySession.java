// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Pointer;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.PolicyStep;
import dev.trustme.tpm.Tpm2b;
import dev.trustme.tpm.TpmsNvPublic;
import java.io.IOException;
import java.util.Optional;

/** Runs the steps of a policy in a session of the TPM. TPM 2.0 Part 3, 23. */
final class PolicySession {
  private static final int NONE = Esys.ESYS_TR_NONE;

  private final TssContext tss;
  private final TssSession session;
  private final HashAlgorithm hash;
  private final PolicyAnswers answers;
  private final boolean trial;

  private PolicySession(
      TssContext tss,
      TssSession session,
      HashAlgorithm hash,
      PolicyAnswers answers,
      boolean trial) {
    this.tss = tss;
    this.session = session;
    this.hash = hash;
    this.answers = answers;
    this.trial = trial;
  }

  /** A session in which the policy holds, for one command. */
  static TssSession satisfy(TssContext tss, TpmEntity.Rule rule) throws IOException {
    // The value that a policy asks for becomes an HMAC key: without a salt it could be guessed.
    var session =
        rule.policy().asksAuthValue()
            ? TssSession.salted(tss, TssSession.Type.POLICY, rule.hash())
            : TssSession.plain(tss, TssSession.Type.POLICY, rule.hash());
    return run(tss, session, rule.policy(), rule.hash(), rule.answers(), false);
  }

  /** A session that only computes. */
  static TssSession trial(TssContext tss, Policy policy, HashAlgorithm hash) throws IOException {
    var session = TssSession.plain(tss, TssSession.Type.TRIAL, hash);
    return run(tss, session, policy, hash, PolicyAnswers.NONE, true);
  }

  private static TssSession run(
      TssContext tss,
      TssSession session,
      Policy policy,
      HashAlgorithm hash,
      PolicyAnswers answers,
      boolean trial)
      throws IOException {
    try {
      new PolicySession(tss, session, hash, answers, trial).apply(policy);
      return session;
    } catch (IOException | RuntimeException e) {
      try (session) {
        throw e;
      }
    }
  }

  private void apply(Policy policy) throws IOException {
    for (PolicyStep step : policy.steps()) {
      apply(step);
    }
  }

  private void apply(PolicyStep step) throws IOException {
    switch (step) {
      case PolicyStep.PolicyPcr pcr -> pcr(pcr);
      case PolicyStep.PolicyNv nv -> nv(nv);
      case PolicyStep.PolicySecret secret -> secret(secret);
      case PolicyStep.PolicyAuthorize authorize -> authorize(authorize);
      case PolicyStep.PolicyOr or -> or(or);
      case PolicyStep.PolicyAuthValue own ->
          simple(
              "TPM2_PolicyAuthValue",
              (esys, context) ->
                  esys.Esys_PolicyAuthValue(context, session.handle(), NONE, NONE, NONE));
      case PolicyStep.PolicyCpHash cpHash -> cpHash(cpHash);
      case PolicyStep.PolicyCommandCode code ->
          simple(
              "TPM2_PolicyCommandCode",
              (esys, context) ->
                  esys.Esys_PolicyCommandCode(
                      context, session.handle(), NONE, NONE, NONE, (int) code.code()));
      case PolicyStep.PolicyNvWritten written ->
          simple(
              "TPM2_PolicyNvWritten",
              (esys, context) ->
                  esys.Esys_PolicyNvWritten(
                      context,
                      session.handle(),
                      NONE,
                      NONE,
                      NONE,
                      (byte) (written.written() ? 1 : 0)));
    }
  }

  private void simple(String name, Call.Body body) throws IOException {
    try (var call = tss.call(name)) {
      call.run(body);
    }
  }

  private void pcr(PolicyStep.PolicyPcr step) throws IOException {
    try (var call = tss.call("TPM2_PolicyPCR")) {
      var digest = call.in2b(TssType.TPM2B_DIGEST, step.pcrDigest());
      var pcrs = call.in(TssType.TPML_PCR_SELECTION, step.pcrs().encode());
      call.run((esys, context) ->
          esys.Esys_PolicyPCR(context, session.handle(), NONE, NONE, NONE, digest, pcrs));
    } catch (TssException e) {
      if (e.is(TpmRc.TPM_RC_VALUE)) {
        throw new TpmRefusedException("the PCRs " + step.pcrs() + " hold other values", e);
      }
      throw e;
    }
  }

  private void nv(PolicyStep.PolicyNv step) throws IOException {
    try (var index = named(step.index());
        var authorization = Authorization.of(index, Protection.NONE);
        var call = tss.call("TPM2_PolicyNV")) {
      var operand = call.in2b(TssType.TPM2B_OPERAND, step.operandB());
      call.run((esys, context) ->
          esys.Esys_PolicyNV(
              context,
              index.handle(),
              index.handle(),
              session.handle(),
              authorization.proof(),
              NONE,
              NONE,
              operand,
              (short) step.offset(),
              (short) step.operation().code()));
    } catch (TssException e) {
      if (e.is(TpmRc.TPM_RC_POLICY)) {
        throw new TpmRefusedException(
            "NV index 0x%08x is not %s the value that the policy asks for"
                .formatted(step.index().nvIndex(), step.operation()),
            e);
      }
      throw e;
    }
  }

  /** The live index; one of other attributes under this handle is another index. */
  private NvIndex named(TpmsNvPublic expected) throws IOException {
    var index = tss.nv().index(expected.nvIndex());
    try {
      if (!index.readPublic().equals(expected)) {
        throw new IOException(
            "NV index 0x%08x is not the one that the policy names: it was defined otherwise"
                .formatted(expected.nvIndex()));
      }
      var secret = answers.secretOf(expected);
      if (secret.isPresent()) {
        index.authorize(secret.get());
      }
      return index;
    } catch (IOException | RuntimeException e) {
      try (index) {
        throw e;
      }
    }
  }

  private void secret(PolicyStep.PolicySecret step) throws IOException {
    switch (step.entity()) {
      case Hierarchy hierarchy -> secret(tss.entity(hierarchy), step.policyRef());
      case TpmsNvPublic expected -> {
        try (var index = named(expected)) {
          secret(index, step.policyRef());
        }
      }
    }
  }

  private void secret(TpmEntity entity, Bytes policyRef) throws IOException {
    try (var authorization = Authorization.of(entity, Protection.NONE);
        var call = tss.call("TPM2_PolicySecret")) {
      var reference = call.in2b(TssType.TPM2B_NONCE, policyRef);
      var timeout = call.out();
      var ticket = call.out();
      call.run((esys, context) ->
          esys.Esys_PolicySecret(
              context,
              entity.handle(),
              session.handle(),
              authorization.proof(),
              NONE,
              NONE,
              null,
              null,
              reference,
              0,
              timeout,
              ticket));
    }
  }

  private void authorize(PolicyStep.PolicyAuthorize step) throws IOException {
    Optional<PolicyStep.Approval> approval = step.approval();
    if (trial) {
      authorize(step, Bytes.zeros(hash.size()), noTicket());
      return;
    }
    if (approval.isEmpty()) {
      throw new TpmRefusedException("the policy wants an approval, and none is given", null);
    }
    var approved = approval.get().approved();
    apply(approved);
    Bytes ticket = verified(step, approval.get());
    authorize(step, approved.digest(hash).value(), ticket);
  }

  private void authorize(PolicyStep.PolicyAuthorize step, Bytes approved, Bytes ticketWire)
      throws IOException {
    try (var call = tss.call("TPM2_PolicyAuthorize")) {
      var digest = call.in2b(TssType.TPM2B_DIGEST, approved);
      var reference = call.in2b(TssType.TPM2B_NONCE, step.policyRef());
      var name = call.in2b(TssType.TPM2B_NAME, step.key().name().encode());
      var ticket = call.in(TssType.TPMT_TK_VERIFIED, ticketWire);
      call.run((esys, context) ->
          esys.Esys_PolicyAuthorize(
              context, session.handle(), NONE, NONE, NONE, digest, reference, name, ticket));
    }
  }

  /** TPM2_VerifySignature over what the key approved: its ticket. */
  private Bytes verified(PolicyStep.PolicyAuthorize step, PolicyStep.Approval approval)
      throws IOException {
    var signed = approval.approved().toSign(step.key().nameAlg(), hash, step.policyRef());
    try (var key = tss.keys().loadExternal(step.key());
        var call = tss.call("TPM2_VerifySignature of the approval")) {
      var digest = call.in2b(TssType.TPM2B_DIGEST, signed.value());
      var signature = call.in(TssType.TPMT_SIGNATURE, approval.signature().encode());
      var ticket = call.out();
      call.run((esys, context) ->
          esys.Esys_VerifySignature(
              context, key.handle(), NONE, NONE, NONE, digest, signature, ticket));
      return call.wire(TssType.TPMT_TK_VERIFIED, ticket);
    }
  }

  /** A NULL ticket, which a trial session does not look at. TPM 2.0 Part 2, 10.7.1. */
  private static Bytes noTicket() {
    return Tpm2b.write(
            BinaryWriter.bigEndian().u16(0x8022).u32(Hierarchy.TPM_RH_OWNER.handle()),
            Bytes.empty())
        .toBytes();
  }

  private void or(PolicyStep.PolicyOr step) throws IOException {
    var list = BinaryWriter.bigEndian().u32(step.branches().size());
    step.branches().forEach(branch -> Tpm2b.write(list, branch));
    try (var call = tss.call("TPM2_PolicyOR")) {
      Pointer branches = call.in(TssType.TPML_DIGEST, list.toBytes());
      call.run((esys, context) ->
          esys.Esys_PolicyOR(context, session.handle(), NONE, NONE, NONE, branches));
    }
  }

  private void cpHash(PolicyStep.PolicyCpHash step) throws IOException {
    try (var call = tss.call("TPM2_PolicyCpHash")) {
      var digest = call.in2b(TssType.TPM2B_DIGEST, step.cpHash().value());
      call.run((esys, context) ->
          esys.Esys_PolicyCpHash(context, session.handle(), NONE, NONE, NONE, digest));
    }
  }
}
