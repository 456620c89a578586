// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static dev.trustme.enrol.StatementVerifier.compare;

import dev.trustme.attest.TpmSignatures;
import dev.trustme.bytes.FormatException;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsCertifyInfo;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the identity key lives in the attestation key's TPM, beside it under the endorsement key,
 * and its holder wants this request. TPM 2.0 Part 3, 18.2 (TPM2_Certify).
 */
final class IdentityVerifier {
  private final ClaimedKeys keys;
  private final StatementVerifier statements;

  IdentityVerifier(ClaimedKeys keys, StatementVerifier statements) {
    this.keys = keys;
    this.statements = statements;
  }

  List<Check> verify() throws FormatException {
    List<Check> checks = new ArrayList<>(SigningKeyRules.IDENTITY.check(keys.identity()));
    var judged =
        statements.verify(
            "certify", TpmsAttest.TPM_ST_ATTEST_CERTIFY, keys.request().identity().certified());
    checks.addAll(judged.checks());
    checks.addAll(certified(judged.attest()));
    checks.add(possession());
    return checks;
  }

  private List<Check> certified(TpmsAttest attest) throws FormatException {
    if (!(attest.attested() instanceof TpmsAttest.Unparsed content)
        || attest.type() != TpmsAttest.TPM_ST_ATTEST_CERTIFY) {
      return List.of(Check.fail("certify-name", "the identity key", "no certified object"));
    }
    var info = TpmsCertifyInfo.parse(content.content());
    var name = keys.identity().name();
    var qualified = name.qualifiedUnder(keys.ekQualifiedName().encode());
    return List.of(
        compare("certify-name", name.encode().hex(), info.name().hex()),
        compare("certify-parent", qualified.encode().hex(), info.qualifiedName().hex()));
  }

  private Check possession() throws FormatException {
    var signature = TpmtSignature.parse(keys.request().identity().proof());
    boolean holds =
        StatementVerifier.key(keys.identity())
            .filter(key -> TpmSignatures.verify(key, signature, keys.request().binding()))
            .isPresent();
    return holds
        ? Check.pass("possession", signature.sigAlg().name())
        : Check.fail(
            "possession", "the identity key's signature over this request", "one of another");
  }
}
