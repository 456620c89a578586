// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.ptr.IntByReference;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.SavedContext;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Objects: made, loaded, kept, removed. TPM 2.0 Part 3, 12, 24 and 28.5. */
public final class Keys {
  private static final long PERSISTENT_FIRST = 0x81000000L;
  private static final long PERSISTENT_LAST = 0x81ffffffL;

  /** TPMT_TK_HASHCHECK { TPM_ST_HASHCHECK, TPM_RH_NULL, no digest }. TPM 2.0 Part 2, 10.7.6. */
  private static final Bytes NO_TICKET = Bytes.fromHex("8024400000070000");

  private final TssContext tss;

  Keys(TssContext tss) {
    this.tss = tss;
  }

  /** What TPM2_Create gives: the blob to load, and the proof of how it came to be. */
  public record Created(
      KeyBlob blob, Bytes creationData, Bytes creationHash, Bytes creationTicket) {}

  /** TPM2_CreatePrimary; the same template gives the same key until the hierarchy is cleared. */
  public TpmObject primary(Hierarchy hierarchy, TpmtPublic template) throws IOException {
    try (var authorization = Authorization.of(tss.entity(hierarchy), Protection.NONE)) {
      return primary(hierarchy, template.encode(), authorization.proof());
    }
  }

  TpmObject primary(Hierarchy hierarchy, Bytes template, int session) throws IOException {
    try (var call = tss.call("TPM2_CreatePrimary")) {
      var sensitive =
          call.in(TssType.TPM2B_SENSITIVE_CREATE, sensitive(Secret.none(), new byte[0]));
      var area = call.in2b(TssType.TPM2B_PUBLIC, template);
      var outside = call.empty2b(TssType.TPM2B_DATA);
      var pcrs = call.in(TssType.TPML_PCR_SELECTION, new TpmlPcrSelection(List.of()).encode());
      var handle = new IntByReference();
      var publicArea = call.out();
      var data = call.out();
      var hash = call.out();
      var ticket = call.out();
      call.run((esys, context) ->
          esys.Esys_CreatePrimary(
              context,
              tss.entity(hierarchy).handle(),
              session,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              sensitive,
              area,
              outside,
              pcrs,
              handle,
              publicArea,
              data,
              hash,
              ticket));
      return new TpmObject(tss, handle.getValue());
    }
  }

  /** A key under the parent, with this authorization value. */
  public Created create(TpmObject parent, TpmtPublic template, Secret secret) throws IOException {
    return create(parent, template.encode(), secret, new byte[0]);
  }

  /** TPM2_Create; the sensitive part travels encrypted. */
  Created create(TpmObject parent, Bytes template, Secret secret, byte[] data) throws IOException {
    var wire = sensitive(secret, data);
    try (var authorization = Authorization.of(parent, Protection.BOTH);
        var call = tss.call("TPM2_Create")) {
      var sensitive = call.in(TssType.TPM2B_SENSITIVE_CREATE, wire);
      var area = call.in2b(TssType.TPM2B_PUBLIC, template);
      var outside = call.empty2b(TssType.TPM2B_DATA);
      var pcrs = call.in(TssType.TPML_PCR_SELECTION, new TpmlPcrSelection(List.of()).encode());
      var privateArea = call.out();
      var publicArea = call.out();
      var creation = call.out();
      var hash = call.out();
      var ticket = call.out();
      call.run((esys, context) ->
          esys.Esys_Create(
              context,
              parent.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              sensitive,
              area,
              outside,
              pcrs,
              privateArea,
              publicArea,
              creation,
              hash,
              ticket));
      return new Created(
          new KeyBlob(
              call.content(TssType.TPM2B_PUBLIC, publicArea),
              call.content(TssType.TPM2B_PRIVATE, privateArea)),
          call.content(TssType.TPM2B_CREATION_DATA, creation),
          call.content(TssType.TPM2B_DIGEST, hash),
          call.wire(TssType.TPMT_TK_CREATION, ticket));
    } finally {
      Arrays.fill(wire, (byte) 0);
    }
  }

  /** TPM2B_SENSITIVE_CREATE. TPM 2.0 Part 2, 11.1.16. */
  private static byte[] sensitive(Secret secret, byte[] data) {
    int content = 2 + secret.size() + 2 + data.length;
    var wire = ByteBuffer.allocate(2 + content).putShort((short) content);
    secret.putTpm2b(wire);
    return wire.putShort((short) data.length).put(data).array();
  }

  /** TPM2_Load. */
  public TpmObject load(TpmObject parent, KeyBlob blob) throws IOException {
    try (var authorization = Authorization.of(parent, Protection.NONE);
        var call = tss.call("TPM2_Load")) {
      var privateArea = call.in2b(TssType.TPM2B_PRIVATE, blob.privateArea());
      var publicArea = call.in2b(TssType.TPM2B_PUBLIC, blob.publicArea());
      var handle = new IntByReference();
      call.run((esys, context) ->
          esys.Esys_Load(
              context,
              parent.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              privateArea,
              publicArea,
              handle));
      return new TpmObject(tss, handle.getValue());
    }
  }

