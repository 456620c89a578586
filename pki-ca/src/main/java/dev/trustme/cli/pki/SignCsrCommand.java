// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.files.Outputs;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.issue.CsrBatch;
import dev.trustme.issue.CsrBatch.Result;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.RequestIssuer;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki sign-csr}: certificates from requests, one or thousands. */
@Command(
    name = "sign-csr",
    description = {
      "Issue certificates from PKCS #10 requests.",
      "",
      "The template decides what a certificate says; a request brings its key, its common name and"
          + " names of the kinds that the template allows. Anything else that it asks for is"
          + " refused by name. Of many requests the good ones are issued; exit code 1 or 3 says"
          + " that some were not."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki sign-csr --pki pki --template device device.csr -o device",
      "  trustme pki sign-csr --pki pki --template device requests/ -o certificates",
      "  trustme pki sign-csr --pki pki --authority customer-guests customer.csr -o customer"
    },
    mixinStandardHelpOptions = true)
final class SignCsrCommand implements Callable<ExitCode> {
  /** Verified for one certificate: the request's, and that of the certificate itself. */
  private static final int SIGNATURES_EACH = 2;

  @Mixin private PkiChange change = new PkiChange();
  @Mixin private LintOptions lint = new LintOptions();

  @ArgGroup(multiplicity = "1")
  private Plan plan = new Plan();

  static final class Plan {
    @Option(names = "--template", paramLabel = "NAME", description = "A template of the profile.")
    private @Nullable String template;

    @Option(
        names = "--authority",
        paramLabel = "NAME",
        description = "An authority of the profile whose key is made elsewhere.")
    private @Nullable String authority;
  }

  @Parameters(
      paramLabel = "CSR",
      arity = "1..*",
      description = "Requests (PEM or DER), or folders of *.csr and *.pem files.")
  private List<Path> inputs = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description =
          "The folder to make: for each request NAME.pem, the certificate and its issuers"
              + " without the root.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing folder of certificates.")
  private boolean force;

  @Option(
      names = "--drop-extras",
      description = "Drop what the template does not grant instead of refusing the request.")
  private boolean dropExtras;

  @Option(
      names = "--allow-known-keys",
      description = "Also certify a key that has a certificate under another name.")
  private boolean knownKeys;

  @Option(
      names = "--allow-known-names",
      description = "Also certify a device's UUID that another key has.")
  private boolean knownNames;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path folder = requireNonNull(target);
    Outputs.requireAbsent(folder, force);
    requireReplaceable(folder);
    List<Path> files = files();
    Acceleration.expect(files.size() * SIGNATURES_EACH, 0);
    try (var staged = Outputs.stageFolder(folder, force)) {
      return change.make(
          plain -> {
            var session = plain.accepting(lint.acceptance());
            try (var issuer = issuer(RequestIssuer.Setting.of(session, leniency(session)))) {
              return sign(session, issuer, files, staged.path());
            }
          },
          staged::commit);
    }
  }

  /** --force replaces a folder of certificates, never something else of that name. */
  static void requireReplaceable(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var found = Files.list(folder)) {
      if (!found.allMatch(f -> f.toString().endsWith(".pem"))) {
        throw CommandFailure.usage(
            folder + ": holds more than .pem files; --force replaces only a folder of those");
      }
    }
  }

  private RequestIssuer.Leniency leniency(PkiSession session) {
    return new RequestIssuer.Leniency(dropExtras, knownKeys, knownNames, session.acceptance());
  }

  private RequestIssuer issuer(RequestIssuer.Setting setting)
      throws IOException, FormatException, GeneralSecurityException {
    return plan.template != null
        ? RequestIssuer.template(setting, plan.template)
        : RequestIssuer.authority(setting, requireNonNull(plan.authority));
  }

  private SignCsrReport sign(
      PkiSession session, RequestIssuer issuer, List<Path> files, Path folder)
      throws IOException, FormatException, GeneralSecurityException {
    var report = new SignCsrReport.Builder(change.dryRun(), requireNonNull(target).toString());
    Bytes chain = Bytes.utf8(Certificates.pem(issuer.chain()));
    List<X509CertificateHolder> issued = new ArrayList<>();
    new CsrBatch(issuer, (file, made) -> write(folder.resolve(name(file)), made, chain))
        .run(
            files,
            result -> {
              report.add(result);
              change.output().progress("signing", report.size(), files.size());
              if (result instanceof Result.Issued made) {
                issued.add(made.certificate());
              }
            });
    session.record(issued, issuer.certificate());
    return report.build();
  }

  private static void write(Path file, X509CertificateHolder certificate, Bytes chain)
      throws IOException {
    Files.write(
        file, Bytes.concat(Bytes.utf8(Certificates.pem(List.of(certificate))), chain).toArray());
  }

  /** Issues for one request, or says why not. */
  static X509CertificateHolder issue(RequestIssuer issuer, CertificationRequest request)
      throws IOException, FormatException, GeneralSecurityException {
    return CsrBatch.one(issuer, request);
  }

  /** All requests, folders opened; two of one name would overwrite each other's certificate. */
  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path input : inputs) {
      if (!Files.isDirectory(input)) {
        files.add(input);
        continue;
      }
      try (var found = Files.list(input)) {
        found.filter(f -> f.toString().matches(".*\\.(csr|pem|der)")).sorted().forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      throw CommandFailure.usage("no *.csr, *.pem or *.der file in the folders that were named");
    }
    Map<String, Path> names = new HashMap<>();
    for (Path file : files) {
      var other = names.put(name(file), file);
      if (other != null) {
        throw CommandFailure.usage(
            "%s and %s would both become %s".formatted(other, file, name(file)));
      }
    }
    return files;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "") + ".pem";
  }
}
