// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Inputs;
import dev.trustme.report.ResultSigner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * The key that signs attestation results, from a PKCS#8 file (PEM or DER, encrypted with PBES2 or
 * not) or a PKCS#12 file. It is the only private key that this module reads, and it signs nothing
 * but verdicts.
 */
final class ResultKey {
  private static final long MAX_SIZE = 1L << 20;
  private static final String STRUCTURE = "private key";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
  private static final int PKCS12_VERSION = 3;
  private static final int MIN_RSA_BITS = 2048;

  private ResultKey() {}

  static ResultSigner load(Path file, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    Bytes content = Inputs.read(file, MAX_SIZE);
    try {
      return content.startsWith(Bytes.utf8("-----BEGIN"))
          ? pem(content, file, secrets)
          : der(content, file, secrets);
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static ResultSigner pem(Bytes content, Path file, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    try (var reader = new PemReader(new java.io.StringReader(content.utf8()))) {
      var object = reader.readPemObject();
      if (object == null
          || !(object.getType().equals(ENCRYPTED) || object.getType().equals("PRIVATE KEY"))) {
        throw malformed(
            "expected a PEM block PRIVATE KEY or %s; 'openssl pkcs8 -topk8' writes one"
                .formatted(ENCRYPTED));
      }
      return object.getType().equals(ENCRYPTED)
          ? encrypted(object.getContent(), file, secrets)
          : signer(plain(object.getContent()), List.of());
    } catch (IOException | IllegalArgumentException e) {
      throw malformed("is no PEM: " + e.getMessage());
    }
  }

  /** By the first element: PFX begins with version 3, PKCS#8 with 0 or 1, or an algorithm. */
  private static ResultSigner der(Bytes content, Path file, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    var first = sequence(content.toArray()).getObjectAt(0);
    if (!(first instanceof ASN1Integer version)) {
      return encrypted(content.toArray(), file, secrets);
    }
    return version.hasValue(PKCS12_VERSION)
        ? pkcs12(content, file, secrets)
        : signer(plain(content.toArray()), List.of());
  }

  private static ASN1Sequence sequence(byte[] der) throws FormatException {
    try {
      var sequence = ASN1Sequence.getInstance(der);
      if (sequence.size() < 2) {
        throw malformed("is neither PKCS#8 nor PKCS#12");
      }
      return sequence;
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw malformed("is neither PEM, PKCS#8 nor PKCS#12");
    }
  }

  private static PrivateKey plain(byte[] der) throws FormatException, GeneralSecurityException {
    try {
      String oid = PrivateKeyInfo.getInstance(der).getPrivateKeyAlgorithm().getAlgorithm().getId();
      return KeyFactory.getInstance(oid).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IllegalArgumentException | java.security.spec.InvalidKeySpecException e) {
      throw malformed("is no PKCS#8 key: " + e.getMessage());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw unusable("expected an EC, RSA or Ed25519 key");
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static ResultSigner encrypted(byte[] der, Path file, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    EncryptedPrivateKeyInfo info;
    try {
      info = new EncryptedPrivateKeyInfo(der);
    } catch (IOException e) {
      throw malformed("is no encrypted PKCS#8 key of a known scheme");
    }
    char[] passphrase = secrets.passphrase("Passphrase of " + file);
    try {
      // For PBES2 the parameters, not the name, say which derivation and cipher it is.
      String scheme = String.valueOf(info.getAlgParameters());
      var key = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(passphrase));
      var cipher = Cipher.getInstance(scheme);
      cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
      return signer(plain(info.getKeySpec(cipher).getEncoded()), List.of());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw unusable("is encrypted in a way that is not known here; use PBES2 with AES");
    } catch (java.security.InvalidKeyException | java.security.spec.InvalidKeySpecException e) {
      throw CommandFailure.rejected(file + ": wrong passphrase");
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static ResultSigner pkcs12(Bytes content, Path file, Secrets secrets)
      throws IOException, FormatException, GeneralSecurityException {
    char[] passphrase = secrets.passphrase("Passphrase of " + file);
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content.toArray()), passphrase);
      var keys = new ArrayList<String>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          keys.add(alias);
        }
      }
      if (keys.size() != 1
          || !(store.getKey(keys.getFirst(), passphrase) instanceof PrivateKey key)) {
        throw malformed("expected one private key, found " + keys.size());
      }
      return signer(key, chain(store, keys.getFirst()));
    } catch (IOException e) {
      if (e.getCause() instanceof java.security.UnrecoverableKeyException) {
        throw CommandFailure.rejected(file + ": wrong passphrase");
      }
      throw malformed("is no PKCS#12 file that can be read: " + e.getMessage());
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static List<Bytes> chain(KeyStore store, String alias) throws GeneralSecurityException {
    List<Bytes> chain = new ArrayList<>();
    for (Certificate each :
        Optional.ofNullable(store.getCertificateChain(alias)).orElse(new Certificate[0])) {
      chain.add(Bytes.copyOf(each.getEncoded()));
    }
    return chain;
  }

  private static ResultSigner signer(PrivateKey key, List<Bytes> chain) {
    return switch (key) {
      case ECPrivateKey ec -> ecdsa(ec, chain);
      case RSAPrivateKey rsa -> rsa(rsa, chain);
      default -> {
        if (!key.getAlgorithm().equals("EdDSA") && !key.getAlgorithm().equals("Ed25519")) {
          throw unusable("expected an EC, RSA or Ed25519 key, found " + key.getAlgorithm());
        }
        yield new ResultSigner("EdDSA", chain, content -> sign("Ed25519", key, content));
      }
    };
  }

  private static ResultSigner ecdsa(ECPrivateKey key, List<Bytes> chain) {
    int bits = key.getParams().getOrder().bitLength();
    int hash =
        switch (bits) {
          case 256 -> 256;
          case 384 -> 384;
          case 521 -> 512;
          default ->
              throw unusable(
                  "expected a key on P-256, P-384 or P-521, found %d bits".formatted(bits));
        };
    String name = "SHA%dwithECDSAinP1363Format".formatted(hash);
    return new ResultSigner("ES" + hash, chain, content -> sign(name, key, content));
  }

  private static ResultSigner rsa(RSAPrivateKey key, List<Bytes> chain) {
    int bits = key.getModulus().bitLength();
    if (bits < MIN_RSA_BITS) {
      throw unusable("expected RSA of %d bits or more, found %d".formatted(MIN_RSA_BITS, bits));
    }
    return new ResultSigner(
        "PS256",
        chain,
        content -> {
          var signature = Signature.getInstance("RSASSA-PSS");
          signature.setParameter(
              new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
          return sign(signature, key, content);
        });
  }

  private static Bytes sign(String algorithm, PrivateKey key, Bytes content)
      throws GeneralSecurityException {
    return sign(Signature.getInstance(algorithm), key, content);
  }

  private static Bytes sign(Signature signature, PrivateKey key, Bytes content)
      throws GeneralSecurityException {
    signature.initSign(key);
    signature.update(content.toArray());
    return Bytes.copyOf(signature.sign());
  }

  private static FormatException malformed(String problem) {
    return new FormatException(STRUCTURE, 0, problem);
  }

  private static CommandFailure unusable(String problem) {
    return new CommandFailure(ExitCode.REJECTED, "the key for attestation results: " + problem);
  }
}
