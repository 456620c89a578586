// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The files of a folder by their digests: are the artefacts that a request names at hand? */
public final class ArtifactFiles {
  private final Map<Digest, Path> files = new HashMap<>();

  private ArtifactFiles() {}

  /** Hashes every regular file below the folder; links are not followed. */
  public static ArtifactFiles below(Path folder) throws IOException {
    var found = new ArtifactFiles();
    try (var tree = Files.walk(folder)) {
      for (Path file :
          tree.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        found.add(file);
      }
    }
    return found;
  }

  /** One reading gives all digests that a request may hold. */
  private void add(Path file) throws IOException {
    var digests = new EnumMap<HashAlgorithm, java.security.MessageDigest>(HashAlgorithm.class);
    try (var opened = Files.newInputStream(file)) {
      InputStream in = opened;
      for (var hash :
          new HashAlgorithm[] {HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512}) {
        digests.put(hash, hash.newDigest());
        in = new DigestInputStream(in, digests.get(hash));
      }
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    digests.forEach(
        (hash, digest) -> files.put(new Digest(hash, Bytes.copyOf(digest.digest())), file));
  }

  /** Whether the item's artefact is here, and whether the signature is over the file itself. */
  public Check check(RequestItem item) {
    if (item.about().isEmpty()) {
      return Check.fail("artifact-file", "an artefact that the request names", "none")
          .at(item.name());
    }
    var sha256 = item.about().get().sha256();
    var file = files.get(sha256);
    if (file == null) {
      return Check.fail("artifact-file", sha256.toString(), "no such file").at(item.name());
    }
    boolean direct = item.digest().map(files::get).filter(file::equals).isPresent();
    return Check.pass("artifact-file", file + (direct ? " (the signature covers its bytes)" : ""))
        .at(item.name());
  }
}
