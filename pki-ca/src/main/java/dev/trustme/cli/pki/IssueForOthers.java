// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Outputs;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.issue.CsrNames;
import dev.trustme.issue.RequestIssuer;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyType;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of {@code pki issue --template}: a fresh key and its certificate in one folder. */
final class IssueForOthers {
  @Option(
      names = "--template",
      paramLabel = "NAME",
      required = true,
      description = "A template of the profile, such as backend.")
  private @Nullable String template;

  @Option(
      names = "--common-name",
      paramLabel = "TEXT",
      required = true,
      description = "Whom the certificate is for.")
  private @Nullable String commonName;

  @Option(
      names = "--name",
      paramLabel = "KIND:NAME",
      description =
          "A further name, of a kind that the template allows: dns:web.example, ip:::1,"
              + " email:x@example.org, uuid:…")
  private List<String> names = List.of();

  @Option(
      names = "--key-type",
      paramLabel = "TYPE",
      converter = KeyTypeConverter.class,
      description = "One of the template's; without it, its first.")
  private @Nullable KeyType keyType;

  @Option(
      names = "--key-pass-file",
      paramLabel = "FILE",
      description = "Encrypt the new key with the passphrase in this file's first line.")
  private @Nullable Path keyPassFile;

  @Option(names = "--plaintext-keys", description = "Do not encrypt the new key.")
  private boolean plaintext;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to make: key.pem, cert.pem, chain.pem (leaf first).")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing folder.")
  private boolean force;

  ExitCode call(PkiChange change, Acceptance acceptance)
      throws IOException, FormatException, GeneralSecurityException {
    if (plaintext == (keyPassFile != null)) {
      throw CommandFailure.usage("--template: give --key-pass-file or --plaintext-keys");
    }
    Path folder = requireNonNull(target);
    Outputs.requireAbsent(folder, force);
    SignCsrCommand.requireReplaceable(folder);
    try (var staged = Outputs.stageFolder(folder, force);
        var keyPassphrase = keyPassphrase()) {
      return change.make(
          plain -> {
            var session = plain.accepting(acceptance);
            var setting = RequestIssuer.Setting.of(session, RequestIssuer.Leniency.of(acceptance));
            try (var issuer = RequestIssuer.template(setting, requireNonNull(template));
                var key = SigningKey.generate(keyType(issuer))) {
              var request = CertificationRequest.create(subject(), generalNames(), key);
              var certificate = SignCsrCommand.issue(issuer, request);
              session.record(List.of(certificate), issuer.certificate());
              write(staged.path(), key, chain(certificate, issuer), keyPassphrase);
              return new IssueCommand.Report(
                  "trustme/pki-issue/1",
                  change.dryRun(),
                  List.of(IssueCommand.Issued.of(requireNonNull(template), certificate)),
                  List.of("%s/  holds key.pem, cert.pem and chain.pem".formatted(folder)));
            }
          },
          staged::commit);
    }
  }

  private Passphrase keyPassphrase() throws IOException {
    return Passphrase.of(keyPassFile == null ? new char[0] : Secrets.firstLineOf(keyPassFile));
  }

  private KeyType keyType(RequestIssuer issuer) {
    return keyType == null ? issuer.keyTypes().getFirst() : keyType;
  }

  private org.bouncycastle.asn1.x500.X500Name subject() {
    return new X500NameBuilder().addRDN(BCStyle.CN, requireNonNull(commonName)).build();
  }

  private List<GeneralName> generalNames() {
    return parse(names);
  }

  static List<GeneralName> parse(List<String> names) {
    try {
      return names.stream().map(CsrNames::parse).toList();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--name: " + e.getMessage());
    }
  }

  private static List<X509CertificateHolder> chain(
      X509CertificateHolder certificate, RequestIssuer issuer) throws IOException, FormatException {
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(certificate));
    chain.addAll(issuer.chain());
    return chain;
  }

  private void write(
      Path folder, SigningKey key, List<X509CertificateHolder> chain, Passphrase passphrase)
      throws IOException, GeneralSecurityException {
    var protection = plaintext ? KeyProtection.plaintext() : KeyProtection.encrypted(passphrase);
    KeyFile.write(folder.resolve("key.pem"), key, protection);
    Outputs.write(
        folder.resolve("cert.pem"), Bytes.utf8(Certificates.pem(chain.subList(0, 1))), false);
    Outputs.write(folder.resolve("chain.pem"), Bytes.utf8(Certificates.pem(chain)), false);
  }
}
