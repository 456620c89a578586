// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.issue.CrlPublication;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.Rollover;
import dev.trustme.lint.LintInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Everything of a PKI folder that is linted: certificates of authorities, roles, responders and
 * Secure Boot in every generation, chains, links, revocation lists, and what else it ever issued. A
 * certificate that lies in several places is there once, under the first of them.
 */
final class FolderContent {
  private static final long MAX_BYTES = 64 << 20;
  private static final List<String> PARTS =
      List.of("certs", "chains", Rollover.FOLDER, CrlPublication.FOLDER);

  private final Set<X509CertificateHolder> known = new HashSet<>();
  private final List<LintReport.Source> sources = new ArrayList<>();

  private FolderContent() {}

  static List<LintReport.Source> of(PkiFolder pki) throws IOException, FormatException {
    var content = new FolderContent();
    for (String part : PARTS) {
      content.addFiles(pki.path().resolve(part));
    }
    for (long number = 1; number <= pki.index().issued(); number++) {
      content.add(
          "%s, transaction %d".formatted(pki.path(), number),
          new LintInput(pki.issued(number), List.of(), List.of()));
    }
    return List.copyOf(content.sources);
  }

  private void addFiles(Path part) throws IOException, FormatException {
    if (!Files.isDirectory(part)) {
      return;
    }
    List<Path> files;
    try (var found = Files.list(part)) {
      files = found.sorted().toList();
    }
    for (Path file : files) {
      try {
        add(file.toString(), LintInput.parse(Inputs.read(file, MAX_BYTES)));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
  }

  private void add(String name, LintInput input) {
    var fresh = input.certificates().stream().filter(known::add).toList();
    if (!fresh.isEmpty() || !input.lists().isEmpty()) {
      sources.add(
          new LintReport.Source(name, new LintInput(fresh, input.requests(), input.lists())));
    }
  }
}
