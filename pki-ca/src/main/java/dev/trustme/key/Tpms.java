// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.trust.TpmKeys;
import dev.trustme.tss.Capabilities;
import dev.trustme.tss.Secret;
import dev.trustme.tss.Tcti;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import dev.trustme.tss.TssException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** Loads and makes keys of TPMs. */
final class Tpms {
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_SECRET = 32;

  private final KeyReference reference;
  private final UnaryOperator<SubjectPublicKeyInfo> naming;
  private final Passphrase secrets;

  /**
   * For one key.
   *
   * @param naming the public key as certificates have it, from what the TPM says
   */
  Tpms(KeyReference reference, UnaryOperator<SubjectPublicKeyInfo> naming, Passphrase secrets) {
    this.reference = reference;
    this.naming = naming;
    this.secrets = secrets;
  }

  /** Finds or makes an object in the TPM. */
  @FunctionalInterface
  private interface Loader {
    TpmObject load(TssContext tss) throws IOException, FormatException;
  }

  TpmKey open(KeyReference.TpmHandle at)
      throws IOException, FormatException, GeneralSecurityException {
    try (var secret = at.secret() ? ask() : Secret.none()) {
      return open(at.tcti(), secret, tss -> tss.keys().persistent(at.handle()));
    }
  }

  TpmKey open(KeyReference.TpmFile at)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      var file = parse(Inputs.read(at.path(), MAX_BYTES));
      try (var secret = file.emptyAuth() ? Secret.none() : ask()) {
        return open(at.tcti(), secret, tss -> load(tss, file));
      }
    } catch (FormatException e) {
      throw e.in(at.path().toString());
    }
  }

  static Tss2PrivateKey parse(Bytes content) throws FormatException {
    var pem = PemFile.only(content);
    if (!pem.getType().equals(Tss2PrivateKey.PEM)) {
      throw new FormatException(
          "PEM", 0, "expected %s, found %s".formatted(Tss2PrivateKey.PEM, pem.getType()));
    }
    return Tss2PrivateKey.parse(pem.getContent());
  }

  /** A new key under the owner's storage key, in a file that only this TPM can use. */
  TpmKey generate(KeyReference.TpmFile at, KeyType type)
      throws IOException, FormatException, GeneralSecurityException {
    Outputs.requireAbsent(at.path(), false);
    try (var secret = ask()) {
      return open(
          at.tcti(),
          secret,
          tss -> {
            var file =
                new Tss2PrivateKey(secret.isEmpty(), Tss2PrivateKey.OWNER, make(tss, type, secret));
            var pem = new PemObject(Tss2PrivateKey.PEM, file.encode().toArray());
            Outputs.write(at.path(), PemFile.text(pem), Outputs.PRIVATE, false);
            return load(tss, file);
          });
    }
  }

  /** A new key under the owner's storage key, kept at a handle where nothing is yet. */
  TpmKey generate(KeyReference.TpmHandle at, KeyType type)
      throws IOException, FormatException, GeneralSecurityException {
    try (var secret = at.secret() ? ask() : Secret.none()) {
      return open(
          at.tcti(),
          secret,
          tss -> {
            var taken = tss.capabilities().handles(Capabilities.HandleType.PERSISTENT);
            if (taken.contains(at.handle())) {
              throw new FileAlreadyExistsException(reference.toString(), null, "exists already");
            }
            var blob = make(tss, type, secret);
            var file = new Tss2PrivateKey(secret.isEmpty(), Tss2PrivateKey.OWNER, blob);
            try (var key = load(tss, file)) {
              tss.keys().persist(key, at.handle());
            }
            return tss.keys().persistent(at.handle());
          });
    }
  }

  private KeyBlob make(TssContext tss, KeyType type, Secret secret) throws IOException {
    var template = KeyTemplates.identity(algorithm(type), TpmtScheme.NULL);
    try (var parent = storageKey(tss)) {
      return tss.keys().create(parent, template, secret).blob();
    }
  }

  private KeyAlgorithm algorithm(KeyType type) throws IOException {
    return switch (type) {
      case RSA_2048, RSA_PSS_2048 -> KeyAlgorithm.RSA2048;
      case RSA_3072, RSA_PSS_3072 -> KeyAlgorithm.RSA3072;
      case EC_P256 -> KeyAlgorithm.P256;
      case EC_P384 -> KeyAlgorithm.P384;
      case RSA_4096, RSA_PSS_4096, EC_P521, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
          throw new IOException(
              reference
                  + ": TPMs make rsa-2048, rsa-3072, ec-p256 and ec-p384 keys, not "
                  + type.label());
    };
  }

  private static TpmObject storageKey(TssContext tss) throws IOException {
    return tss.keys().primary(Hierarchy.TPM_RH_OWNER, KeyTemplates.storageParent());
  }

  private static TpmObject load(TssContext tss, Tss2PrivateKey file) throws IOException {
    try (var parent =
        file.parent() == Tss2PrivateKey.OWNER
            ? storageKey(tss)
            : tss.keys().persistent(file.parent())) {
      return tss.keys().load(parent, file.blob());
    }
  }

  private TpmKey open(Tcti tcti, Secret secret, Loader loader)
      throws IOException, FormatException, GeneralSecurityException {
    var tss = TssContext.open(tcti);
    TpmObject object = null;
    boolean kept = false;
    try {
      object = loader.load(tss);
      var area = object.key();
      requireSigning(area);
      var found = naming.apply(TpmKeys.subjectPublicKeyInfo(area));
      var key = new TpmKey(reference.toString(), tss, object, found);
      if (!secret.isEmpty()) {
        prove(key, object, secret);
      }
      kept = true;
      return key;
    } catch (InvalidKeyException e) {
      throw new IOException(reference + ": " + e.getMessage(), e);
    } finally {
      if (!kept) {
        release(tss, object);
      }
    }
  }

  private static void release(TssContext tss, @Nullable TpmObject object) throws IOException {
    try (tss) {
      if (object != null) {
        object.close();
      }
    }
  }

  /** One signature over zeros: a wrong secret is found out now, and by one try. */
  private void prove(TpmKey key, TpmObject object, Secret secret)
      throws IOException, GeneralSecurityException {
    object.authorize(secret);
    try {
      key.prove();
    } catch (TssException e) {
      if (e.refusal()) {
        throw new GeneralSecurityException(reference + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** A restricted key signs only what the TPM itself says, never our digests. */
  private void requireSigning(TpmtPublic area) throws IOException {
    var attributes = area.objectAttributes();
    if (!attributes.signEncrypt() || attributes.restricted()) {
      throw new IOException(
          "%s: is no key that signs what it is given (attributes %s)"
              .formatted(reference, attributes));
    }
    if (!attributes.userWithAuth()) {
      throw new IOException(reference + ": is used by policy only, which is not supported");
    }
  }

  private Secret ask() throws IOException {
    try (var passphrase = secrets.another("Authorization value of " + reference)) {
      char[] characters = passphrase.reveal();
      try {
        return limited(Secret.of(characters));
      } finally {
        Arrays.fill(characters, '\0');
      }
    }
  }

  private static Secret limited(Secret secret) throws IOException {
    if (secret.size() > MAX_SECRET) {
      secret.close();
      throw new IOException("an authorization value has at most %d bytes".formatted(MAX_SECRET));
    }
    return secret;
  }
}
