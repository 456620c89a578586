// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.SecretLine;
import dev.trustme.key.Pkcs11Uri.Attribute;
import dev.trustme.pkcs11.LibraryInfo;
import dev.trustme.pkcs11.Pkcs11Module;
import dev.trustme.pkcs11.TokenInfo;
import dev.trustme.pkcs11.TokenKeyMaker;
import dev.trustme.pkcs11.TokenPrivateKey;
import dev.trustme.pkcs11.TokenSession;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Finds modules, tokens and keys by their PKCS#11 URI. */
final class Tokens {
  private static final int ID_BYTES = 8;

  private final Pkcs11Uri uri;

  Tokens(Pkcs11Uri uri) {
    this.uri = uri;
  }

  /** What is done with a session that is logged in; on success it owns session and module. */
  @FunctionalInterface
  private interface Use {
    TokenKey of(Pkcs11Module module, TokenSession session)
        throws IOException, FormatException, GeneralSecurityException;
  }

  /**
   * The one private key that the URI names.
   *
   * @param expected its public key, where that is known from a certificate
   */
  TokenKey open(Optional<SubjectPublicKeyInfo> expected, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    return with(
        false,
        secrets,
        (module, session) -> {
          var key = onlyKey(session);
          return new TokenKey(module, session, key, publicKey(session, key, expected));
        });
  }

  /** A new key pair, with the URI's object as its label and its id or a random one. */
  TokenKey generate(KeyType type, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    String label =
        uri.text(Attribute.OBJECT)
            .orElseThrow(
                () -> new FormatException("PKCS#11 URI", 0, "expected object=, a new key's label"));
    return with(
        true,
        secrets,
        (module, session) -> {
          if (!TokenPrivateKey.find(session, Optional.of(label), uri.id()).isEmpty()) {
            throw new FileAlreadyExistsException(uri.toString(), null, "exists already");
          }
          var maker = new TokenKeyMaker(session, label, uri.id().orElseGet(Tokens::randomId));
          var key = make(maker, type);
          var publicKey = publicKey(session, key, Optional.empty());
          return new TokenKey(module, session, key, Keys.as(type.algorithm(), publicKey));
        });
  }

  private static TokenPrivateKey make(TokenKeyMaker maker, KeyType type) throws IOException {
    return switch (type) {
      case RSA_2048, RSA_3072, RSA_4096, RSA_PSS_2048, RSA_PSS_3072, RSA_PSS_4096 ->
          maker.rsa(type.bits());
      case EC_P256, EC_P384, EC_P521 -> maker.ec(type.identifier());
      case ED25519 -> maker.ed25519();
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
          throw new IOException(maker.session().token() + ": cannot make ML-DSA keys");
    };
  }

  private static Bytes randomId() {
    var id = new byte[ID_BYTES];
    new SecureRandom().nextBytes(id);
    return Bytes.copyOf(id);
  }

  private TokenKey with(boolean writable, Passphrase secrets, Use use)
      throws IOException, FormatException, GeneralSecurityException {
    var module = Pkcs11Module.open(ModulePaths.find(uri));
    TokenSession session = null;
    boolean kept = false;
    try {
      session = TokenSession.open(module, onlyToken(module), writable);
      var token = session.token();
      Optional<Path> pinFile = uri.pinFile();
      session.login(() -> pin(token, pinFile, secrets));
      var key = use.of(module, session);
      kept = true;
      return key;
    } finally {
      if (!kept) {
        if (session != null) {
          session.close();
        }
        module.close();
      }
    }
  }

  private static char[] pin(TokenInfo token, Optional<Path> pinFile, Passphrase secrets)
      throws IOException {
    if (pinFile.isPresent()) {
      return SecretLine.read(pinFile.get());
    }
    try (var pin = secrets.another("PIN of " + token)) {
      return pin.reveal();
    }
  }

  private TokenInfo onlyToken(Pkcs11Module module) throws IOException, FormatException {
    matchLibrary(module.info());
    var all = module.tokens();
    List<TokenInfo> matching = new ArrayList<>();
    for (TokenInfo token : all) {
      if (matches(token)) {
        matching.add(token);
      }
    }
    return switch (matching.size()) {
      case 1 -> matching.getFirst();
      case 0 -> throw new IOException("%s: no such token; there are: %s".formatted(uri, all));
      default ->
          throw new IOException(
              "%s: several tokens match, name one by serial=: %s".formatted(uri, matching));
    };
  }

  private void matchLibrary(LibraryInfo library) throws IOException, FormatException {
    var version = uri.text(Attribute.LIBRARY_VERSION);
    boolean sameVersion =
        version
            .map(v -> v.equals(library.version()) || (v + ".0").equals(library.version()))
            .orElse(true);
    if (!is(Attribute.LIBRARY_MANUFACTURER, library.manufacturer())
        || !is(Attribute.LIBRARY_DESCRIPTION, library.description())
        || !sameVersion) {
      throw new IOException("%s: the module is another: %s".formatted(uri, library));
    }
  }

  private boolean matches(TokenInfo token) throws FormatException {
    var slot = uri.slotId();
    return (slot.isEmpty() || slot.getAsLong() == token.slot().id())
        && is(Attribute.SLOT_DESCRIPTION, token.slot().description())
        && is(Attribute.SLOT_MANUFACTURER, token.slot().manufacturer())
        && is(Attribute.TOKEN, token.names().label())
        && is(Attribute.MANUFACTURER, token.names().manufacturer())
        && is(Attribute.MODEL, token.names().model())
        && is(Attribute.SERIAL, token.names().serialNumber());
  }

  private boolean is(Attribute attribute, String value) throws FormatException {
    return uri.text(attribute).map(wanted -> wanted.equals(value)).orElse(true);
  }

  private TokenPrivateKey onlyKey(TokenSession session) throws IOException, FormatException {
    var token = session.token();
    var keys = TokenPrivateKey.find(session, uri.text(Attribute.OBJECT), uri.id());
    if (keys.size() != 1) {
      var all = TokenPrivateKey.find(session, Optional.empty(), Optional.empty());
      throw new IOException(
          keys.isEmpty()
              ? "%s: no such private key; it has: %s".formatted(token, names(all))
              : "%s: several private keys match, name one by object= and id=: %s"
                  .formatted(token, names(keys)));
    }
    if (keys.getFirst().alwaysAuthenticate()) {
      throw new IOException(token + ": the key wants its PIN for every signature; it is not used");
    }
    return keys.getFirst();
  }

  private static String names(List<TokenPrivateKey> keys) throws IOException {
    if (keys.isEmpty()) {
      return "none";
    }
    var names = new StringJoiner(", ");
    for (TokenPrivateKey key : keys) {
      names.add("object=%s;id=%s".formatted(key.label(), percent(key.id())));
    }
    return names.toString();
  }

  private static String percent(Bytes id) {
    return id.hex().replaceAll("..", "%$0");
  }

  private static SubjectPublicKeyInfo publicKey(
      TokenSession session, TokenPrivateKey key, Optional<SubjectPublicKeyInfo> expected)
      throws IOException {
    return key.publicKey()
        .map(found -> Keys.as(expected, found))
        .or(() -> expected)
        .orElseThrow(() ->
            new IOException(
                session.token()
                    + ": has neither the public key nor a certificate of this private key;"
                    + " give its certificate, or write its public key into the token"));
  }
}
