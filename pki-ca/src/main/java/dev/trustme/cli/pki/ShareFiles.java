// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Share;
import dev.trustme.ceremony.SharedSecret;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** Custodians' shares in files: what {@code --shares} reads. */
public final class ShareFiles implements Secrets.Shares {
  private static final int MAX_BYTES = 4096;

  @Override
  public char[] combine(List<Path> files) throws IOException {
    List<Share> shares = new ArrayList<>();
    try {
      for (Path file : files) {
        shares.add(read(file));
      }
      try (var secret = SharedSecret.combine(shares)) {
        return secret.passphrase();
      }
    } catch (FormatException e) {
      throw new CommandFailure(ExitCode.MALFORMED, String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      throw CommandFailure.rejected(String.valueOf(e.getMessage()));
    } finally {
      shares.forEach(Share::close);
    }
  }

  static Share read(Path file) throws IOException, FormatException {
    try {
      return Share.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
