// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Check;
import dev.trustme.trust.TpmKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Whether the endorsement key is one that a trusted maker certified, made by a template of the
 * profile. TCG EK Credential Profile 2.5, 3.2 and annex B.
 */
final class EndorsementVerifier {
  private final TpmMakers makers;

  EndorsementVerifier(TpmMakers makers) {
    this.makers = makers;
  }

  List<Check> verify(ClaimedKeys keys) {
    List<Check> checks = new ArrayList<>();
    makers.judge(keys.chain()).checks().stream()
        .map(c -> c.at("ek-certificate"))
        .forEach(checks::add);
    checks.addAll(new EndorsementCertificate(keys.certificate()).checks());
    checks.add(certified(keys));
    checks.add(template(keys.ek()));
    return checks;
  }

  private static Check certified(ClaimedKeys keys) {
    var certified = keys.certificate().getSubjectPublicKeyInfo();
    boolean same =
        sameRsa(certified, keys.ek()) || spki(keys.ek()).filter(certified::equals).isPresent();
    return same
        ? Check.pass("ek-public", keys.ek().name().digest().toString())
        : Check.fail("ek-public", "the key of the endorsement certificate", "another key")
            .advise("make the EK with the template of its certificate: trustme measure ek");
  }

  /** Some makers certify RSA keys as id-RSAES-OAEP. RFC 4055, 1.2. */
  private static boolean sameRsa(SubjectPublicKeyInfo certified, TpmtPublic ek) {
    if (!certified.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_RSAES_OAEP)
        || !(ek.key() instanceof TpmtPublic.Rsa rsa)) {
      return false;
    }
    try {
      var key = RSAPublicKey.getInstance(certified.parsePublicKey());
      BigInteger modulus = key.getModulus();
      return modulus.equals(rsa.modulus()) && key.getPublicExponent().equals(rsa.publicExponent());
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Check template(TpmtPublic ek) {
    return EkTemplate.of(ek)
        .map(t -> Check.pass("ek-template", t.label()))
        .orElseGet(() ->
            Check.fail(
                    "ek-template",
                    "exactly one of the templates " + labels(),
                    "attributes %s, policy %s, %s, %s of %d bits"
                        .formatted(
                            ek.objectAttributes(),
                            ek.authPolicy().isEmpty() ? "none" : ek.authPolicy().hex(),
                            ek.nameAlg().label(),
                            ek.key().symmetric().algorithm(),
                            ek.key().symmetric().keyBits()))
                .advise("make the EK by its certificate's template: trustme measure ek"));
  }

  private static String labels() {
    return Arrays.stream(EkTemplate.values())
        .map(EkTemplate::label)
        .collect(Collectors.joining(", "));
  }

  /** The key as certificates carry it, if it is one. */
  static Optional<SubjectPublicKeyInfo> spki(TpmtPublic area) {
    try {
      return Optional.of(TpmKeys.subjectPublicKeyInfo(area));
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }
}
