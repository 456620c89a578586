// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.key.Subject;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** What is done with one module; the same for each, and from several threads. */
public sealed interface ModuleWork {
  /** The module as it shall be, and what that is called. */
  record Done(Bytes module, ModuleResult.Kind kind) {}

  /** Decides about a module with or without a signature. */
  Done decide(String name, Bytes file, ModuleSignature found)
      throws FormatException, GeneralSecurityException;

  /** Reads the module, decides, and writes it in the form that it had: signed, then compressed. */
  default ModuleResult apply(ModuleTree.Item item, ModuleOutput output)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      var file = Inputs.read(item.file(), ModuleCompression.MAX_MODULE);
      var form = item.compression();
      var plain = form.decompress(file);
      var done = decide(item.name(), file, ModuleSignature.parse(plain));
      boolean changed = done.kind().changed();
      output.write(item, changed ? form.compress(done.module()) : file, changed);
      return new ModuleResult(item.name(), done.kind(), HashAlgorithm.SHA256.digest(done.module()));
    } catch (FormatException e) {
      throw e.in(item.file().toString());
    }
  }

  /** Takes signatures off. */
  record Strip() implements ModuleWork {
    @Override
    public Done decide(String name, Bytes file, ModuleSignature found) {
      return new Done(
          found.module(),
          found.pkcs7().isPresent() ? ModuleResult.Kind.STRIPPED : ModuleResult.Kind.UNSIGNED);
    }
  }

  /**
   * Signs as Linux, scripts/sign-file.c does, and verifies what was signed as the kernel does.
   *
   * @param replace whether other signatures make way
   * @param verify whether to verify: false only where signatures are not made yet
   */
  record Sign(Pkcs7Signer signer, boolean replace, boolean verify) implements ModuleWork {
    @Override
    public Done decide(String name, Bytes file, ModuleSignature found)
        throws FormatException, GeneralSecurityException {
      if (found.pkcs7().isEmpty()) {
        return sign(name, file, found, ModuleResult.Kind.SIGNED);
      }
      if (!replace && !found.names(certificate())) {
        return new Done(found.encode(), ModuleResult.Kind.SKIPPED);
      }
      if (found.names(certificate()) && found.verify(keyring()).accepted()) {
        return new Done(found.encode(), ModuleResult.Kind.ALREADY_SIGNED);
      }
      if (!replace) {
        throw new GeneralSecurityException(
            name
                + ": carries a signature that names this key and does not fit: the module was changed"
                + " after it was signed; --replace signs it anew");
      }
      return sign(name, file, found, ModuleResult.Kind.REPLACED);
    }

    private Done sign(String name, Bytes file, ModuleSignature found, ModuleResult.Kind kind)
        throws FormatException {
      var subject = new Subject(ArtifactKind.KERNEL_MODULE, name, file);
      var pkcs7 = signer.about(subject).detached(found.module());
      var signed = new ModuleSignature(found.module(), Optional.of(pkcs7));
      if (verify
          && signed.verify(keyring()) instanceof Verdict.Rejected<X509CertificateHolder> rejected) {
        throw new IllegalStateException("signed, and does not verify: " + rejected.failures());
      }
      return new Done(signed.encode(), kind);
    }

    private X509CertificateHolder certificate() {
      return signer.signer().certificate();
    }

    private List<X509CertificateHolder> keyring() {
      return List.of(certificate());
    }
  }
}
