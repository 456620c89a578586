// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.UpdateVerifier;
import dev.trustme.artifact.UpdateVerifier.State;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Updates that efitools and openssl signed, and those of the corpus. */
class UpdateVerifierTest {
  @TempDir private static Path dir;
  private static Path folder = Path.of("");

  @BeforeAll
  static void create() throws Exception {
    folder = dir.resolve("pki");
    TestPki.create(folder);
  }

  private static List<X509CertificateHolder> certificates(String name) throws Exception {
    return Certificates.parse(read(folder.resolve("certs/" + name + ".pem")));
  }

  private static State after(String signer, String stored) throws Exception {
    return new State(
        certificates(signer),
        stored.isEmpty()
            ? Optional.empty()
            : Optional.of(EfiTime.of(java.time.Instant.parse(stored))));
  }

  private static List<String> failures(
      AuthenticatedVariable file, SignatureVariable variable, boolean append, State state)
      throws FormatException {
    return UpdateVerifier.verify(file, variable, append, state).failures().stream()
        .map(Check::id)
        .toList();
  }

  /** By sign-efi-sig-list, with a key of the folder. */
  private static AuthenticatedVariable efitools(String key, String variable, Object... options)
      throws Exception {
    Path out = dir.resolve("efitools.auth");
    var command = new java.util.ArrayList<Object>(List.of("env", "TZ=UTC", "sign-efi-sig-list"));
    command.addAll(List.of(options));
    command.addAll(List.of("-t", "2030-02-03 04:05:06"));
    command.addAll(List.of("-k", folder.resolve("keys/" + key + ".pem")));
    command.addAll(List.of("-c", folder.resolve("certs/" + key + ".pem")));
    command.addAll(List.of(variable, folder.resolve("secure-boot/db.esl"), out));
    Judge.accepts(command.toArray());
    return AuthenticatedVariable.parse(read(out));
  }

  @Test
  void takesWhatEfitoolsSigns() throws Exception {
    var update = efitools("KEK", "db");
    assertEquals(List.of(), failures(update, SignatureVariable.db, false, after("KEK", "")));
    assertEquals(
        List.of("update-attributes"),
        failures(update, SignatureVariable.db, true, after("KEK", "")));
    assertEquals(
        List.of("update-variable"),
        failures(update, SignatureVariable.dbx, false, after("KEK", "")));
    assertEquals(
        List.of("update-exchange-key"),
        failures(update, SignatureVariable.db, false, after("PK", "")));
    assertEquals(
        List.of("update-time"),
        failures(update, SignatureVariable.db, false, after("KEK", "2030-02-03T04:05:06Z")));
    assertEquals(
        List.of(),
        failures(update, SignatureVariable.db, false, after("KEK", "2030-02-03T04:05:05Z")));
    var append = efitools("KEK", "dbx", "-a");
    assertTrue(UpdateVerifier.signedToAppend(append, SignatureVariable.dbx));
    assertFalse(UpdateVerifier.signedToAppend(update, SignatureVariable.db));
    assertEquals(
        List.of(),
        failures(append, SignatureVariable.dbx, true, after("KEK", "2040-01-01T00:00:00Z")));
  }

  @Test
  void platformKeysAreOnesOwn() throws Exception {
    var own = efitools("PK", "PK");
    // The content is db's certificate, which signed nothing.
    assertEquals(
        List.of("update-own-key"), failures(own, SignatureVariable.PK, false, State.SETUP_MODE));
    assertEquals(List.of(), failures(own, SignatureVariable.PK, false, after("PK", "")));
    var byKek = efitools("KEK", "KEK");
    assertEquals(
        List.of("update-platform-key"),
        failures(byKek, SignatureVariable.KEK, false, after("PK", "")));
    var first = AuthenticatedVariable.parse(read(folder.resolve("secure-boot/PK.auth")));
    assertEquals(List.of(), failures(first, SignatureVariable.PK, false, State.SETUP_MODE));
  }

  @Test
  void takesWhatOpensslSignsWithAttributesAndContentInfo() throws Exception {
    var ours = AuthenticatedVariable.parse(read(folder.resolve("secure-boot/db.auth")));
    var update =
        new dev.trustme.artifact.VariableUpdate(
            SignatureVariable.db, false, ours.timeStamp(), ours.data());
    Path message = dir.resolve("message");
    Files.write(message, update.signedBytes().toArray());
    for (String digest : List.of("sha256", "sha384", "sha1")) {
      Path der = dir.resolve(digest + ".der");
      Judge.accepts(
          "openssl",
          "cms",
          "-sign",
          "-binary",
          "-md",
          digest,
          "-in",
          message,
          "-signer",
          folder.resolve("certs/KEK.pem"),
          "-inkey",
          folder.resolve("keys/KEK.pem"),
          "-outform",
          "DER",
          "-out",
          der);
      var file = new AuthenticatedVariable(ours.timeStamp(), read(der), ours.data());
      var failures = failures(file, SignatureVariable.db, false, after("KEK", ""));
      assertEquals(
          digest.equals("sha256") ? List.of() : List.of("update-digest", "update-signature"),
          failures,
          digest);
      byte[] changed = ours.data().toArray();
      changed[changed.length - 1] ^= 1;
      var other = new AuthenticatedVariable(ours.timeStamp(), read(der), Bytes.copyOf(changed));
      assertTrue(
          failures(other, SignatureVariable.db, false, after("KEK", "")).stream()
              .anyMatch(id -> id.equals("update-message-digest") || id.equals("update-signature")));
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
  void takesTheCorpus() throws Exception {
    Path corpus = Path.of(System.getenv("TRUSTME_CORPUS"), "uefi-variables/go-uefi");
    // Two of the three are signed as appends, and KEK by a PK of which only that signature is left.
    for (var variable :
        List.of(SignatureVariable.PK, SignatureVariable.KEK, SignatureVariable.db)) {
      var file = AuthenticatedVariable.parse(read(corpus.resolve(variable + ".auth")));
      boolean append = variable != SignatureVariable.KEK;
      assertEquals(append, UpdateVerifier.signedToAppend(file, variable));
      var authority =
          variable == SignatureVariable.KEK
              ? UpdateVerifier.certificates(file)
              : KeyDatabase.parse(read(corpus.resolve(variable.authority() + ".der.esl")))
                  .certificates();
      var state = new State(authority, Optional.empty());
      assertEquals(List.of(), failures(file, variable, append, state), variable.name());
      assertEquals(
          List.of("update-attributes"), failures(file, variable, !append, state), variable.name());
    }
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }
}
