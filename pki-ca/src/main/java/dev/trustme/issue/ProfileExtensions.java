// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.profile.CustomerScope;
import dev.trustme.profile.Locations;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;

/** Extensions that parts of a profile become. */
final class ProfileExtensions {
  private ProfileExtensions() {}

  /** The scope, and where it has a subject, that only this subject is certified. */
  static List<Extension> scope(CustomerScope scope) {
    List<Extension> extensions = new ArrayList<>();
    var roles =
        scope.roles().stream()
            .map(label -> Role.byLabel(label).orElseThrow())
            .collect(Collectors.toUnmodifiableSet());
    extensions.add(new Scope(scope.customer(), roles).extension());
    scope
        .subject()
        .map(subject ->
            new GeneralName(GeneralName.directoryName, ProfilePlans.prefix(subject).build()))
        .map(name -> new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null))
        .ifPresent(
            constraints -> extensions.add(extension(Extension.nameConstraints, true, constraints)));
    return extensions;
  }

  static Extension purposes(List<KeyPurposeId> purposes) {
    return extension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
  }

  static List<KeyPurposeId> usages(List<String> oids) {
    return oids.stream()
        .map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)))
        .toList();
  }

  static Extension policies(List<String> oids) {
    return extension(
        Extension.certificatePolicies,
        false,
        new CertificatePolicies(
            oids.stream()
                .map(oid -> new PolicyInformation(new ASN1ObjectIdentifier(oid)))
                .toArray(PolicyInformation[]::new)));
  }

  /** id-pkix-ocsp-nocheck: nobody asks the responder about its own certificate. */
  static Extension noCheck() {
    return extension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
  }

  static List<Extension> locations(Locations locations) {
    List<Extension> extensions = new ArrayList<>();
    locations
        .crl()
        .ifPresent(
            crl -> extensions.add(extension(Extension.cRLDistributionPoints, false, points(crl))));
    locations
        .deltaCrl()
        .ifPresent(crl -> extensions.add(extension(Extension.freshestCRL, false, points(crl))));
    var access =
        Stream.concat(
                access(AccessDescription.id_ad_ocsp, locations.ocsp().orElse(List.of())),
                access(AccessDescription.id_ad_caIssuers, locations.issuer().orElse(List.of())))
            .toArray(AccessDescription[]::new);
    if (access.length > 0) {
      extensions.add(
          extension(Extension.authorityInfoAccess, false, new AuthorityInformationAccess(access)));
    }
    return extensions;
  }

  private static Stream<AccessDescription> access(
      ASN1ObjectIdentifier method, List<String> addresses) {
    return addresses.stream().map(address -> new AccessDescription(method, uri(address)));
  }

  private static CRLDistPoint points(List<String> addresses) {
    var names =
        new GeneralNames(
            addresses.stream().map(ProfileExtensions::uri).toArray(GeneralName[]::new));
    return new CRLDistPoint(
        new DistributionPoint[] {
          new DistributionPoint(new DistributionPointName(names), null, null)
        });
  }

  private static GeneralName uri(String address) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, address);
  }

  private static Extension extension(
      ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return Extension.create(id, critical, value);
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }
}
