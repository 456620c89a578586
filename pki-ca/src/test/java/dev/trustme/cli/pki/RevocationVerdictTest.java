// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.Launcher;
import dev.trustme.files.Inputs;
import dev.trustme.issue.SmallPki;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.OcspStaple;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Revocation.Mode;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code crl}, {@code ocsp} and {@code rollover} write is what the path validation asks. */
class RevocationVerdictTest {
  private static final Instant AT = SmallPki.AT.plusSeconds(3600);

  @TempDir private Path dir = Path.of(".");

  @BeforeEach
  void makePki() throws Exception {
    SmallPki.create(dir.resolve("pki"));
  }

  private void run(String... verb) {
    List<String> command = new ArrayList<>(List.of(verb));
    command.addAll(
        List.of("--pki", dir.resolve("pki").toString(), "--at", AT.toString(), "--quiet"));
    assertEquals(0, Launcher.run(new PkiMain(), command.toArray(String[]::new)), verb[0]);
  }

  @Test
  void listsAndDeltasCount() throws Exception {
    assertEquals(List.of("revocation-known"), failures("root", lists()));
    run("crl", "--all");
    assertEquals(List.of(), failures("root", lists()));
    run("revoke", "container", "--reason", "key-compromise");
    assertEquals(List.of(), failures("root", lists()));
    run("crl", "device", "--delta");
    assertEquals(List.of("certificate-revoked"), failures("root", lists()));
  }

  @Test
  void responsesCount() throws Exception {
    run("crl", "root");
    run("ocsp", "device");
    assertEquals(List.of(), failures("root", lists()));
    run("revoke", "container", "--reason", "key-compromise");
    run("ocsp", "device");
    assertEquals(List.of("ocsp-revoked"), failures("root", lists()));
  }

  @Test
  void linkCertificatesBridgeARollover() throws Exception {
    run("rollover", "root");
    var chain = new ArrayList<>(certificates("chains/container.pem"));
    var anchor = new TrustStore(certificates("certs/root-2.pem"));
    var validator = new PathValidator(anchor, AT.plusSeconds(60));
    assertEquals(1, validator.validate(chain, Role.CONTAINER).failures().size());
    chain.addAll(certificates("links/root-2.old-with-new.pem"));
    assertEquals(List.of(), validator.validate(chain, Role.CONTAINER).failures());
  }

  private List<String> failures(String root, Revocation revocation)
      throws IOException, FormatException {
    var store = new TrustStore(certificates("certs/" + root + ".pem"));
    return new PathValidator(store, AT.plusSeconds(60))
            .validate(
                certificates("chains/container.pem"),
                PathPolicy.of(Role.CONTAINER).with(revocation))
            .failures()
            .stream()
            .map(Check::id)
            .distinct()
            .toList();
  }

  /** Everything that the folder has published. */
  private Revocation lists() throws IOException, FormatException {
    List<RevocationList> lists = new ArrayList<>();
    for (Bytes file : files("crls", ".crl")) {
      lists.add(RevocationList.parse(file));
    }
    List<OcspStaple> responses = new ArrayList<>();
    for (Bytes file : files("ocsp", ".ocsp")) {
      responses.add(OcspStaple.parse(file));
    }
    return Revocation.of(Mode.REQUIRED, lists, responses);
  }

  private List<Bytes> files(String folder, String ending) throws IOException {
    var root = dir.resolve("pki").resolve(folder);
    List<Bytes> found = new ArrayList<>();
    if (Files.exists(root)) {
      try (var files = Files.walk(root)) {
        for (Path file : files.filter(f -> f.toString().endsWith(ending)).sorted().toList()) {
          found.add(Inputs.read(file));
        }
      }
    }
    return found;
  }

  private List<X509CertificateHolder> certificates(String file)
      throws IOException, FormatException {
    return Certificates.parse(Inputs.read(dir.resolve("pki").resolve(file)));
  }
}
