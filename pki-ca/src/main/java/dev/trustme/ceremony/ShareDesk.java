// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Action.Combine;
import dev.trustme.ceremony.Action.Split;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gives custodians their shares, and takes them back. */
final class ShareDesk implements AutoCloseable {
  private static final int MAX_SHARE = 4096;

  private final CeremonyScript script;
  private final Path folder;
  private final CeremonySecrets secrets;
  private final SecureRandom random = new SecureRandom();
  private final List<Share> open = new ArrayList<>();

  ShareDesk(CeremonyScript script, Path folder, CeremonySecrets secrets) {
    this.script = script;
    this.folder = folder;
    this.secrets = secrets;
  }

  /** A new secret; each share in a file that its owner alone may read. */
  void split(Split split) throws IOException {
    var names = split.custodians().stream().map(c -> script.names(List.of(c))).toList();
    try (var secret = SharedSecret.generate(split.secret(), random)) {
      var shares = secret.split(split.threshold(), names, random);
      open.addAll(shares);
      Files.createDirectories(folder.resolve(split.folder()));
      for (int i = 0; i < shares.size(); i++) {
        byte[] page = shares.get(i).encode();
        Path file = folder.resolve(split.share(split.custodians().get(i)));
        Outputs.write(file, Bytes.copyOf(page), Outputs.PRIVATE, false);
        Arrays.fill(page, (byte) 0);
      }
      secrets.put(split.secret(), secret.passphrase());
    }
  }

  /** Opens the secret by these shares alone, and goes on with what they open. */
  void combine(Combine combine) throws IOException, FormatException, GeneralSecurityException {
    List<Share> shares = new ArrayList<>();
    for (String name : combine.shares()) {
      Path file = folder.resolve(name);
      try {
        shares.add(Share.parse(Inputs.read(file, MAX_SHARE)));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
    open.addAll(shares);
    try (var secret = SharedSecret.combine(shares)) {
      secrets.put(combine.secret(), secret.passphrase());
    }
  }

  @Override
  public void close() {
    open.forEach(Share::close);
  }
}
