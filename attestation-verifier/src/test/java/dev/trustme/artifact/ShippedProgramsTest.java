// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a verdict about the programs and updates of the vectors says besides yes. */
class ShippedProgramsTest {
  private static final Path VECTORS = Path.of("../testvectors/vectors");

  private static Bytes file(String name) throws IOException {
    return Inputs.read(VECTORS.resolve(name));
  }

  private static PeImage image(String name) throws IOException, FormatException {
    return PeImage.parse(file("authenticode/" + name));
  }

  private static List<SignatureList> lists(String name) throws IOException, FormatException {
    return SignatureList.parseDatabase(file("authenticode/" + name));
  }

  private static SignatureDatabase database(String db, String dbx)
      throws IOException, FormatException {
    return SignatureDatabase.parse(file("authenticode/" + db), file("authenticode/" + dbx));
  }

  private static AuthenticodeSignature signature(PeImage image, int number) throws FormatException {
    return AuthenticodeSignature.parse(image.certificates().get(number).signedData());
  }

  private static Verdict<BootAuthority> firmware(String image, String db)
      throws IOException, FormatException {
    return Authenticode.verify(image(image), database(db, "empty.esl"));
  }

  private static BootAuthority accepted(Verdict<BootAuthority> verdict) {
    var accepted = assertInstanceOf(Verdict.Accepted.class, verdict, verdict.toString());
    return (BootAuthority) accepted.value();
  }

  private static List<String> said(Verdict<?> verdict) {
    return verdict.checks().stream()
        .map(c -> c.where().isEmpty() ? c.id() : c.id() + " at " + c.where())
        .toList();
  }

  @Test
  void theAuthorityIsTheEntryOfDb() throws IOException, FormatException {
    var verdict = firmware("good.efi", "db.esl");
    var authority = accepted(verdict);
    var image = image("good.efi");
    var signer = signature(image, 0).signer();
    assertEquals("db", authority.database());
    assertEquals(1, authority.number());
    assertEquals(signer, authority.signer());
    assertEquals(image.authenticodeDigest(HashAlgorithm.SHA256), authority.image());
    assertEquals(lists("db.esl").getFirst().signatures().getFirst(), authority.entry());
    assertEquals(true, said(verdict).contains("signature-value at signature 1 of 1"));
    var byDigest = firmware("unsigned.efi", "hash-db.esl");
    assertEquals(Optional.empty(), accepted(byDigest).signer());
    assertEquals(List.of("dbx-hash", "db-authority"), said(byDigest));
  }

  /** The first one is by a stranger; what it fails says nothing once another one counts. */
  @Test
  void oneOfTwoSignaturesIsEnough() throws IOException, FormatException {
    var verdict = firmware("second-of-two.efi", "db.esl");
    assertEquals(signature(image("second-of-two.efi"), 1).signer(), accepted(verdict).signer());
    assertEquals(true, said(verdict).stream().noneMatch(c -> c.endsWith("signature 1 of 2")));
    assertEquals(true, said(verdict).contains("db-authority at signature 2 of 2"));
    var refused = firmware("second-of-two.efi", "empty.esl");
    assertEquals(
        List.of("db-authority at signature 1 of 2", "db-authority at signature 2 of 2"),
        said(new Verdict.Rejected<Integer>(refused.failures())));
  }

  @Test
  void aProgramWithoutSignatureSaysSo() throws IOException, FormatException {
    var verdict = firmware("unsigned.efi", "db.esl");
    assertEquals("neither", verdict.failures().getFirst().seen());
  }

  @Test
  void aSignatureTellsWhatItCarries() throws IOException, FormatException {
    var image = image("page-hashes.efi");
    var signature = signature(image, 0);
    var signer = signature.signer().orElseThrow();
    assertEquals(true, signature.pageHashes().isPresent());
    assertEquals(true, signature(image("good.efi"), 0).pageHashes().isEmpty());
    assertEquals(false, signature.nested());
    assertEquals(false, signature.timestamped());
    assertEquals(List.of(signer), signature.certificates());
    assertEquals(true, signature.signerName().endsWith("issued by " + signer.getIssuer()));
    assertEquals(signature.imageDigest().orElseThrow().toString(), signature.stated());
    assertEquals(true, signature.fits(image));
    assertEquals(false, signature.fits(image("shim-good.efi")));
    assertEquals(true, signature.isBy(signer, image));
    assertEquals(false, signature.isBy(signer, image("shim-good.efi")));
    var stranger = signature(image("second-of-two.efi"), 0).signer().orElseThrow();
    assertEquals(false, signature.isBy(stranger, image));
    assertEquals(
        List.of(), signature.check(image).stream().filter(Check::warns).map(Check::id).toList());
  }

  private static ShimTrust shim(
      SignatureDatabase firmware, List<SignatureList> mokList, List<SignatureList> mokListX) {
    return new ShimTrust(firmware, mokList, mokListX, Optional.empty(), false);
  }

