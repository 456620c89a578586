// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that name one key and its certificate, wherever they are. */
public final class KeyOptions {
  private static final int MAX_BYTES = 1 << 20;

  @Option(
      names = "--key",
      paramLabel = "REF",
      converter = KeyReferenceConverter.class,
      description =
          "The private key: a file, pkcs12:FILE[?alias=NAME], pkcs11:… (RFC 7512),"
              + " tpm2:HANDLE or tpm2:FILE.")
  private @Nullable KeyReference key;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The key's certificate in PEM, its issuers after it, without the root.")
  private @Nullable Path certificate;

  /** A key with its chain, leaf first. */
  public record Certified(SigningKey key, List<X509CertificateHolder> chain) {
    public Certified {
      chain = List.copyOf(chain);
    }
  }

  /** Whether a key is named; one option without the other is a usage error. */
  public boolean given() {
    if ((key == null) != (certificate == null)) {
      throw CommandFailure.usage("--key and --cert belong together");
    }
    return key != null;
  }

  /** Whether a certificate is named, with or without its key. */
  public boolean certified() {
    return certificate != null || given();
  }

  /** The certificate with its issuers, leaf first. */
  public List<X509CertificateHolder> chain() throws IOException, FormatException {
    if (certificate == null) {
      throw CommandFailure.usage("--cert FILE is needed");
    }
    return chain(certificate);
  }

  /** Opens the key, which is the certificate's. */
  public Certified open(Passphrase.Source secrets)
      throws IOException, FormatException, GeneralSecurityException {
    if (key == null || certificate == null) {
      throw CommandFailure.usage("--key REF and --cert FILE are needed");
    }
    var chain = chain(certificate);
    try (var passphrase = Passphrase.ask("Passphrase of " + key, secrets)) {
      return new Certified(Keys.open(key, chain.getFirst(), passphrase), chain);
    }
  }

  private static List<X509CertificateHolder> chain(Path file) throws IOException, FormatException {
    try {
      return Certificates.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
