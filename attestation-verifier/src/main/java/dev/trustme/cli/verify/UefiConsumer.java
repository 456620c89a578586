// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.uefi.PeImage;
import java.io.IOException;

/** Firmware that starts an EFI program, with the db and dbx of a variable store or certificates. */
final class UefiConsumer implements Consumer {
  @Override
  public String takes() {
    return "would start on this machine";
  }

  @Override
  public String refuses() {
    return "would not start on this machine";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    if (trust.vars().isPresent() == trust.hasCertificates()) {
      throw CommandFailure.usage("--as uefi: give --vars FILE, or --cert FILE");
    }
    var database =
        trust.vars().isPresent()
            ? Inputs.parse(trust.vars().get(), SecureBootStore::lists)
            : SignatureDatabase.of(trust.certificates("uefi"));
    return file ->
        Inputs.parse(file, content -> Authenticode.verify(PeImage.parse(content), database));
  }
}
