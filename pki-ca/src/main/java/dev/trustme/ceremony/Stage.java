// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.ceremony.CeremonyScript.Participant;
import dev.trustme.ceremony.Transcript.Mode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What surrounds a ceremony: the people, the clock, and the commands. */
public interface Stage {
  Mode mode();

  Instant now();

  /** Announces a step. */
  void announce(int number, int of, String words);

  /**
   * Asks a participant whether it is so.
   *
   * @return how the answer came: terminal, file or rehearsal
   * @throws GeneralSecurityException where the answer is no
   */
  String confirm(int number, String id, Participant participant, String words)
      throws IOException, GeneralSecurityException;

  /** Lets a participant choose a passphrase; a fresh array, which the caller wipes. */
  char[] choose(String purpose) throws IOException;

  /**
   * Where the key of this name is made that the script puts in a token; empty for a file after all.
   */
  Optional<String> holder(String name, String reference);

  /** Runs a command of {@code trustme pki} with this passphrase; returns its exit code. */
  int run(List<String> arguments, char[] passphrase);
}
