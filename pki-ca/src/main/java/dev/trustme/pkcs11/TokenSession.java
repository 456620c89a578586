// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A session with one token, for several threads: operations that belong together are not
 * interrupted by others.
 */
public final class TokenSession implements AutoCloseable {
  static final int MAX_VALUE = 16 * 1024;

  private static final long CKF_RW_SESSION = 2;
  private static final long CKF_SERIAL_SESSION = 4;
  private static final long CKU_USER = 1;
  private static final int MAX_OBJECTS = 4096;
  private static final int MAX_SIGNATURE = 1024;
  private static final int MAX_MECHANISMS = 4096;
  private static final int MECHANISM_INFO = 3 * Long.BYTES;

  private final Cryptoki cryptoki;
  private final TokenInfo token;
  private final long session;
  private volatile @Nullable Set<Long> listed;
  private boolean closed;

  private TokenSession(Cryptoki cryptoki, TokenInfo token, long session) {
    this.cryptoki = cryptoki;
    this.token = token;
    this.session = session;
  }

  /** C_OpenSession. */
  public static TokenSession open(Pkcs11Module module, TokenInfo token, boolean writable)
      throws IOException {
    var handle = new LongByReference();
    long flags = CKF_SERIAL_SESSION | (writable ? CKF_RW_SESSION : 0);
    module
        .cryptoki()
        .call(
            token.toString(),
            CkFunction.C_OpenSession,
            token.slot().id(),
            flags,
            Pointer.NULL,
            Pointer.NULL,
            handle);
    return new TokenSession(module.cryptoki(), token, handle.getValue());
  }

  public TokenInfo token() {
    return token;
  }

  /** Whoever can tell the PIN; asked only if it is needed. */
  @FunctionalInterface
  public interface Pin {
    /** A fresh array, which is wiped here. */
    char[] ask() throws IOException, GeneralSecurityException;
  }

  /**
   * C_Login, tried exactly once: tokens lock themselves after a few wrong PINs. A token whose next
   * wrong PIN would lock it is not tried at all.
   *
   * @throws GeneralSecurityException where the PIN is wrong or locked
   */
  public synchronized void login(Pin pin) throws IOException, GeneralSecurityException {
    if (!token.loginRequired() || loggedIn()) {
      return;
    }
    if (token.pinLocked()) {
      throw new GeneralSecurityException(
          token + ": the PIN is locked after too many wrong ones; its security officer unlocks it");
    }
    if (token.ownPinPad()) {
      login(Pointer.NULL, 0);
      return;
    }
    if (token.finalTry()) {
      throw new GeneralSecurityException(
          token
              + ": one more wrong PIN would lock the token; log in once with its own tool"
              + " (pkcs11-tool --login --list-objects), then try again");
    }
    char[] characters = pin.ask();
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(characters));
    Arrays.fill(characters, '\0');
    try (var memory = new Memory(encoded.remaining() + 1L)) {
      memory.write(0, encoded.array(), 0, encoded.remaining());
      try {
        login(memory, encoded.remaining());
      } finally {
        memory.clear();
      }
    } finally {
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }

  private void login(Pointer pin, long size) throws IOException, GeneralSecurityException {
    try {
      call(CkFunction.C_Login, session, CKU_USER, pin, size);
    } catch (Pkcs11Exception e) {
      if (e.is(CkResult.CKR_PIN_LOCKED) || e.wrongPin()) {
        throw new GeneralSecurityException(e.getMessage(), e);
      }
      if (!e.is(CkResult.CKR_USER_ALREADY_LOGGED_IN)) {
        throw e;
      }
    }
  }

  /** Whether another session of this process has logged in already: logins are the token's. */
  private boolean loggedIn() throws IOException {
    return SessionInfo.of(cryptoki, token, session).userLoggedIn();
  }

  /** The handles of the objects that match, as of now. */
  synchronized List<Long> find(Template template) throws IOException {
    try (var memory = template.memory()) {
      call(CkFunction.C_FindObjectsInit, session, memory, template.count());
      try {
        return found();
      } finally {
        call(CkFunction.C_FindObjectsFinal, session);
      }
    }
  }

