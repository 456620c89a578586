// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.identity;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What the enrolment authority gave: both keys' chains, leaf first, and the signed record. Nothing
 * of it is trusted before {@link #verify}.
 */
public record IssuedIdentity(
    List<X509CertificateHolder> akChain,
    List<X509CertificateHolder> identityChain,
    DsseEnvelope record) {
  private static final String AK = "ak-chain.pem";
  private static final String IDENTITY = "identity-chain.pem";
  private static final String RECORD = "record.json";
  private static final int MAX_BYTES = 8 << 20;

  public IssuedIdentity {
    akChain = List.copyOf(akChain);
    identityChain = List.copyOf(identityChain);
  }

  /** The files of a folder as 'pki enrol complete' wrote it. */
  public static IssuedIdentity read(Path folder) throws IOException, FormatException {
    return new IssuedIdentity(
        Inputs.parse(folder.resolve(AK), MAX_BYTES, Certificates::parse),
        Inputs.parse(folder.resolve(IDENTITY), MAX_BYTES, Certificates::parse),
        Inputs.parse(folder.resolve(RECORD), MAX_BYTES, DsseEnvelope::parse));
  }

  /** The public areas of the device's keys, as its TPM has them. */
  public record Keys(TpmtPublic ak, TpmtPublic identity) {}

  /** Whether the device's authority issued this, and for exactly these keys. */
  public Verdict<EnrolmentRecord> verify(Keys keys, TrustStore roots, Instant at)
      throws FormatException {
    var paths = new PathValidator(roots, at);
    List<Check> checks = new ArrayList<>();
    path(checks, paths, akChain, Role.ATTESTATION_KEY, AK);
    path(checks, paths, identityChain, Role.DEVICE, IDENTITY);
    checks.add(certifies("ak-key", akChain.getFirst(), keys.ak()));
    checks.add(certifies("identity-key", identityChain.getFirst(), keys.identity()));
    var signed = EnrolmentRecord.verify(record, roots, at);
    signed.checks().stream().map(c -> c.at(RECORD)).forEach(checks::add);
    if (!(signed instanceof Verdict.Accepted<EnrolmentRecord> accepted)) {
      return new Verdict.Rejected<>(checks);
    }
    var said = accepted.value();
    checks.add(recorded("record-ak", said.ak(), akChain.getFirst(), keys.ak()));
    checks.add(
        recorded("record-identity", said.identity(), identityChain.getFirst(), keys.identity()));
    return Verdict.of(checks, () -> said);
  }

  private static void path(
      List<Check> checks,
      PathValidator paths,
      List<X509CertificateHolder> chain,
      Role role,
      String file) {
    paths.validate(chain, role).checks().stream().map(c -> c.at(file)).forEach(checks::add);
  }

  private static Check certifies(String id, X509CertificateHolder leaf, TpmtPublic key) {
    boolean same;
    try {
      same = TpmKeys.subjectPublicKeyInfo(key).equals(leaf.getSubjectPublicKeyInfo());
    } catch (InvalidKeyException e) {
      same = false;
    }
    return same
        ? Check.pass(id, key.name().digest().toString())
        : Check.fail(id, "a certificate of the key in this TPM", "one of another key")
            .advise("these files are another device's, or the keys were made anew since");
  }

  private static Check recorded(
      String id, EnrolmentRecord.Key said, X509CertificateHolder leaf, TpmtPublic key) {
    var expected = new EnrolmentRecord.Key(Certificates.fingerprint(leaf), key.name().digest());
    return said.equals(expected)
        ? Check.pass(id, said.name().toString())
        : Check.fail(id, expected.certificate().toString(), said.certificate().toString());
  }

  /** Puts the files into a folder that appears whole. */
  public void install(Path folder, boolean force) throws IOException {
    try (var staged = Outputs.stageFolder(folder, force)) {
      put(staged.path(), AK, Bytes.utf8(Certificates.pem(akChain)));
      put(staged.path(), IDENTITY, Bytes.utf8(Certificates.pem(identityChain)));
      put(staged.path(), RECORD, record.encode());
      staged.commit();
    }
  }

  private static void put(Path folder, String name, Bytes content) throws IOException {
    Outputs.write(folder.resolve(name), content, false);
  }

  /** Whether the folder holds such files and so may be replaced by others. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(AK)) && Files.exists(folder.resolve(RECORD));
  }
}
