// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The decision of shim about an image: SBAT first, then what is refused by digest, then what is
 * admitted by digest, then one good signature, by a certificate that is not refused. shim 16.1,
 * shim.c; SHA-256 alone counts. A certificate for modules alone admits no boot image.
 */
public final class ShimVerifier {
  /** Red Hat's use for certificates that sign kernel modules and nothing else. */
  private static final KeyPurposeId MODULE_SIGNING =
      KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.4.1.2312.16.1.2"));

  private static final String AUTHORITY = "shim-authority";

  private final ShimTrust trust;
  private final PeImage pe;
  private final Digest image;
  private final List<Check> checks = new ArrayList<>();

  private ShimVerifier(ShimTrust trust, PeImage pe) throws FormatException {
    this.trust = trust;
    this.pe = pe;
    this.image = pe.authenticodeDigest(HashAlgorithm.SHA256);
  }

  /** Would this shim start the image, and by which entry? */
  public static Verdict<BootAuthority> verify(PeImage pe, ShimTrust trust) throws FormatException {
    return new ShimVerifier(trust, pe).decide();
  }

  private Verdict<BootAuthority> decide() throws FormatException {
    checks.addAll(SbatCheck.of(pe, trust));
    checks.add(refusedByDigest());
    Optional<BootAuthority> authority = admittedByDigest();
    List<Check> failures = new ArrayList<>();
    for (int i = 0; authority.isEmpty() && i < pe.certificates().size(); i++) {
      List<Check> own = new ArrayList<>();
      authority =
          signature(AuthenticodeSignature.parse(pe.certificates().get(i).signedData()), own);
      var where = "signature %d of %d".formatted(i + 1, pe.certificates().size());
      own.replaceAll(check -> check.at(where));
      if (authority.isPresent()) {
        checks.addAll(own);
      } else {
        own.stream().filter(Check::failed).forEach(failures::add);
      }
    }
    if (authority.isEmpty()) {
      checks.addAll(failures);
      if (failures.isEmpty()) {
        checks.add(
            Check.fail("unsigned", "a signature, or the image's digest in db or MokList", "neither")
                .advise("sign it with 'trustme sign efi'"));
      }
    }
    var admitted = authority;
    return Verdict.of(checks, admitted::orElseThrow);
  }

  private Check refusedByDigest() throws FormatException {
    var dbx = SignatureDatabase.ofImage(trust.firmware().dbx(), pe);
    var own = SignatureDatabase.ofImage(trust.mokListX(), pe);
    if (dbx.isEmpty() && own.isEmpty()) {
      return Check.pass(
          "refused-hash", "%s is listed neither in dbx nor in MokListX".formatted(image));
    }
    return Check.fail(
        "refused-hash",
        "an image that dbx and MokListX do not list",
        "%s, which is %s entry %d"
            .formatted(
                image,
                dbx.isPresent() ? "dbx" : "MokListX",
                dbx.or(() -> own).orElseThrow().number()));
  }

  private Optional<BootAuthority> admittedByDigest() throws FormatException {
    var entry = SignatureDatabase.ofImage(trust.firmware().db(), pe);
    String name = "db";
    if (entry.isEmpty()) {
      entry = SignatureDatabase.ofImage(trust.mokList(), pe);
      name = "MokList";
    }
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    checks.add(
        Check.pass(AUTHORITY, "%s entry %d, by digest".formatted(name, entry.get().number())));
    return Optional.of(new BootAuthority(image, name, entry.get(), Optional.empty()));
  }

  private Optional<BootAuthority> signature(AuthenticodeSignature signature, List<Check> own)
      throws FormatException {
    own.addAll(signature.check(pe));
    var signer = signature.signer();
    var digest = signature.imageDigest();
    if (digest.isPresent() && digest.get().algorithm() != HashAlgorithm.SHA256) {
      own.add(
          Check.fail(
              "digest-algorithm", "sha256, the only one that shim compares", "" + digest.get()));
    }
    if (signer.isEmpty() || own.stream().anyMatch(Check::failed)) {
      return Optional.empty();
    }
    var path = new SignerPath(signer.get(), signature.certificates());
    own.add(notRefused("dbx", "dbx-certificate", trust.firmware().dbx(), path));
    own.add(notRefused("MokListX", "moklistx-certificate", trust.mokListX(), path));
    if (own.stream().anyMatch(Check::failed)) {
      return Optional.empty();
    }
    return authority(path, signer.get(), own);
  }

  private static Check notRefused(
      String name, String id, List<SignatureList> lists, SignerPath path) {
    return SignatureDatabase.refusal(lists, path)
        .map(seen ->
            Check.fail(seen.id(id), "a path that %s does not list".formatted(name), seen.seen()))
        .orElseGet(() -> Check.pass(id, "not listed"));
  }

  /** db first, then MokList; a certificate for modules alone is passed over. */
  private Optional<BootAuthority> authority(
      SignerPath path, X509CertificateHolder signer, List<Check> own) {
    Optional<ListedEntry> forModules = Optional.empty();
    for (String name : List.of("db", "MokList")) {
      var lists = name.equals("db") ? trust.firmware().db() : trust.mokList();
      for (var entry : SignatureDatabase.certificates(lists)) {
        var certificate = entry.certificate().orElseThrow();
        if (!path.leadsTo(certificate)) {
          continue;
        }
        if (isForModules(certificate)) {
          forModules = Optional.of(entry);
          continue;
        }
        own.add(
            Check.pass(AUTHORITY, "%s entry %d, %s".formatted(name, entry.number(), entry.name())));
        return Optional.of(new BootAuthority(image, name, entry, Optional.of(signer)));
      }
    }
    own.add(forModules.map(ShimVerifier::modulesOnly).orElseGet(() -> unknown(signer)));
    return Optional.empty();
  }

  private static Check modulesOnly(ListedEntry entry) {
    return Check.fail(
            "module-signing-only",
            "a certificate without the use module signing, " + MODULE_SIGNING,
            "%s, which signs modules alone".formatted(entry.name()))
        .advise("sign boot images with the boot role's key");
  }

  private static Check unknown(X509CertificateHolder signer) {
    return Check.fail(
            AUTHORITY,
            "db, MokList or shim itself holds %s or its issuer".formatted(signer.getSubject()),
            "none of them does")
        .advise("sign it by a key that is there, or enrol this one with mokutil");
  }

  private static boolean isForModules(X509CertificateHolder certificate) {
    var extensions = certificate.getExtensions();
    var usage = extensions == null ? null : ExtendedKeyUsage.fromExtensions(extensions);
    return usage != null && usage.hasKeyPurposeId(MODULE_SIGNING);
  }
}
