// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.FsVeritySignature;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel that enables fs-verity with a signature, certificates on its keyring .fs-verity. */
record FsVerityConsumer(VerityChoice verity) implements Consumer {
  private static final long MAX_SIGNATURE = 64 << 10;

  @Override
  public String takes() {
    return "would be enabled by this kernel";
  }

  @Override
  public String refuses() {
    return "would not be enabled by this kernel";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var keyring = trust.certificates("fsverity");
    var parameters = verity.parameters();
    return file -> {
      Inputs.requireReadable(file);
      Path sidecar = file.resolveSibling(file.getFileName() + ".p7s");
      var signature = Inputs.read(sidecar, MAX_SIGNATURE);
      try (var content = Files.newInputStream(file)) {
        return FsVeritySignature.verify(signature, parameters.measure(content), keyring);
      } catch (FormatException e) {
        throw e.in(sidecar.toString());
      }
    };
  }
}
