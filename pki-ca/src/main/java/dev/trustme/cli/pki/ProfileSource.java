// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.profile.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A profile by the name of a shipped one or as a file: its text, and what it says. */
record ProfileSource(Bytes text, Profile profile) {
  private static final int MAX_BYTES = 1 << 20;

  static ProfileSource of(String nameOrFile) throws IOException, FormatException {
    Bytes text = text(nameOrFile);
    try {
      return new ProfileSource(text, Profile.parse(text));
    } catch (FormatException e) {
      throw e.in(nameOrFile);
    }
  }

  private static Bytes text(String nameOrFile) throws IOException {
    var shipped = Profile.shipped(nameOrFile);
    if (shipped.isPresent()) {
      return shipped.get();
    }
    Path file = Path.of(nameOrFile);
    if (!Files.exists(file)) {
      throw CommandFailure.usage(
          "profile %s: neither a shipped profile (%s) nor a file"
              .formatted(nameOrFile, String.join(", ", Profile.SHIPPED)));
    }
    return Inputs.read(file, MAX_BYTES);
  }
}
