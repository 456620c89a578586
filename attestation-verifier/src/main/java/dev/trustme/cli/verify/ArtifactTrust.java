// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Times;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a consumer trusts: the options of {@code verify artifact} that several of them read. */
final class ArtifactTrust {
  @Mixin private Times times = new Times();

  @Option(names = "--vars", paramLabel = "FILE", description = "OVMF's variable store.")
  private Optional<Path> vars = Optional.empty();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "A certificate (PEM or DER) of db or of the kernel's keyring.")
  private List<Path> certificates = new ArrayList<>();

  @Option(names = "--roots", paramLabel = "FILE", description = "Trust anchors (PEM or DER).")
  private List<Path> roots = new ArrayList<>();

  Instant now() {
    return times.now();
  }

  Optional<Path> vars() {
    return vars;
  }

  boolean hasCertificates() {
    return !certificates.isEmpty();
  }

  /** Those of every {@code --cert}; none is a usage error. */
  List<X509CertificateHolder> certificates(String consumer) throws IOException, FormatException {
    if (certificates.isEmpty()) {
      throw CommandFailure.usage("--as " + consumer + ": give --cert FILE");
    }
    List<X509CertificateHolder> all = new ArrayList<>();
    for (Path certificate : certificates) {
      all.addAll(Inputs.parse(certificate, Certificates::parse));
    }
    return all;
  }

  /** Those of every {@code --roots}; none is a usage error. */
  TrustStore roots(String consumer) throws IOException, FormatException {
    if (roots.isEmpty()) {
      throw CommandFailure.usage("--as " + consumer + ": give --roots FILE");
    }
    return TrustStore.load(roots);
  }
}
