// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Action.WorkingCopy;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A PKI folder for daily work: the roots' keys stay behind, the others change their passphrase. */
final class KeyHandover {
  private final Path folder;
  private final CeremonySecrets secrets;

  KeyHandover(Path folder, CeremonySecrets secrets) {
    this.folder = folder;
    this.secrets = secrets;
  }

  void make(WorkingCopy copy) throws IOException, FormatException, GeneralSecurityException {
    Path source = folder.resolve(copy.pki());
    var leftOut = leftOut(PkiFolder.open(source), copy.without());
    List<Path> files;
    try (var walk = Files.walk(source)) {
      files = walk.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    try (var staged = Outputs.stageFolder(folder.resolve(copy.folder()), false);
        var old = Passphrase.of(secrets.copy(copy.secret()));
        var fresh = Passphrase.of(secrets.copy(copy.newSecret()))) {
      var protection = KeyProtection.encrypted(fresh);
      for (Path file : files) {
        String name = source.relativize(file).toString();
        Path target = staged.path().resolve(name);
        Files.createDirectories(requireNonNull(target.getParent()));
        if (name.startsWith("keys/")) {
          if (!leftOut.contains(name)) {
            try (var key = Keys.open(new KeyReference.KeyPath(file), old)) {
              KeyFile.write(target, key, protection);
            }
          }
        } else if (!name.equals(".lock")) {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      staged.commit();
    }
  }

  private static Set<String> leftOut(PkiFolder pki, List<String> authorities)
      throws GeneralSecurityException {
    Set<String> names = new HashSet<>();
    for (String name : authorities) {
      var item = pki.index().authorities().get(name);
      if (item == null) {
        throw new GeneralSecurityException(
            "there is no authority '%s' to leave out; there are: %s"
                .formatted(name, String.join(", ", pki.authorities())));
      }
      names.add(item.key());
    }
    return names;
  }
}
