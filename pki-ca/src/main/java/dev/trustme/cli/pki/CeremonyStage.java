// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.ceremony.CeremonyScript.Participant;
import dev.trustme.ceremony.Stage;
import dev.trustme.ceremony.Transcript.Mode;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.cli.Times;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the rehearsal and the real thing have in common: clock, announcements, commands. */
abstract class CeremonyStage implements Stage {
  private final Mode mode;
  private final Output output;
  private final Times times;
  private final Secrets secrets;

  CeremonyStage(Mode mode, Output output, Times times, Secrets secrets) {
    this.secrets = secrets;
    this.mode = mode;
    this.output = output;
    this.times = times;
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public Instant now() {
    return times.now();
  }

  @Override
  public void announce(int number, int of, String words) {
    output.line("%s%d/%d  %s".formatted(mark(), number, of, words.strip()));
  }

  final String mark() {
    return mode == Mode.REHEARSAL ? "REHEARSAL " : "";
  }

  @Override
  public int run(List<String> arguments, char[] passphrase) {
    var answering = Secrets.answerWith(new Answers(passphrase, secrets));
    try (answering) {
      return Launcher.run(new PkiMain(), arguments.toArray(String[]::new));
    }
  }

  /** The ceremony's own passphrase, and a PIN that somebody types. */
  private static final class Answers implements Secrets.Answer {
    private final char[] passphrase;
    private final Secrets secrets;

    Answers(char[] passphrase, Secrets secrets) {
      this.passphrase = passphrase;
      this.secrets = secrets;
    }

    @Override
    public char[] passphrase(String purpose) {
      return passphrase.clone();
    }

    @Override
    public char[] pin(String purpose) throws IOException {
      return secrets.ownPin(purpose);
    }
  }

  /** Nobody is there: every answer is yes. */
  static final class Rehearsal extends CeremonyStage {
    private final Optional<String> token;

    Rehearsal(Output output, Times times, Secrets secrets, Optional<String> token) {
      super(Mode.REHEARSAL, output, times, secrets);
      this.token = token;
    }

    /** Never the token that the script names: another one, or a file. */
    @Override
    public Optional<String> holder(String name, String reference) {
      return token.map(t -> {
        int query = t.indexOf('?');
        String path = query < 0 ? t : t.substring(0, query);
        return path + ";object=" + name + (query < 0 ? "" : t.substring(query));
      });
    }

    @Override
    public String confirm(int number, String id, Participant participant, String words) {
      return "rehearsal";
    }

    @Override
    public char[] choose(String purpose) {
      return "only a rehearsal".toCharArray();
    }
  }

  /** The answers come from people, or from what they wrote down before. */
  static final class Real extends CeremonyStage {
    private final ConfirmationDesk desk;
    private final Secrets secrets;

    Real(Output output, Times times, ConfirmationDesk desk, Secrets secrets) {
      super(Mode.CEREMONY, output, times, secrets);
      this.desk = desk;
      this.secrets = secrets;
    }

    @Override
    public Optional<String> holder(String name, String reference) {
      return Optional.of(reference);
    }

    @Override
    public String confirm(int number, String id, Participant participant, String words)
        throws IOException, GeneralSecurityException {
      return desk.confirm(number, id, participant.name(), words);
    }

    @Override
    public char[] choose(String purpose) throws IOException {
      return secrets.newPassphrase(purpose);
    }
  }
}
