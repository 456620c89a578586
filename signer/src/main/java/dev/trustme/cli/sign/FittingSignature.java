// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.AuthenticodeSignature;
import dev.trustme.artifact.StatedSigner;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.sign.ModuleFile;
import dev.trustme.sign.ProgramFile;
import dev.trustme.sign.SignedFile;
import dev.trustme.trust.Check;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;

/** A detached signature that was made for this very file, or a refusal that says why it is not. */
record FittingSignature(Path name, Bytes der) {
  /** {@code certificates} are the signer's, for a signature that carries none. */
  static FittingSignature of(
      Path name, Bytes content, SignedFile file, List<X509CertificateHolder> certificates)
      throws FormatException {
    var signature = new FittingSignature(name, DetachedPkcs7.der(content));
    switch (file) {
      case ProgramFile program -> signature.requireFor(program);
      case ModuleFile module -> signature.requireFor(module, certificates);
    }
    return signature;
  }

  private void requireFor(ProgramFile program) throws FormatException {
    var signature = AuthenticodeSignature.parse(der);
    if (!signature.fits(program.image())) {
      throw refused(
          "was made for another program: it names %s, and this one is %s"
              .formatted(
                  signature.stated(), program.image().authenticodeDigest(HashAlgorithm.SHA256)));
    }
    var signer = signature.signer();
    if (signer.isEmpty() || !signature.isBy(signer.get(), program.image())) {
      throw refused("does not verify with the certificate of " + signature.signerName());
    }
  }

  private void requireFor(ModuleFile module, List<X509CertificateHolder> certificates)
      throws FormatException {
    var stated = StatedSigner.of(der);
    var all = Stream.concat(certificates.stream(), stated.certificates().stream()).toList();
    var signer = StatedSigner.among(der, all);
    if (signer.isEmpty() && certificates.isEmpty()) {
      throw CommandFailure.usage(
          "%s: carries no certificate: give --cert FILE of %s".formatted(name, stated.name()));
    }
    var failed =
        module.content().signedBy(der).verify(signer.stream().toList()).checks().stream()
            .filter(Check::failed)
            .findFirst();
    if (failed.isPresent()) {
      throw refused(
          "was not made for this module: %s: expected %s, found %s"
              .formatted(failed.get().id(), failed.get().expected(), failed.get().seen()));
    }
  }

  private CommandFailure refused(String why) {
    return CommandFailure.rejected(name + ": " + why);
  }

  /** The certificate that travels with a signature and that it names, if it verifies with it. */
  static Optional<Boolean> goodByItself(ModuleFile module, Bytes pkcs7) throws FormatException {
    var signer = StatedSigner.among(pkcs7, StatedSigner.of(pkcs7).certificates());
    return signer.isEmpty()
        ? Optional.empty()
        : Optional.of(module.content().verify(List.of(signer.get())).accepted());
  }
}
