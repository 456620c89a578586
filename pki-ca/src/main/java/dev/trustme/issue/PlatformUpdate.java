// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.VariableUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.SigningKey;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Signs updates of PK, KEK, db and dbx with the keys of a PKI folder, in one transaction of it. The
 * folder's {@code secure-boot/} holds for each variable its content (.esl) and the update that sets
 * exactly that (.auth); a dbx that is not there is empty.
 */
public final class PlatformUpdate {
  private final PkiSession session;

  public PlatformUpdate(PkiSession session) {
    this.session = session;
  }

  /** What the folder holds for the variable. */
  public static KeyDatabase content(PkiFolder folder, SignatureVariable variable)
      throws IOException, FormatException {
    String name = file(variable, ".esl");
    try {
      return KeyDatabase.parse(folder.file(name).orElse(Bytes.empty()));
    } catch (FormatException e) {
      throw e.in(folder.path().resolve(name).toString());
    }
  }

  /** The time stamp of the folder's last update of the variable. */
  public static Optional<EfiTime> time(PkiFolder folder, SignatureVariable variable)
      throws IOException, FormatException {
    String name = file(variable, ".auth");
    var update = folder.file(name);
    if (update.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AuthenticatedVariable.parse(update.get()).timeStamp());
    } catch (FormatException e) {
      throw e.in(folder.path().resolve(name).toString());
    }
  }

  private static String file(SignatureVariable variable, String ending) {
    return PkiFolder.SECURE_BOOT + "/" + variable.name() + ending;
  }

  /**
   * The update that sets the variable to this content, later than the folder's last one and than
   * what else is known to be stored. The folder then holds both.
   */
  public AuthenticatedVariable set(
      SignatureVariable variable, KeyDatabase content, Optional<EfiTime> stored)
      throws IOException, FormatException, GeneralSecurityException {
    var update = new VariableUpdate(variable, false, later(variable, stored), content.encode());
    var signed = sign(update);
    put(variable, content, signed);
    return signed;
  }

  /** The same, signed by another key than the folder's present one. */
  AuthenticatedVariable set(SignatureVariable variable, KeyDatabase content, VariableSigner signer)
      throws IOException, FormatException {
    var signed = sign(update(variable, content), signer);
    put(variable, content, signed);
    return signed;
  }

  /** An update to this content, later than the folder's last one, which nobody has signed yet. */
  VariableUpdate update(SignatureVariable variable, KeyDatabase content)
      throws IOException, FormatException {
    var time = later(variable, Optional.empty());
    return new VariableUpdate(variable, false, time, content.encode());
  }

  private void put(SignatureVariable variable, KeyDatabase content, AuthenticatedVariable signed)
      throws FormatException {
    Bytes lists = content.encode();
    session
        .transaction()
        .put(file(variable, ".esl"), lists)
        .put(file(variable, ".auth"), signed.encode());
    var certificates = content.certificates();
    if (!certificates.isEmpty()) {
      session
          .transaction()
          .put(file(variable, ".pem"), Bytes.utf8(Certificates.pem(certificates)))
          .put(file(variable, ".der"), Certificates.der(certificates.getFirst()));
    }
  }

  /** An update that leaves the folder as it is: another PK, or none any more. */
  public AuthenticatedVariable once(
      SignatureVariable variable, KeyDatabase content, Optional<EfiTime> stored)
      throws IOException, FormatException, GeneralSecurityException {
    return sign(new VariableUpdate(variable, false, later(variable, stored), content.encode()));
  }

  /**
   * An update that adds these entries. Its time stamp lies before that of the complete update which
   * the folder then holds, so that a device takes both, in any order.
   */
  public AuthenticatedVariable append(SignatureVariable variable, KeyDatabase added)
      throws IOException, FormatException, GeneralSecurityException {
    var time = time(session.folder(), variable).orElse(EfiTime.of(session.at().minusSeconds(1)));
    return sign(new VariableUpdate(variable, true, time, added.encode()));
  }

  /** The moment of the transaction, or where that is not late enough one second after the last. */
  private EfiTime later(SignatureVariable variable, Optional<EfiTime> stored)
      throws IOException, FormatException {
    Instant moment = session.at();
    for (var last : List.of(time(session.folder(), variable), stored)) {
      if (last.isPresent() && !moment.isAfter(last.get().toInstant())) {
        moment = last.get().toInstant().plusSeconds(1);
      }
    }
    return EfiTime.of(moment);
  }

  private AuthenticatedVariable sign(VariableUpdate update)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = session.folder();
    boolean platform = update.variable().authority() == SignatureVariable.PK;
    X509CertificateHolder signer = platform ? folder.platformKey() : folder.keyExchangeKey();
    try (SigningKey key =
        platform
            ? folder.platformPrivateKey(session.passphrase())
            : folder.keyExchangePrivateKey(session.passphrase())) {
      return sign(update, new VariableSigner(signer, key));
    }
  }

  /** What is signed is on record. */
  AuthenticatedVariable sign(VariableUpdate update, VariableSigner signer) {
    var signed = signer.sign(update);
    session
        .transaction()
        .log(
            SigningLog.Event.signed(
                "sign",
                "%s%s".formatted(update.variable(), update.append() ? " (append)" : ""),
                signer.certificate(),
                HashAlgorithm.SHA256.digest(signed.encode())));
    return signed;
  }
}
