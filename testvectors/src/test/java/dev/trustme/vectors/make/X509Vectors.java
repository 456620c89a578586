// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.vectors.make.SeededPki.issue;
import static dev.trustme.vectors.make.SeededPki.root;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;

/** Paths, each refused one different from one that is accepted in a single certificate or word. */
final class X509Vectors {
  private static final String OURS =
      "made by this project with keys that are computed from their names; Apache-2.0";
  static final String AT = "2026-11-22T12:00:00Z";

  private static final Plan ROOT =
      Plan.authority("Vector Root", 1)
          .with(Extension.basicConstraints, true, new BasicConstraints(1));
  static final Identity ANCHOR = root(ROOT);
  private static final Plan SUB = Plan.authority("Vector Signing", 2);
  private static final Identity AUTHORITY = issue(ANCHOR, SUB);
  static final Plan LEAF = Plan.leaf("container", 3, Role.CONTAINER, Role.RELEASE);
  private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.1");

  private final FamilyMaker family;

  private X509Vectors(Path folder) throws IOException {
    family = new FamilyMaker(folder, "x509", OURS);
  }

  /** Writes the family below the folder, always the same bytes. */
  static void make(Path folder) throws IOException {
    var maker = new X509Vectors(folder);
    maker.family.file("roots.pem", pem(ANCHOR));
    var good =
        maker.positive(
            "good",
            "an end entity with the container role under a sub CA under the anchor",
            chain(AUTHORITY, LEAF),
            Map.of());
    maker.signers(good);
    maker.issuers(good);
    maker.forms(good);
    maker.extensions(good);
    maker.anchors(good);
    maker.scopes();
    maker.widerKeys();
    new RevocationVectors(maker.family).make();
    maker.family.write();
  }

  static Bytes pem(Identity... identities) {
    var certificates = Arrays.stream(identities).map(Identity::certificate).toList();
    return Bytes.utf8(Certificates.pem(certificates));
  }

  private static Bytes chain(Identity authority, Plan leaf) {
    return pem(issue(authority, leaf), authority);
  }

  private Vector positive(String id, String comment, Bytes chain, Map<String, String> more)
      throws IOException {
    family.file(id + ".chain.pem", chain);
    var context = new TreeMap<>(more);
    context.put("role", "container");
    context.put("at", AT);
    return family.accept(
        id, comment, Map.of("chain", id + ".chain.pem", "roots", "roots.pem"), context);
  }

  private void signer(Vector good, String id, String comment, Plan leaf, String reason)
      throws IOException {
    family.otherFile(good, id, comment, "chain", chain(AUTHORITY, leaf), reason);
  }

  private void authority(Vector good, String id, String comment, Plan sub, String reason)
      throws IOException {
    family.otherFile(good, id, comment, "chain", chain(issue(ANCHOR, sub), LEAF), reason);
  }

