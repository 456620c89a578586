// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The decision of firmware about a signed update of PK, KEK, db or dbx: UEFI 2.10, 8.2.2 and
 * 32.3.1, as EDK II carries it out. The signature is over name, vendor, attributes, time stamp and
 * content together, by SHA-256; PK itself signs PK and KEK, a key exchange key or what it issued
 * signs the rest; without an append the time stamp must be later than the one before. Validity
 * periods of certificates do not count.
 */
public final class UpdateVerifier {
  private final VariableUpdate update;
  private final Pkcs7Signature signature;
  private final List<SignatureList> lists;
  private final List<Check> checks = new ArrayList<>();

  private UpdateVerifier(
      VariableUpdate update, Pkcs7Signature signature, List<SignatureList> lists) {
    this.update = update;
    this.signature = signature;
    this.lists = lists;
  }

  /**
   * What firmware holds when the update comes.
   *
   * @param authority certificates of PK (for PK and KEK) or KEK; none is setup mode, in which a PK
   *     must be signed by its own key
   * @param stored the time stamp of the variable, if it was set before
   */
  public record State(List<X509CertificateHolder> authority, Optional<EfiTime> stored) {
    public State {
      authority = List.copyOf(authority);
    }

    /** Setup mode: no platform key. */
    public static final State SETUP_MODE = new State(List.of(), Optional.empty());
  }

  /** Would firmware in this state take the file as an update of this variable? */
  public static Verdict<VerifiedUpdate> verify(
      AuthenticatedVariable file, SignatureVariable variable, boolean append, State state)
      throws FormatException {
    var update = new VariableUpdate(variable, append, file.timeStamp(), file.data());
    var signature = Pkcs7Signature.parseSignedData(file.certData());
    return new UpdateVerifier(update, signature, file.lists()).decide(state);
  }

  /** Whether the file is signed as an append: nothing but the signature tells. */
  public static boolean signedToAppend(AuthenticatedVariable file, SignatureVariable variable)
      throws FormatException {
    var update = new VariableUpdate(variable, true, file.timeStamp(), file.data());
    return UpdateSignature.of(Pkcs7Signature.parseSignedData(file.certData()))
        .filter(signature -> signature.fits(update))
        .isPresent();
  }

  /** The certificates that travel with the signature, in their order. */
  public static List<X509CertificateHolder> certificates(AuthenticatedVariable file)
      throws FormatException {
    return Pkcs7Signature.parseSignedData(file.certData()).certificates();
  }

  private Verdict<VerifiedUpdate> decide(State state) throws FormatException {
    checks.add(time(state.stored()));
    checks.add(payload());
    checks.add(digest());
    checks.add(detached());
    var found = UpdateSignature.of(signature);
    if (found.isEmpty()) {
      checks.add(
          Check.fail(
              "update-signer",
              "the signer's certificate inside",
              "none of " + signature.signerName()));
      return new Verdict.Rejected<>(checks);
    }
    var signer = found.get().signer();
    checks.add(Check.pass("update-signer", signer.getSubject().toString()));
    checks.add(found.get().check(update));
    checks.add(authority(signer, state.authority()));
    return Verdict.of(checks, () -> new VerifiedUpdate(update, lists, signer));
  }

  private Check time(Optional<EfiTime> stored) throws FormatException {
    Instant at = update.time().toInstant();
    if (update.append() || stored.isEmpty()) {
      return Check.pass("update-time", at + (update.append() ? ", an append takes any" : ""));
    }
    Instant before = stored.get().toInstant();
    return at.isAfter(before)
        ? Check.pass("update-time", "%s, after %s".formatted(at, before))
        : Check.fail("update-time", "a time after " + before, at.toString());
  }

  /** PK holds one certificate, or nothing any more. */
  private Check payload() {
    long entries = lists.stream().mapToLong(l -> l.signatures().size()).sum();
    String seen = entries + (entries == 1 ? " entry" : " entries");
    if (update.variable() != SignatureVariable.PK || lists.isEmpty()) {
      return Check.pass("update-payload", seen);
    }
    if (!lists.stream().allMatch(l -> l.signatureType().equals(EfiGuid.CERT_X509))) {
      return Check.fail("update-pk-certificate", "a certificate", "another kind of entry");
    }
    return entries == 1
        ? Check.pass("update-payload", seen)
        : Check.fail("update-payload", "one certificate, or none", seen);
  }

  private Check digest() {
    String seen = signature.digestAlgorithm().map(HashAlgorithm::toString).orElse("another");
    return signature.digestAlgorithm().equals(Optional.of(HashAlgorithm.SHA256))
        ? Check.pass("update-digest", seen)
        : Check.fail("update-digest", HashAlgorithm.SHA256.toString(), seen);
  }

  private Check detached() {
    boolean detached =
        signature.contentType().equals(PKCSObjectIdentifiers.data)
            && signature.content().getContent() == null;
    return detached
        ? Check.pass("update-detached", "no content inside the signature")
        : Check.fail("update-detached", "a signature without content", "content inside");
  }

  private Check authority(X509CertificateHolder signer, List<X509CertificateHolder> given) {
    var path = new SignerPath(signer, signature.certificates());
    if (update.variable() == SignatureVariable.PK && given.isEmpty()) {
      boolean own = payloadCertificates().stream().anyMatch(path.certificates()::contains);
      return authority("update-own-key", own, "the new PK itself", signer);
    }
    if (update.variable().authority() == SignatureVariable.PK) {
      boolean own = given.stream().anyMatch(path.certificates()::contains);
      return authority("update-platform-key", own, "PK", signer);
    }
    return authority(
        "update-exchange-key",
        given.stream().anyMatch(path::leadsTo),
        "one of %d certificates in KEK, or what it issued".formatted(given.size()),
        signer);
  }

  private static Check authority(
      String id, boolean fits, String expected, X509CertificateHolder signer) {
    String seen = signer.getSubject().toString();
    return fits ? Check.pass(id, seen) : Check.fail(id, expected, seen);
  }

  private List<X509CertificateHolder> payloadCertificates() {
    List<X509CertificateHolder> found = new ArrayList<>();
    for (var list : lists) {
      for (var entry : list.signatures()) {
        try {
          found.add(Certificates.parseDer(entry.signatureData()));
        } catch (FormatException e) {
          return List.of(); // What is no certificate signed nothing.
        }
      }
    }
    return found;
  }
}
