// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.UpdateVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.PlatformUpdate;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.KeyFileContent;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes signature lists from elsewhere into what a PKI folder enrols: merged with what is there,
 * and signed anew. An update that nobody signed whom the folder's PK or KEK names is refused, as
 * firmware would; plain lists carry no signature that could be asked.
 */
public final class ListImport {
  private static final long MAX_BYTES = 64L << 20;

  private final PkiSession session;
  private final SignatureVariable variable;

  /** For a variable that signed updates change. */
  public ListImport(PkiSession session, SignatureVariable variable) {
    this.session = session;
    this.variable = variable;
  }

  /**
   * Merges the file's entries as part of the session.
   *
   * @return in words: how many entries came, and who vouches for them
   * @throws GeneralSecurityException where firmware would refuse the update, or nothing is new
   */
  public List<String> take(KeyFileContent content, Path file)
      throws IOException, FormatException, GeneralSecurityException {
    if (variable == SignatureVariable.PK) {
      throw new GeneralSecurityException(
          "PK holds one certificate, whose key is this folder's; 'secure-boot rotate PK' makes the next");
    }
    try {
      return switch (content) {
        case KeyFileContent.Update update ->
            merge(update.database(), signer(update.update(), file), file);
        case KeyFileContent.Lists lists ->
            merge(lists.database(), "nobody: the file carries no signature", file);
        case KeyFileContent.Efivar efivar -> throw other();
        case KeyFileContent.Store store -> throw other();
      };
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static FormatException other() {
    return new FormatException("EFI_SIGNATURE_LIST", 0, "expected an .esl or .auth file");
  }

  /** Who signed the update, where that is one whom firmware with this folder's keys believes. */
  private String signer(AuthenticatedVariable update, Path file)
      throws IOException, FormatException, GeneralSecurityException {
    var authority = PlatformUpdate.content(session.folder(), variable.authority());
    var state = new UpdateVerifier.State(authority.certificates(), Optional.empty());
    if (state.authority().isEmpty()) {
      throw new GeneralSecurityException(
          "%s: the folder has no %s that could have signed it"
              .formatted(file, variable.authority()));
    }
    boolean append = UpdateVerifier.signedToAppend(update, variable);
    var verdict = UpdateVerifier.verify(update, variable, append, state);
    if (!verdict.accepted()) {
      throw new GeneralSecurityException(
          "%s: firmware with this folder's %s would refuse it: %s"
              .formatted(
                  file,
                  variable.authority(),
                  verdict.failures().stream()
                      .map(c ->
                          "%s: expected %s, found %s".formatted(c.id(), c.expected(), c.seen()))
                      .collect(Collectors.joining("; "))));
    }
    return verdict.checks().stream()
        .filter(c -> c.id().equals("update-signer"))
        .map(c -> c.seen())
        .findFirst()
        .orElseThrow();
  }

  private List<String> merge(KeyDatabase more, String vouching, Path file)
      throws IOException, FormatException, GeneralSecurityException {
    var current = PlatformUpdate.content(session.folder(), variable);
    var next = current.merge(more);
    int added = next.entries().size() - current.entries().size();
    if (added == 0) {
      throw new GeneralSecurityException(
          "%s: %s holds all of its %d entries already"
              .formatted(file, variable, more.entries().size()));
    }
    var unused = more.certificates(); // An entry that is no certificate is said before any change.
    var signed = new PlatformUpdate(session).set(variable, next, Optional.empty());
    var vouched = UpdateVerifier.certificates(signed).getFirst();
    var digest = HashAlgorithm.SHA256.digest(Inputs.read(file, MAX_BYTES));
    String words =
        "%s: %d of %d entries, signed by %s"
            .formatted(variable, added, more.entries().size(), vouching);
    session.transaction().log(Event.signed("import", words, vouched, digest));
    return List.of(words);
  }
}