  /**
   * TPM2_Sign of a digest that was computed outside, by a key that is not restricted. TPM 2.0 Part
   * 3, 20.2.
   *
   * @param scheme {@link TpmtScheme#NULL} for a key that has its own
   */
  public TpmtSignature sign(TpmObject key, Digest digest, TpmtScheme scheme) throws IOException {
    try (var authorization = Authorization.of(key, Protection.NONE);
        var call = tss.call("TPM2_Sign")) {
      var input = call.in2b(TssType.TPM2B_DIGEST, digest.value());
      var signing = call.in(TssType.TPMT_SIG_SCHEME, scheme.encode());
      var noTicket = call.in(TssType.TPMT_TK_HASHCHECK, NO_TICKET);
      var signature = call.out();
      call.run((esys, context) ->
          esys.Esys_Sign(
              context,
              key.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              input,
              signing,
              noTicket,
              signature));
      return call.parse(TssType.TPMT_SIGNATURE, signature, TpmtSignature::parse);
    }
  }

  /** TPM2_LoadExternal of a public key, under the owner, so that tickets count. */
  public TpmObject loadExternal(TpmtPublic key) throws IOException {
    try (var call = tss.call("TPM2_LoadExternal")) {
      var publicArea = call.in2b(TssType.TPM2B_PUBLIC, key.encode());
      var handle = new IntByReference();
      call.run((esys, context) ->
          esys.Esys_LoadExternal(
              context,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              null,
              publicArea,
              tss.entity(Hierarchy.TPM_RH_OWNER).handle(),
              handle));
      return new TpmObject(tss, handle.getValue());
    }
  }

  /** The object at a persistent handle, 0x81000000 to 0x81ffffff. */
  public TpmObject persistent(long handle) throws IOException {
    requirePersistent(handle);
    return new TpmObject(
        tss, handle, tss.openHandles().open(handle, "object 0x%08x".formatted(handle)));
  }

  private static void requirePersistent(long handle) {
    if (handle < PERSISTENT_FIRST || handle > PERSISTENT_LAST) {
      throw new IllegalArgumentException("0x%08x is no persistent handle".formatted(handle));
    }
  }

  /** TPM2_ContextLoad of what tpm2-tools saved since the TPM started. */
  public TpmObject load(SavedContext saved) throws IOException {
    try (var call = tss.call("TPM2_ContextLoad")) {
      var area = call.in(TssType.TPMS_CONTEXT, saved.encodeTpmsContext());
      var handle = new IntByReference();
      call.run((esys, context) -> esys.Esys_ContextLoad(context, area, handle));
      return new TpmObject(tss, handle.getValue());
    }
  }

  /** TPM2_EvictControl: keeps the object at this handle over restarts; the owner allows it. */
  public void persist(TpmObject object, long handle) throws IOException {
    requirePersistent(handle);
    int tr = evictControl(object, handle);
    try (var kept = new TpmObject(tss, handle, tss.openHandles().adopt(handle, tr))) {
      if (!kept.readPublic().equals(object.readPublic())) {
        throw new IOException("the TPM kept another object at 0x%08x".formatted(handle));
      }
    }
  }

  /** Removes the object at a persistent handle; the owner allows it. */
  public void evict(long handle) throws IOException {
    try (var object = persistent(handle)) {
      int unused = evictControl(object, handle);
      tss.openHandles().forget(handle);
    }
  }

  private int evictControl(TpmObject object, long handle) throws IOException {
    try (var authorization = Authorization.of(tss.entity(Hierarchy.TPM_RH_OWNER), Protection.NONE);
        var call = tss.call("TPM2_EvictControl of 0x%08x".formatted(handle))) {
      var kept = new IntByReference();
      call.run((esys, context) ->
          esys.Esys_EvictControl(
              context,
              tss.entity(Hierarchy.TPM_RH_OWNER).handle(),
              object.handle(),
              authorization.proof(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              (int) handle,
              kept));
      return kept.getValue();
    }
  }

  /**
   * TPM2_ObjectChangeAuth: the same object with another authorization value, as a new blob; the old
   * blob keeps the old value.
   */
  public KeyBlob changeSecret(TpmObject object, TpmObject parent, Secret secret)
      throws IOException {
    try (var authorization = Authorization.of(object, Protection.BOTH);
        var call = tss.call("TPM2_ObjectChangeAuth")) {
      var value = call.auth(secret);
      var privateArea = call.out();
      call.run((esys, context) ->
          esys.Esys_ObjectChangeAuth(
              context,
              object.handle(),
              parent.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              value,
              privateArea));
      return new KeyBlob(
          object.readPublic().publicArea(), call.content(TssType.TPM2B_PRIVATE, privateArea));
    }
  }
}
