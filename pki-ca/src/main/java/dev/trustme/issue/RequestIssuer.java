// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyType;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Template;
import dev.trustme.profile.UsageBit;
import dev.trustme.profile.Use;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Turns approved requests into certificates: by a template of the profile, or as one of its
 * authorities whose key is made elsewhere. The profile decides everything but key, common name and
 * alternative names. Used by many threads at once.
 */
public final class RequestIssuer implements AutoCloseable {
  /** What the caller allows beyond the rules. */
  public record Leniency(
      boolean dropExtras, boolean knownKeys, boolean knownNames, Acceptance acceptance) {
    /** Nothing but these findings of the lint. */
    public static Leniency of(Acceptance acceptance) {
      return new Leniency(false, false, false, acceptance);
    }
  }

  /** What a certificate is planned by. */
  private interface Plans {
    CertificatePlan of(ApprovedRequest request);
  }

  private final PkiFolder folder;
  private final String authority;
  private final SigningKey key;
  private final X509CertificateHolder issuing;
  private final Issuer issuer;
  private final CsrVerifier verifier;
  private final Plans plans;
  private final KnownKeys known;
  private final Leniency leniency;

  private RequestIssuer(Setting setting, String authority, CsrRules rules, Plans plans)
      throws IOException, FormatException, GeneralSecurityException {
    this.folder = setting.folder();
    this.authority = authority;
    this.known = KnownKeys.of(folder, setting.at());
    var generation = Generation.current(folder, authority, setting.at());
    this.key = generation.open(folder, setting.passphrase());
    this.issuing = generation.certificate();
    this.issuer = generation.issuer(key);
    this.verifier = new CsrVerifier(rules);
    this.plans = plans;
    this.leniency = setting.leniency();
  }

  /** Where and when certificates are issued. */
  public record Setting(PkiFolder folder, Passphrase passphrase, Instant at, Leniency leniency) {
    public static Setting of(PkiSession session, Leniency leniency) {
      return new Setting(session.folder(), session.passphrase(), session.at(), leniency);
    }
  }

  /** Certificates by the template of this name. */
  public static RequestIssuer template(Setting setting, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var profile = setting.folder().profile();
    var template = named(profile, name);
    var rules =
        new CsrRules(
            template.key(),
            template.names(),
            Set.copyOf(Use.purposes(template.use())),
            template.keyUsage().map(UsageBit::bits).orElse(KeyUsage.digitalSignature),
            false,
            setting.leniency().dropExtras());
    var plans = new ProfilePlans(profile);
    return new RequestIssuer(
        setting,
        template.issuer(),
        rules,
        request ->
            plans.template(
                template,
                request.commonName().orElseThrow(),
                request.publicKey(),
                request.names(),
                setting.at()));
  }

  /** The template, or an error that lists those there are. */
  public static Template named(Profile profile, String name) throws FormatException {
    return profile
        .template(name)
        .orElseThrow(() ->
            new FormatException(
                "profile",
                0,
                "has no template '%s'; it has: %s"
                    .formatted(
                        name,
                        profile.templates().stream()
                            .flatMap(t -> t.keySet().stream())
                            .collect(Collectors.joining(", ")))));
  }

  /** Certificates of this authority of the profile, which another one issues. */
  public static RequestIssuer authority(Setting setting, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var profile = setting.folder().profile();
    var planned = Optional.ofNullable(profile.authorities().get(name));
    var above =
        planned
            .flatMap(Profile.Authority::issuer)
            .orElseThrow(() ->
                new FormatException(
                    "profile", 0, "has no authority '%s' below another one".formatted(name)));
    var plans = new ProfilePlans(profile);
    var plan =
        plans.authority(
            name, setting.folder().authority(above).getSubjectPublicKeyInfo(), setting.at());
    var rules =
        new CsrRules(
            List.of(planned.orElseThrow().key()),
            List.of(),
            plan.purposes(),
            KeyUsage.keyCertSign | KeyUsage.cRLSign,
            true,
            setting.leniency().dropExtras());
    return new RequestIssuer(
        setting, above, rules, request -> plans.authority(name, request.publicKey(), setting.at()));
  }

  Verdict<ApprovedRequest> verify(CertificationRequest request) {
    return verifier.verify(request);
  }

  /** Takes key and names for this request; what speaks against it where they are taken. */
  synchronized List<Check> claim(ApprovedRequest request) {
    var subject = plans.of(request).subject();
    var failures =
        known.checks(request.publicKey(), subject, request.names()).stream()
            .filter(c ->
                !(c.id().equals("csr-key-known") && leniency.knownKeys())
                    && !(c.id().equals("csr-name-known") && leniency.knownNames()))
            .toList();
    if (failures.isEmpty()) {
      known.add(request.publicKey(), subject, request.names());
    }
    return failures;
  }

  X509CertificateHolder issue(ApprovedRequest request) throws GeneralSecurityException {
    var plan = plans.of(request);
    return issuer.issue(plan.within(issuer.within(plan.validity())), leniency.acceptance());
  }

  /** The certificate of the key that signs. */
  public X509CertificateHolder certificate() {
    return issuing;
  }

  /** The issuers above what is issued, without the root. */
  public List<X509CertificateHolder> chain() throws IOException, FormatException {
    var above = folder.authorityChain(authority);
    return above.subList(0, above.size() - 1);
  }

  /** The types of keys that are certified. */
  public List<KeyType> keyTypes() {
    return verifier.rules().keys();
  }

  /** The name of the issuing authority. */
  public String authority() {
    return authority;
  }

  @Override
  public void close() {
    key.close();
  }
}