  private List<Long> found() throws IOException {
    List<Long> handles = new ArrayList<>();
    var count = new LongByReference();
    try (var page = new Memory(64L * Long.BYTES)) {
      do {
        call(CkFunction.C_FindObjects, session, page, 64L, count);
        for (long handle : page.getLongArray(0, (int) Math.clamp(count.getValue(), 0, 64))) {
          handles.add(handle);
        }
      } while (count.getValue() > 0 && handles.size() < MAX_OBJECTS);
    }
    return handles;
  }

  /** An attribute's value; empty where the object does not have it or does not tell it. */
  synchronized Optional<Bytes> value(long object, Attribute type) throws IOException {
    try (var attribute = new Memory(Template.ATTRIBUTE_SIZE);
        var value = new Memory(MAX_VALUE)) {
      Template.ask(attribute, type, value, MAX_VALUE);
      long code = cryptoki.result(CkFunction.C_GetAttributeValue, session, object, attribute, 1L);
      long size = attribute.getLong(2L * Long.BYTES);
      boolean untold =
          CkResult.of(code)
              .filter(r ->
                  r == CkResult.CKR_ATTRIBUTE_SENSITIVE || r == CkResult.CKR_ATTRIBUTE_TYPE_INVALID)
              .isPresent();
      if (untold || code == 0 && (size < 0 || size > MAX_VALUE)) {
        return Optional.empty();
      }
      if (code != 0) {
        throw new Pkcs11Exception(token.toString(), CkFunction.C_GetAttributeValue, code);
      }
      return Optional.of(Bytes.copyOf(value.getByteArray(0, (int) size)));
    }
  }

  /**
   * Whether keys of this size in bits sign (or are made) by the mechanism: it is in the token's
   * list, and in the range that the token tells of it. SoftHSM2 tells one of all it could do.
   */
  public boolean can(Mechanism mechanism, int bits) throws IOException {
    if (!mechanisms().contains(mechanism.code())) {
      return false;
    }
    try (var info = new Memory(MECHANISM_INFO)) {
      call(CkFunction.C_GetMechanismInfo, token.slot().id(), mechanism.code(), info);
      long least = info.getLong(0);
      long most = info.getLong(Long.BYTES);
      return most == 0 || least <= bits && bits <= most;
    }
  }

  private Set<Long> mechanisms() throws IOException {
    var known = listed;
    if (known == null) {
      var count = new LongByReference(MAX_MECHANISMS);
      try (var list = new Memory((long) MAX_MECHANISMS * Long.BYTES)) {
        call(CkFunction.C_GetMechanismList, token.slot().id(), list, count);
        int size = (int) Math.clamp(count.getValue(), 0, MAX_MECHANISMS);
        known = Arrays.stream(list.getLongArray(0, size)).boxed().collect(Collectors.toSet());
      }
      listed = known;
    }
    return known;
  }

  /** C_SignInit and C_Sign with one key. */
  synchronized Bytes sign(long key, MechanismCall mechanism, Bytes data) throws IOException {
    try (var call = mechanism.memory();
        var input = new Memory(data.size() + 1L);
        var signature = new Memory(MAX_SIGNATURE)) {
      input.write(0, data.toArray(), 0, data.size());
      var size = new LongByReference(MAX_SIGNATURE);
      call(CkFunction.C_SignInit, session, call, key);
      call(CkFunction.C_Sign, session, input, (long) data.size(), signature, size);
      return Bytes.copyOf(
          signature.getByteArray(0, (int) Math.clamp(size.getValue(), 0, MAX_SIGNATURE)));
    }
  }

  /** C_GenerateKeyPair: the handle of the private key. */
  synchronized long generate(Mechanism mechanism, Template publicKey, Template privateKey)
      throws IOException {
    var publicHandle = new LongByReference();
    var privateHandle = new LongByReference();
    try (var call = MechanismCall.of(mechanism).memory();
        var forPublic = publicKey.memory();
        var forPrivate = privateKey.memory()) {
      call(
          CkFunction.C_GenerateKeyPair,
          session,
          call,
          forPublic,
          publicKey.count(),
          forPrivate,
          privateKey.count(),
          publicHandle,
          privateHandle);
      return privateHandle.getValue();
    }
  }

  private void call(CkFunction function, Object... arguments) throws Pkcs11Exception {
    cryptoki.call(token.toString(), function, arguments);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      // A token that is gone has no session left to close.
      long unused = cryptoki.result(CkFunction.C_CloseSession, session);
    }
  }
}
