// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;

import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.profile.CustomerScope;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Profile.Authority;
import dev.trustme.profile.RevocationPlan;
import dev.trustme.profile.Template;
import dev.trustme.profile.UsageBit;
import dev.trustme.profile.Use;
import dev.trustme.trust.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** What a profile says that each of its certificates shall contain. */
public record ProfilePlans(Profile profile) {
  /** An authority, of itself where it is a root. */
  public CertificatePlan authority(String name, SubjectPublicKeyInfo key, Instant at) {
    var authority = named(name);
    List<Extension> extensions = new ArrayList<>(issuedBy(authority.issuer()));
    authority.policies().map(ProfileExtensions::policies).ifPresent(extensions::add);
    purposes(authority).map(ProfileExtensions::purposes).ifPresent(extensions::add);
    authority.scope().ifPresent(scope -> extensions.addAll(ProfileExtensions.scope(scope)));
    return new CertificatePlan(
        subject(Optional.of(name), authority.commonName().orElse(name)),
        key,
        Validity.years(at, authority.years()),
        new Kind.Authority(authority.pathLength()),
        extensions);
  }

  /** What the authority may issue; its own OCSP responder is always among it. */
  private static Optional<List<KeyPurposeId>> purposes(Authority authority) {
    boolean responder = authority.revocation().flatMap(RevocationPlan::ocspKey).isPresent();
    return authority
        .issues()
        .map(uses ->
            Stream.concat(uses.stream(), responder ? Stream.of(Use.OCSP) : Stream.empty())
                .distinct()
                .toList())
        .map(Use::purposes);
  }

  /** The certificate of a role's key. */
  public CertificatePlan role(Role role, SubjectPublicKeyInfo key, Instant at) {
    var plan = profile.role(role).orElseThrow();
    var purposes = new ArrayList<>(Use.purposes(plan.use()));
    plan.extendedKeyUsage().ifPresent(oids -> purposes.addAll(ProfileExtensions.usages(oids)));
    List<Extension> extensions = new ArrayList<>(issuedBy(Optional.of(plan.issuer())));
    plan.policies().map(ProfileExtensions::policies).ifPresent(extensions::add);
    if (plan.use().contains(Use.OCSP)) {
      extensions.add(ProfileExtensions.noCheck());
    }
    return new CertificatePlan(
        subject(Optional.of(plan.issuer()), plan.commonName().orElse(role.label())),
        key,
        Validity.years(at, plan.years()),
        new Kind.EndEntity(purposes, List.of(), bits(plan.keyUsage())),
        extensions);
  }

  /** A certificate from a request, with what the template allows of it. */
  public CertificatePlan template(
      Template template,
      String commonName,
      SubjectPublicKeyInfo key,
      List<GeneralName> names,
      Instant at) {
    List<Extension> extensions = new ArrayList<>(issuedBy(Optional.of(template.issuer())));
    template.policies().map(ProfileExtensions::policies).ifPresent(extensions::add);
    return new CertificatePlan(
        subject(Optional.of(template.issuer()), commonName),
        key,
        Validity.years(at, template.years()),
        new Kind.EndEntity(Use.purposes(template.use()), names, bits(template.keyUsage())),
        extensions);
  }

  private static int bits(Optional<List<UsageBit>> usages) {
    return usages.map(UsageBit::bits).orElse(KeyUsage.digitalSignature);
  }

  /** The delegated OCSP responder of an authority that has one. RFC 6960, 4.2.2.2. */
  public CertificatePlan responder(String authority, SubjectPublicKeyInfo key, Instant at) {
    return new CertificatePlan(
        subject(Optional.of(authority), authority + " OCSP"),
        key,
        Validity.years(at, named(authority).revocationPlan().responderYears()),
        new Kind.EndEntity(Use.purposes(List.of(Use.OCSP)), List.of(), KeyUsage.digitalSignature),
        List.of(ProfileExtensions.noCheck()));
  }

  /** UEFI's PK or KEK, which certifies itself. */
  public CertificatePlan platform(
      String name, Profile.PlatformKey plan, SubjectPublicKeyInfo key, Instant at) {
    return new CertificatePlan(
        subject(Optional.empty(), name),
        key,
        Validity.years(at, plan.years()),
        new Kind.EndEntity(List.of(), Optional.empty()));
  }

  private List<Extension> issuedBy(Optional<String> issuer) {
    return issuer
        .flatMap(name -> named(name).locations())
        .map(ProfileExtensions::locations)
        .orElse(List.of());
  }

  /** The subject under this authority: the nearest scope that names one decides. */
  private X500Name subject(Optional<String> authority, String commonName) {
    var subject = profile.subject();
    for (var next = authority; next.isPresent(); next = named(next.get()).issuer()) {
      var scoped = named(next.get()).scope().flatMap(CustomerScope::subject);
      if (scoped.isPresent()) {
        subject = scoped.get();
        break;
      }
    }
    return prefix(subject).addRDN(BCStyle.CN, commonName).build();
  }

  static X500NameBuilder prefix(Profile.Subject subject) {
    var name =
        new X500NameBuilder()
            .addRDN(BCStyle.C, subject.country())
            .addRDN(BCStyle.O, subject.organization());
    subject.organizationalUnit().ifPresent(unit -> name.addRDN(BCStyle.OU, unit));
    return name;
  }

  private Authority named(String name) {
    return requireNonNull(profile.authorities().get(name), name);
  }
}
