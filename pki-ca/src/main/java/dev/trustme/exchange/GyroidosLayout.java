// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.artifact.VariableUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The folder of certificates and keys that GyroidOS's build takes: its file names, and each file's
 * certificates in the order that its scripts write.
 *
 * <p>In that build the key of the authority {@code ssig_subca} also signs boot images, modules and
 * firmware. So its certificate is in db here, beside the one of the role {@code boot}.
 */
public final class GyroidosLayout {
  private static final String SIGNING_AUTHORITY = "ssig-subca";
  private static final String PK = "PK";
  private static final String KEK = "KEK";
  private static final String DB = "DB";

  /** How the build holds a key: as it is, or under a passphrase that it asks for. */
  private enum Holder {
    BUILD,
    OPERATOR
  }

  /** A file stem, the name in the PKI folder, and how many certificates the file begins with. */
  private record Entry(String stem, String name, Bundle bundle, Holder holder, boolean required) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("ssig_rootca", "ssig-rootca", Bundle.FULL, Holder.BUILD, true),
          new Entry("ssig_subca", SIGNING_AUTHORITY, Bundle.FULL, Holder.BUILD, true),
          new Entry("ssig", "boot", Bundle.FULL, Holder.BUILD, true),
          new Entry("ssig_subca_cml", "ssig-subca-cml", Bundle.LEAF, Holder.BUILD, true),
          new Entry("ssig_cml", "guest-os", Bundle.CHAIN, Holder.BUILD, true),
          new Entry("gen_rootca", "gen-rootca", Bundle.FULL, Holder.OPERATOR, false),
          new Entry("device_subca", "device-subca", Bundle.FULL, Holder.OPERATOR, false),
          new Entry("backend_subca", "backend-subca", Bundle.FULL, Holder.OPERATOR, false),
          new Entry("user_subca", "user-subca", Bundle.FULL, Holder.OPERATOR, false),
          new Entry("backend", "backend", Bundle.FULL, Holder.BUILD, false),
          new Entry("ocsp_server", "ocsp", Bundle.FULL, Holder.BUILD, false));

  /**
   * How to hand out keys.
   *
   * @param pki opens the PKI folder's keys
   * @param build protects what the build reads
   * @param operator protects the authorities' keys that only people use
   */
  public record Keys(Passphrase pki, KeyProtection build, KeyProtection operator) {}

  private final PkiFolder pki;
  private final List<ExportedFile> files = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<X509CertificateHolder> keysOf = new ArrayList<>();

  private GyroidosLayout(PkiFolder pki) {
    this.pki = pki;
  }

  /** Certificates, and the Secure Boot set as the PKI folder has it. */
  public static GyroidosLayout certificates(PkiFolder pki) throws IOException, FormatException {
    var layout = new GyroidosLayout(pki);
    for (Entry entry : layout.entries()) {
      layout.certificates(entry);
    }
    layout.platform();
    layout.file("DB.esl", "db.esl");
    layout.file("DB.auth", "db.auth");
    return layout;
  }

  /** The same with every private key, and db as the build needs it, signed at this time. */
  public static GyroidosLayout withKeys(PkiFolder pki, Keys keys, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var layout = new GyroidosLayout(pki);
    for (Entry entry : layout.entries()) {
      layout.certificates(entry);
      layout.key(
          entry.stem() + ".key",
          Credential.of(pki, entry.name()),
          keys.pki(),
          entry.holder() == Holder.BUILD ? keys.build() : keys.operator());
    }
    layout.platform();
    layout.key("PK.key", Credential.of(pki, PK), keys.pki(), keys.build());
    layout.key("KEK.key", Credential.of(pki, KEK), keys.pki(), keys.build());
    layout.key("DB.key", layout.admitted(), keys.pki(), keys.build());
    layout.kernelKey(keys);
    layout.database(keys.pki(), at);
    return layout;
  }

  /** The entries that the PKI folder has; the software's must be there. */
  private List<Entry> entries() throws FormatException {
    List<String> names = Credential.names(pki);
    List<Entry> found = new ArrayList<>();
    for (Entry entry : ENTRIES) {
      if (names.contains(entry.name())) {
        found.add(entry);
      } else if (entry.required()) {
        throw new FormatException(
                "PKI index",
                0,
                "has no '%s', which becomes %s.cert; make the PKI with --profile gyroidos"
                    .formatted(entry.name(), entry.stem()))
            .in(pki.path().toString());
      } else {
        missing.add(entry.stem());
      }
    }
    return found;
  }

  private void certificates(Entry entry) throws IOException, FormatException {
    pem(entry.stem() + ".cert", entry.bundle().of(Credential.of(pki, entry.name()).path()));
  }

  private void pem(String name, List<X509CertificateHolder> certificates) {
    files.add(ExportedFile.shared(name, Bytes.utf8(Certificates.pem(certificates))));
  }

  private void key(
      String name, Credential credential, Passphrase passphrase, KeyProtection protection)
      throws IOException, FormatException, GeneralSecurityException {
    try (var key = credential.key(passphrase)) {
      files.add(new ExportedFile(name, KeyFile.encode(key, protection), true));
    }
    if (!keysOf.contains(credential.certificate())) {
      keysOf.add(credential.certificate());
    }
  }

  /** The role whose key is db's. */
  private Credential admitted() throws IOException, FormatException {
    var set = pki.profile().secureBoot();
    return Credential.of(pki, set.map(s -> s.db().getFirst()).orElse("boot"));
  }

  private void platform() throws IOException, FormatException {
    pem("PK.crt", List.of(pki.platformKey()));
    pem("KEK.crt", List.of(pki.keyExchangeKey()));
    pem("DB.crt", List.of(admitted().certificate()));
    files.add(ExportedFile.shared("PK.cer", Certificates.der(pki.platformKey())));
    for (String name : List.of("PK.esl", "PK.auth", "KEK.esl", "KEK.auth")) {
      file(name, name);
    }
    var signing = Certificates.der(Credential.of(pki, SIGNING_AUTHORITY).certificate());
    files.add(ExportedFile.shared("certs/signing_key.x509", signing));
    files.add(
        ExportedFile.shared(
            "ssig_subca.esl", SignatureList.x509(new EfiGuid(pki.owner()), signing).encode()));
  }

  private void file(String name, String source) throws IOException {
    files.add(ExportedFile.shared(name, Inputs.read(pki.secureBootFile(source))));
  }

  /** MODULE_SIG_KEY: key and certificate in one file. */
  private void kernelKey(Keys keys) throws IOException, FormatException, GeneralSecurityException {
    var signing = Credential.of(pki, SIGNING_AUTHORITY);
    try (var key = signing.key(keys.pki())) {
      files.add(
          new ExportedFile(
              "certs/signing_key.pem",
              Bytes.concat(
                  KeyFile.encode(key, keys.build()),
                  Bytes.utf8(Certificates.pem(List.of(signing.certificate())))),
              true));
    }
  }

  /** db with the signing authority in it, complete and signed by KEK. */
  private void database(Passphrase passphrase, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var signing = Certificates.der(Credential.of(pki, SIGNING_AUTHORITY).certificate());
    Bytes lists =
        Bytes.concat(
            Inputs.read(pki.secureBootFile("db.esl")),
            SignatureList.x509(new EfiGuid(pki.owner()), signing).encode());
    try (var key = pki.keyExchangePrivateKey(passphrase)) {
      var update =
          new VariableSigner(pki.keyExchangeKey(), key)
              .sign(new VariableUpdate(SignatureVariable.db, false, EfiTime.of(at), lists));
      files.add(ExportedFile.shared(DB + ".esl", lists));
      files.add(ExportedFile.shared(DB + ".auth", update.encode()));
    }
  }

  /** What to write. */
  public List<ExportedFile> files() {
    return List.copyOf(files);
  }

  /** Stems of files that the PKI folder has nothing for. */
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /** Whose private keys are among the files. */
  public List<X509CertificateHolder> keysOf() {
    return List.copyOf(keysOf);
  }
}
