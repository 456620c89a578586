// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tss.TpmObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a key: what tpm2-tools write with -u, -r and -n, and PEM. */
record AkFiles(
    Path publicFile, @Nullable Path privateFile, @Nullable Path nameFile, @Nullable Path pem) {

  void requireAbsent(boolean force) throws IOException {
    for (Path file :
        Stream.of(publicFile, privateFile, nameFile, pem).filter(Objects::nonNull).toList()) {
      Outputs.requireAbsent(file, force);
    }
  }

  void write(KeyBlob blob, TpmObject key, boolean force)
      throws IOException, GeneralSecurityException {
    Outputs.write(publicFile, blob.encodePublic(), force);
    if (privateFile != null) {
      Outputs.write(privateFile, blob.encodePrivate(), Outputs.PRIVATE, force);
    }
    if (nameFile != null) {
      Outputs.write(nameFile, key.readPublic().name().encode(), force);
    }
    if (pem != null) {
      Bytes text = TpmPublicKey.pem(key.key());
      Outputs.write(pem, text, force);
    }
  }
}
