// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The folder that a device gets: ak and identity, each as .pem, .der and -chain.pem (leaf first,
 * without the root), issuer.der (the attestation key's issuer), and the record.
 */
record EnrolOutputs(
    List<X509CertificateHolder> akChain,
    List<X509CertificateHolder> identityChain,
    X509CertificateHolder akIssuer,
    DsseEnvelope record) {
  private static final String RECORD = "record.json";

  static EnrolOutputs of(
      PkiFolder pki, List<X509CertificateHolder> akAndIdentity, DsseEnvelope record)
      throws IOException, FormatException {
    return new EnrolOutputs(
        chain(pki, akAndIdentity.getFirst(), EnrolFolder.enrolment(pki).issuer()),
        chain(pki, akAndIdentity.getLast(), EnrolFolder.identityTemplate(pki).issuer()),
        pki.authority(EnrolFolder.enrolment(pki).issuer()),
        record);
  }

  private static List<X509CertificateHolder> chain(
      PkiFolder pki, X509CertificateHolder leaf, String authority)
      throws IOException, FormatException {
    var authorities = pki.authorityChain(authority);
    if (!issued(authorities.getFirst(), leaf)) {
      throw new IOException(
          ("%s: the authority '%s' was renewed since this device was enrolled; enrol it anew with"
                  + " 'trustme pki enrol replace'")
              .formatted(pki.path(), authority));
    }
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(leaf));
    chain.addAll(authorities.subList(0, authorities.size() - 1));
    return chain;
  }

  /** Whether the leaf names this generation of the authority: they differ by their keys. */
  private static boolean issued(X509CertificateHolder authority, X509CertificateHolder leaf) {
    var named = AuthorityKeyIdentifier.fromExtensions(leaf.getExtensions());
    var own = SubjectKeyIdentifier.fromExtensions(authority.getExtensions());
    return named != null
        && own != null
        && Arrays.equals(named.getKeyIdentifierOctets(), own.getKeyIdentifier());
  }

  /** Refuses an output that exists; with {@code force}, what is no enrolment. */
  static void requireReplaceable(Path folder, boolean force) throws IOException {
    Outputs.requireAbsent(folder, force);
    if (Files.exists(folder) && !Files.exists(folder.resolve(RECORD))) {
      throw CommandFailure.usage(folder + ": holds no enrolment; --force replaces only such");
    }
  }

  X509CertificateHolder ak() {
    return akChain.getFirst();
  }

  void write(Path folder, boolean force) throws IOException {
    try (var staged = Outputs.stageFolder(folder, force)) {
      certificates(staged.path(), "ak", akChain);
      certificates(staged.path(), "identity", identityChain);
      put(staged.path(), "issuer.der", Certificates.der(akIssuer));
      put(staged.path(), RECORD, record.encode());
      staged.commit();
    }
  }

  private static void certificates(Path folder, String name, List<X509CertificateHolder> chain)
      throws IOException {
    var leaf = chain.getFirst();
    put(folder, name + ".pem", Bytes.utf8(Certificates.pem(List.of(leaf))));
    put(folder, name + ".der", Certificates.der(leaf));
    put(folder, name + "-chain.pem", Bytes.utf8(Certificates.pem(chain)));
  }

  private static void put(Path folder, String name, Bytes content) throws IOException {
    Outputs.write(folder.resolve(name), content, false);
  }
}