  private void signers(Vector good) throws IOException {
    signer(
        good,
        "ca-signs",
        "the signer is a CA",
        LEAF.with(Extension.basicConstraints, true, new BasicConstraints(true))
            .with(
                Extension.keyUsage,
                true,
                Plan.usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        "signer-not-ca");
    signer(
        good,
        "no-digital-signature",
        "the signer's key usage is keyEncipherment",
        LEAF.with(Extension.keyUsage, true, Plan.usage(KeyUsage.keyEncipherment)),
        "signer-key-usage");
    family
        .otherContext(
            good,
            "other-role",
            "a container key asked as a boot key",
            "role",
            "boot",
            "signer-role")
        .otherContext(
            good,
            "expired",
            "a day after everything ended",
            "at",
            "2046-01-02T00:00:00Z",
            "certificate-validity");
  }

  private void issuers(Vector good) throws IOException {
    var below = issue(AUTHORITY, Plan.authority("Vector Sub-Sub", 4));
    family.otherFile(
        good,
        "path-too-long",
        "a sub CA of path length 0 issued another CA",
        "chain",
        pem(issue(below, LEAF), below, AUTHORITY),
        "certificate-path-length");
    var impostor = root(SUB.of(SeededKey.p256("impostor")));
    family.otherFile(
        good,
        "other-key",
        "signed by another key of the sub CA's name",
        "chain",
        pem(issue(impostor, LEAF), AUTHORITY),
        "certificate-path");
    authority(
        good,
        "issuer-signs-lists-only",
        "the sub CA's key usage is cRLSign",
        SUB.with(Extension.basicConstraints, true, new BasicConstraints(true))
            .with(Extension.keyUsage, true, Plan.usage(KeyUsage.cRLSign)),
        "certificate-authority");
    var old = SeededPki.version1(ANCHOR, SUB);
    family.otherFile(
        good,
        "version-1",
        "a sub CA of X.509 version 1",
        "chain",
        chain(old, LEAF),
        "certificate-version");
  }

  private void forms(Vector good) throws IOException {
    signer(good, "serial-zero", "serial number 0", LEAF.numbered(0), "certificate-serial");
    family.otherFile(
        good,
        "sha1",
        "the signer's certificate is signed with SHA-1",
        "chain",
        pem(issue(AUTHORITY, LEAF, AUTHORITY.key().signerWithSha1()), AUTHORITY),
        "certificate-algorithm");
    signer(
        good,
        "other-curve",
        "a key on secp256k1",
        LEAF.of(new SeededKey("container", SECObjectIdentifiers.secp256k1)),
        "certificate-key");
    signer(
        good, "no-subject", "a certificate of nobody", LEAF.named(""), "certificate-subject-name");
    signer(
        good,
        "no-authority-key",
        "no identifier of the issuer's key",
        LEAF.without(Extension.authorityKeyIdentifier),
        "certificate-authority-key");
    authority(
        good,
        "no-subject-key",
        "no identifier of the authority's key",
        SUB.without(Extension.subjectKeyIdentifier),
        "certificate-subject-key");
    authority(
        good,
        "constraints-not-critical",
        "an authority whose basic constraints are not critical",
        SUB.with(Extension.basicConstraints, false, new BasicConstraints(0)),
        "certificate-constraints");
    signer(
        good,
        "signs-certificates",
        "an end entity that may sign certificates",
        LEAF.with(
            Extension.keyUsage, true, Plan.usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        "certificate-usage");
  }

  private void extensions(Vector good) throws IOException {
    signer(
        good,
        "name-with-underscore",
        "an alternative name that is no host name",
        LEAF.with(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, "a_b.example.com"))),
        "certificate-alternative-name");
    authority(
        good,
        "constraint-with-wildcard",
        "a name constraint that is no name",
        SUB.with(constraint(new GeneralName(GeneralName.dNSName, "*.example.com"))),
        "certificate-name-constraints");
    var policy = new PolicyInformation(POLICY);
    signer(
        good,
        "policy-twice",
        "the same policy twice",
        LEAF.with(
            Extension.certificatePolicies,
            false,
            new CertificatePolicies(new PolicyInformation[] {policy, policy})),
        "certificate-policies");
    signer(
        good,
        "lists-nowhere",
        "CRL locations that cannot be read",
        LEAF.with(Extension.cRLDistributionPoints, false, new DERUTF8String("nowhere")),
        "certificate-extensions");
    var nowhere =
        new AccessDescription(
            AccessDescription.id_ad_caIssuers,
            new GeneralName(GeneralName.uniformResourceIdentifier, "nowhere"));
    signer(
        good,
        "issuer-nowhere",
        "the issuer's location is no URI",
        LEAF.with(Extension.authorityInfoAccess, false, new AuthorityInformationAccess(nowhere)),
        "certificate-locations");
  }

  private static Extension constraint(GeneralName base) {
    return SeededPki.extension(
        Extension.nameConstraints,
        true,
        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(base)}, null));
  }

  private void anchors(Vector good) throws IOException {
    family
        .otherFile(
            good,
            "stranger-root",
            "the anchor is another root",
            "roots",
            pem(root(Plan.authority("Vector Stranger", 1))),
            "certificate-anchor")
        .otherFile(
            good,
            "anchor-of-other-names",
            "the anchor allows other names only",
            "roots",
            pem(root(ROOT.with(constraint(new GeneralName(new X500Name("CN=other")))))),
            "certificate-names")
        .otherFile(
            good,
            "anchor-with-unknown-extension",
            "the anchor has a critical extension that nobody knows",
            "roots",
            pem(
                root(
                    ROOT.with(
                        new ASN1ObjectIdentifier("1.3.6.1.4.1.5.2"), true, DERNull.INSTANCE))),
            "certificate-critical");
  }

  private static Plan scoped(Role... roles) {
    return SUB.with(new Scope("acme", Set.copyOf(List.of(roles))).extension());
  }

  private void scopes() throws IOException {
    var sub = issue(ANCHOR, scoped(Role.CONTAINER, Role.GUEST_OS));
    var good =
        positive(
            "customer",
            "a customer's signer where that customer's is asked for",
            chain(sub, LEAF),
            Map.of("customer", "acme"));
    family
        .otherContext(
            good,
            "other-customer",
            "another customer's is asked for",
            "customer",
            "other",
            "certificate-scope")
        .otherFile(
            good,
            "scope-of-other-roles",
            "the customer's authority is for guest systems only",
            "chain",
            chain(issue(ANCHOR, scoped(Role.GUEST_OS)), LEAF),
            "certificate-scope-role");
  }

  private void widerKeys() throws IOException {
    var leaf = LEAF.without(Extension.extendedKeyUsage);
    var good =
        positive(
            "wider-key",
            "a signer without a role where the policy allows such keys",
            chain(AUTHORITY, leaf),
            Map.of("rules", "wider-keys"));
    family.otherFile(
        good,
        "authority-for-others",
        "its authority is for boot images only",
        "chain",
        chain(issue(ANCHOR, SUB.purposes(Role.BOOT)), leaf),
        "certificate-purpose");
  }
}
