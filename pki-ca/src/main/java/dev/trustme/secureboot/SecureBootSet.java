// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.artifact.VariableUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * PK, KEK and db of one platform, each as certificates, as signature lists and as signed update. PK
 * and KEK are signed by PK, db by KEK; each update holds the complete content.
 */
public final class SecureBootSet {
  private final EfiGuid owner;
  private final EfiTime time;
  private final VariableSigner pk;
  private final VariableSigner kek;
  private final List<X509CertificateHolder> db;

  /** {@code owner} becomes SignatureOwner of every entry. */
  public SecureBootSet(
      EfiGuid owner,
      Instant time,
      VariableSigner pk,
      VariableSigner kek,
      List<X509CertificateHolder> db) {
    this.owner = owner;
    this.time = EfiTime.of(time);
    this.pk = pk;
    this.kek = kek;
    this.db = List.copyOf(db);
  }

  /**
   * Into a folder in the making, unsynced: one file each with the ending pem, der (of the first
   * certificate), esl and auth.
   */
  public void write(Path folder) throws IOException {
    write(folder, SignatureVariable.PK, List.of(pk.certificate()), pk);
    write(folder, SignatureVariable.KEK, List.of(kek.certificate()), pk);
    write(folder, SignatureVariable.db, db, kek);
  }

  private void write(
      Path folder,
      SignatureVariable variable,
      List<X509CertificateHolder> certificates,
      VariableSigner signer)
      throws IOException {
    String name = variable.name();
    Bytes lists = KeyDatabase.ofCertificates(owner, certificates).encode();
    put(folder, name + ".pem", Bytes.utf8(Certificates.pem(certificates)));
    put(folder, name + ".der", Certificates.der(certificates.getFirst()));
    put(folder, name + ".esl", lists);
    var update = new VariableUpdate(variable, false, time, lists);
    put(folder, name + ".auth", signer.sign(update).encode());
  }

  private static void put(Path folder, String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray(), StandardOpenOption.CREATE_NEW);
  }
}
