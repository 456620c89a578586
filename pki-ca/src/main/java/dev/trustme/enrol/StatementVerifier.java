// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.attest.TpmSignatures;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.PublicKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Whether the request's attestation key said something, in this TPM and for this request: magic,
 * type, signature, signer's qualified name and qualifying data. TPM 2.0 Part 1, 31, and Part 2,
 * 10.12.12.
 */
final class StatementVerifier {
  private final ClaimedKeys keys;
  private final Optional<AsymmetricKeyParameter> signer;

  StatementVerifier(ClaimedKeys keys) {
    this.keys = keys;
    this.signer = key(keys.ak());
  }

  /** What the statement says, and how it stood the checks. */
  record Judged(TpmsAttest attest, List<Check> checks) {}

  /** {@code label} begins the checks' names; {@code type} is a TPMI_ST_ATTEST. */
  Judged verify(String label, int type, EnrolmentRequest.Statement statement)
      throws FormatException {
    var attest = TpmsAttest.parse(statement.attest());
    var signature = TpmtSignature.parse(statement.signature());
    List<Check> checks = new ArrayList<>();
    checks.add(
        compare(
            label + "-magic",
            "%08x".formatted(TpmsAttest.TPM_GENERATED_VALUE),
            "%08x".formatted(attest.magic())));
    checks.add(compare(label + "-type", "%04x".formatted(type), "%04x".formatted(attest.type())));
    checks.add(signature(label, signature, statement.attest()));
    checks.add(
        compare(
            label + "-signer",
            keys.akQualifiedName().encode().hex(),
            attest.qualifiedSigner().hex()));
    var hash = EnrolmentRequest.hash(keys.request().binding()).value();
    checks.add(compare(label + "-binding", hash.hex(), attest.extraData().hex()));
    return new Judged(attest, checks);
  }

  private Check signature(String label, TpmtSignature signature, Bytes signed) {
    return holds(keys.ak(), signature, signed)
        ? Check.pass(label + "-signature", signature.sigAlg().name())
        : Check.fail(
            label + "-signature",
            "a signature by the attestation key, in its own scheme",
            signature.sigAlg() + " with " + signature.hash().label() + " that does not hold");
  }

  private boolean holds(TpmtPublic key, TpmtSignature signature, Bytes signed) {
    var scheme = key.key().scheme();
    return scheme.scheme() == signature.sigAlg()
        && scheme.hash().filter(signature.hash()::equals).isPresent()
        && signer.isPresent()
        && TpmSignatures.verify(signer.get(), signature, signed);
  }

  /** The key, if it is one. */
  static Optional<AsymmetricKeyParameter> key(TpmtPublic area) {
    return EndorsementVerifier.spki(area)
        .map(spki -> {
          try {
            return PublicKeys.read(spki);
          } catch (IOException e) {
            throw new IllegalStateException("a key of ours encodes", e);
          }
        });
  }

  static Check compare(String id, String expected, String seen) {
    return expected.equals(seen) ? Check.pass(id, seen) : Check.fail(id, expected, seen);
  }
}
