// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.ExtendedAttributes;
import dev.trustme.files.Inputs;
import dev.trustme.ima.ImaSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The kernel's IMA that appraises a file, with these certificates on its keyring .ima. The
 * signature is {@code FILE.sig}, or the attribute security.ima.
 */
record ImaConsumer(VerityChoice verity) implements Consumer {
  private static final long MAX_SIGNATURE = 64 << 10;

  @Override
  public String takes() {
    return "would be read by this kernel";
  }

  @Override
  public String refuses() {
    return "would not be read by this kernel";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    var keyring = trust.certificates("ima");
    return file -> judge(file, keyring);
  }

  private Verdict<?> judge(Path file, List<X509CertificateHolder> keyring)
      throws IOException, FormatException {
    var content = Inputs.read(file);
    var found = signature(file);
    if (found.isEmpty()) {
      return new Verdict.Rejected<>(
          List.of(
              Check.fail("signature", "FILE.sig or security.ima", "neither")
                  .advise("sign it with 'trustme sign firmware'")));
    }
    var signature = found.get();
    if (signature.type() != ImaSignature.Type.IMA_VERITY_DIGSIG) {
      return ImaFileSignature.verify(signature, content, keyring);
    }
    var hash = signature.hashAlgo().algorithm();
    if (hash.filter(h -> h == HashAlgorithm.SHA256 || h == HashAlgorithm.SHA512).isEmpty()) {
      return new Verdict.Rejected<>(
          List.of(Check.fail("signature-type", "sha256 or sha512", signature.hashAlgo().label())));
    }
    var digest =
        verity.parameters(hash.get()).measure(new ByteArrayInputStream(content.toArray())).digest();
    return ImaFileSignature.verifyVerity(signature, digest, keyring);
  }

  private static Optional<ImaSignature> signature(Path file) throws IOException, FormatException {
    Path sidecar = file.resolveSibling(file.getFileName() + ".sig");
    if (Files.exists(sidecar)) {
      return Optional.of(Inputs.parse(sidecar, MAX_SIGNATURE, ImaSignature::parse));
    }
    Optional<Bytes> value = ExtendedAttributes.get(file, ExtendedAttributes.IMA);
    String name = file + " " + ExtendedAttributes.IMA;
    return value.isPresent()
        ? Optional.of(Inputs.parse(name, value.get(), ImaSignature::parse))
        : Optional.empty();
  }
}