  @Test
  void shimAsksDbAndThenItsOwnLists() throws IOException, FormatException {
    var none = database("empty.esl", "empty.esl");
    var empty = lists("empty.esl");
    var hashes = lists("hash-db.esl");
    var unsigned = image("unsigned.efi");
    var own = ShimVerifier.verify(unsigned, shim(none, hashes, empty));
    assertEquals("MokList", accepted(own).database());
    assertEquals(Optional.empty(), accepted(own).signer());
    assertEquals(1, accepted(own).number());
    var firmwares = database("hash-db.esl", "empty.esl");
    var theirs = ShimVerifier.verify(unsigned, shim(firmwares, empty, empty));
    assertEquals("db", accepted(theirs).database());
    var nobody = ShimVerifier.verify(unsigned, shim(none, empty, empty));
    assertEquals(List.of("unsigned"), nobody.failures().stream().map(Check::id).toList());
  }

  @Test
  void shimSaysWhichListRefuses() throws IOException, FormatException {
    var empty = lists("empty.esl");
    var hashes = lists("hash-db.esl");
    var unsigned = image("unsigned.efi");
    var mine =
        ShimVerifier.verify(unsigned, shim(database("hash-db.esl", "empty.esl"), empty, hashes));
    assertEquals(true, mine.failures().getFirst().seen().contains("which is MokListX entry 1"));
    var theirs =
        ShimVerifier.verify(unsigned, shim(database("empty.esl", "hash-db.esl"), hashes, empty));
    assertEquals(true, theirs.failures().getFirst().seen().contains("which is dbx entry 1"));
  }

  @Test
  void shimNamesTheSignatureThatCounts() throws IOException, FormatException {
    var image = image("second-of-two.efi");
    var empty = lists("empty.esl");
    var db = lists("db.esl");
    var none = database("empty.esl", "empty.esl");
    var verdict = ShimVerifier.verify(image, shim(none, db, empty));
    assertEquals("MokList", accepted(verdict).database());
    assertEquals(signature(image, 1).signer(), accepted(verdict).signer());
    assertEquals(true, said(verdict).contains("shim-authority at signature 2 of 2"));
    assertEquals(true, said(verdict).stream().noneMatch(c -> c.endsWith("signature 1 of 2")));
    var refused = ShimVerifier.verify(image, shim(none, empty, empty));
    assertEquals(
        List.of("shim-authority at signature 1 of 2", "shim-authority at signature 2 of 2"),
        said(new Verdict.Rejected<Integer>(refused.failures())));
    var firmwares = database("db.esl", "empty.esl");
    assertEquals(
        "db", accepted(ShimVerifier.verify(image, shim(firmwares, empty, empty))).database());
  }

  /** shim compares SHA-256 alone. */
  @Test
  void shimTakesNoOtherDigest() throws IOException, FormatException {
    var trust = shim(database("db.esl", "empty.esl"), lists("empty.esl"), lists("empty.esl"));
    var verdict = ShimVerifier.verify(image("sha384.efi"), trust);
    assertEquals(List.of("digest-algorithm"), verdict.failures().stream().map(Check::id).toList());
  }

  private static AuthenticatedVariable update(String name) throws IOException, FormatException {
    return AuthenticatedVariable.parse(file("authvar/" + name));
  }

  @Test
  void anUpdateTellsHowItIsSigned() throws IOException, FormatException {
    assertEquals(
        true, UpdateVerifier.signedToAppend(update("dbx-append.auth"), SignatureVariable.dbx));
    assertEquals(
        false, UpdateVerifier.signedToAppend(update("db-update.auth"), SignatureVariable.db));
    assertEquals(
        false, UpdateVerifier.signedToAppend(update("dbx-append.auth"), SignatureVariable.db));
    assertEquals(1, UpdateVerifier.certificates(update("db-update.auth")).size());
  }

  @Test
  void anUpdateThatIsTakenIsTheOneOfTheFile() throws IOException, FormatException {
    var file = update("db-update.auth");
    var authority = Certificates.parse(file("authvar/kek.pem"));
    var state = new UpdateVerifier.State(authority, Optional.empty());
    var verdict = UpdateVerifier.verify(file, SignatureVariable.db, false, state);
    var accepted = assertInstanceOf(Verdict.Accepted.class, verdict, verdict.toString());
    var update = (VerifiedUpdate) accepted.value();
    assertEquals(SignatureVariable.db, update.update().variable());
    assertEquals(file.lists(), update.lists());
    assertEquals(true, authority.contains(update.signer()));
    var words = verdict.checks().stream().map(Check::seen).toList();
    assertEquals(true, words.contains("1 entry"), words.toString());
    assertEquals(file.timeStamp().toInstant().toString(), words.getFirst());
  }
}
