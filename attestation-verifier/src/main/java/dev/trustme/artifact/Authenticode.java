// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * The decision of UEFI firmware about an image: UEFI 2.10, 32.5.3.3, over the signatures of Windows
 * Authenticode PE Signature Format 1.0. An image starts if dbx lists neither its digest nor a
 * certificate of a signer's path, and db holds a certificate on a valid signer's path, or its
 * digest. Validity periods do not count, as firmware has no clock that it trusts.
 */
public final class Authenticode {
  /** SPC_INDIRECT_DATA_OBJID. */
  public static final ASN1ObjectIdentifier SPC_INDIRECT_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.4");

  private static final String FORBIDDEN = "dbx-certificate";

  private final SignatureDatabase database;
  private final PeImage pe;
  private final List<Check> checks = new ArrayList<>();

  private Authenticode(SignatureDatabase database, PeImage pe) {
    this.database = database;
    this.pe = pe;
  }

  /** Would firmware with these lists start the image, and which entry of db is the authority? */
  public static Verdict<BootAuthority> verify(PeImage pe, SignatureDatabase database)
      throws FormatException {
    return new Authenticode(database, pe).decide();
  }

  private Verdict<BootAuthority> decide() throws FormatException {
    checks.add(dbxHash());
    List<Check> failures = new ArrayList<>();
    Optional<BootAuthority> authority = Optional.empty();
    for (int i = 0; i < pe.certificates().size(); i++) {
      List<Check> own = new ArrayList<>();
      var found =
          signature(AuthenticodeSignature.parse(pe.certificates().get(i).signedData()), own);
      var where = "signature %d of %d".formatted(i + 1, pe.certificates().size());
      own.replaceAll(check -> check.at(where));
      // One good signature is enough, but none may be by a certificate that dbx lists.
      boolean counts = found.isPresent() && authority.isEmpty();
      own.stream()
          .filter(check -> counts || check.failed() || check.warns())
          .forEach(check -> (counts || isFinal(check) ? checks : failures).add(check));
      authority = authority.or(() -> found);
    }
    if (authority.isEmpty()) {
      authority = listed();
    }
    if (authority.isEmpty()) {
      checks.addAll(failures);
      if (checks.stream().noneMatch(Check::failed)) {
        checks.add(unsigned());
      }
    }
    var admitted = authority;
    return Verdict.of(checks, admitted::orElseThrow);
  }

  private static boolean isFinal(Check check) {
    return check.id().startsWith(FORBIDDEN) || check.warns();
  }

  private Check dbxHash() throws FormatException {
    var entry = database.refusesImage(pe);
    var image = pe.authenticodeDigest(HashAlgorithm.SHA256);
    return entry.isEmpty()
        ? Check.pass("dbx-hash", "%s is not listed".formatted(image))
        : Check.fail(
                "dbx-hash",
                "an image that dbx does not list",
                "%s, which is dbx entry %d".formatted(image, entry.get().number()))
            .advise("this very image was revoked: get a newer one");
  }

  private Check unsigned() {
    return Check.fail(
            "unsigned",
            "a signature, or the image's digest in db",
            pe.certificates().isEmpty() ? "neither" : "none that counts")
        .advise("sign it with 'trustme sign efi'");
  }

  private Optional<BootAuthority> listed() throws FormatException {
    var image = pe.authenticodeDigest(HashAlgorithm.SHA256);
    var entry = database.admitsImage(pe);
    entry.ifPresent(found ->
        checks.add(Check.pass("db-authority", "db entry %d, by digest".formatted(found.number()))));
    return entry.map(found -> new BootAuthority(image, "db", found, Optional.empty()));
  }

  /** One signature; empty where a check failed. */
  private Optional<BootAuthority> signature(AuthenticodeSignature signature, List<Check> own)
      throws FormatException {
    own.addAll(signature.check(pe));
    var signer = signature.signer();
    if (signer.isEmpty() || own.stream().anyMatch(Check::failed)) {
      return Optional.empty();
    }
    var path = new SignerPath(signer.get(), signature.certificates());
    own.add(notForbidden(path));
    var entry = SignatureDatabase.authority(database.db(), path);
    own.add(admitted(entry, path));
    var image = pe.authenticodeDigest(HashAlgorithm.SHA256);
    return own.stream().anyMatch(Check::failed)
        ? Optional.empty()
        : entry.map(data -> new BootAuthority(image, "db", data, signer));
  }

  private Check notForbidden(SignerPath path) {
    return SignatureDatabase.refusal(database.dbx(), path)
        .map(seen ->
            Check.fail(seen.id(FORBIDDEN), "a path that dbx does not list", seen.seen())
                .advise("the signer's certificate was revoked: sign it by another key"))
        .orElseGet(() -> Check.pass(FORBIDDEN, "not listed"));
  }

  private Check admitted(Optional<ListedEntry> entry, SignerPath path) {
    var signer = path.certificates().getFirst().getSubject();
    return entry
        .map(found ->
            Check.pass(
                "db-authority",
                "db entry %d, %s, owner %s"
                    .formatted(found.number(), found.name(), found.data().signatureOwner())))
        .orElseGet(() ->
            Check.fail(
                    "db-authority",
                    "db holds " + signer + " or its issuer",
                    "%d certificates, none of them that"
                        .formatted(SignatureDatabase.certificates(database.db()).size()))
                .advise("sign it with a key whose certificate is in db"));
  }
}
