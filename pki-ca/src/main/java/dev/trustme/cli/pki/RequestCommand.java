// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Outputs;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pki request}: a certificate request, with a new key or for one that exists. */
@Command(
    name = "request",
    description = {
      "Make a PKCS #10 certificate request, for 'pki sign-csr' or any other authority.",
      "",
      "Needs no PKI folder. The key is a new one, which is written beside the request, or one that"
          + " exists."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki request --subject CN=web --name dns:web.example --key-out web.key -o web.csr",
      "  trustme pki request --subject CN=gateway --name uuid:7c673ee7-c41c-431a-89ad-11590e357214"
          + " \\",
      "      --key device.key -o device.csr"
    },
    mixinStandardHelpOptions = true)
final class RequestCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Secrets secrets = new Secrets();

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      required = true,
      description = "The subject, such as CN=web or C=DE,O=Example,CN=web.")
  private @Nullable String subject;

  @Option(
      names = "--name",
      paramLabel = "KIND:NAME",
      description =
          "A subject alternative name: dns:web.example, ip:::1, email:x@example.org,"
              + " uuid:…, uri:…")
  private List<String> names = List.of();

  @Option(
      names = "--key",
      paramLabel = "REF",
      converter = KeyReferenceConverter.class,
      description = "Ask for this key's certificate: a file, pkcs12:…, pkcs11:… or tpm2:….")
  private @Nullable KeyReference key;

  @Option(
      names = "--key-out",
      paramLabel = "FILE",
      description = "Make a new key and write it here, encrypted.")
  private @Nullable Path keyOut;

  @Option(
      names = "--key-type",
      paramLabel = "TYPE",
      defaultValue = "ec-p256",
      converter = KeyTypeConverter.class,
      description = "Of a new key. Default: ${DEFAULT-VALUE}.")
  private KeyType keyType = KeyType.EC_P256;

  @Option(names = "--plaintext-keys", description = "Do not encrypt the new key.")
  private boolean plaintext;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The request to write (PEM).")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace existing files.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description = "Do everything but write, and say what would be written.")
  private boolean dryRun;

  /** What was asked for; {@code request} is the digest of its DER. */
  record Report(
      String schema,
      boolean dryRun,
      String file,
      String subject,
      List<String> names,
      String key,
      Digest request,
      Optional<String> keyFile) {
    String text() {
      return "%s  request for %s, %s%s%n%s"
          .formatted(
              file,
              subject,
              key,
              keyFile.map(f -> "; its key is " + f).orElse(""),
              dryRun
                  ? "Nothing was written (--dry-run)."
                  : "Send it to the authority, which runs: trustme pki sign-csr --template NAME "
                      + file);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if ((key == null) == (keyOut == null)) {
      throw CommandFailure.usage("give --key, or --key-out for a new key");
    }
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    if (keyOut != null) {
      Outputs.requireAbsent(keyOut, force);
    }
    var name = name();
    var alternatives = IssueForOthers.parse(names);
    try (var passphrase = passphrase();
        var opened = open(passphrase)) {
      var request = CertificationRequest.create(name, alternatives, opened);
      if (!dryRun) {
        write(file, request, opened, passphrase);
      }
      var report =
          new Report(
              "trustme/pki-request/1",
              dryRun,
              file.toString(),
              name.toString(),
              names,
              KeyType.of(opened.publicKey()).map(KeyType::label).orElse("other"),
              HashAlgorithm.SHA256.digest(request.der()),
              Optional.ofNullable(keyOut).map(Path::toString));
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  private X500Name name() {
    try {
      var name = new X500Name(requireNonNull(subject));
      if (name.getRDNs().length > 0) {
        return name;
      }
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "--subject: expected a name like C=DE,O=Example,CN=web, found '%s' (%s)"
              .formatted(subject, e.getMessage()));
    }
    throw CommandFailure.usage("--subject: is empty");
  }

  private Passphrase passphrase() throws IOException {
    if (key != null) {
      return Passphrase.ask("Passphrase of " + key, secrets::passphrase);
    }
    return Passphrase.of(
        plaintext ? new char[0] : secrets.newPassphrase("Passphrase for the new key"));
  }

  private SigningKey open(Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key == null ? SigningKey.generate(keyType) : Keys.open(key, passphrase);
  }

  /** The key first: a request whose key is lost is worth nothing. */
  private void write(
      Path file, CertificationRequest request, SigningKey opened, Passphrase passphrase)
      throws IOException, GeneralSecurityException {
    if (keyOut != null) {
      var protection = plaintext ? KeyProtection.plaintext() : KeyProtection.encrypted(passphrase);
      Outputs.write(keyOut, KeyFile.encode(opened, protection), Outputs.PRIVATE, force);
    }
    Outputs.write(file, Bytes.utf8(request.pem()), force);
  }
}
