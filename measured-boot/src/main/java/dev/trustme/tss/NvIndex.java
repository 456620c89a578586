// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmsNvPublic;
import java.io.IOException;
import java.util.Arrays;

/**
 * One NV index. Who authorizes follows from its attributes: the index's own value where it may,
 * else the owner; or a policy, where one was given. Contents travel encrypted where they are
 * written or read by a secret or a policy.
 */
public final class NvIndex extends TpmEntity implements AutoCloseable {
  private final long nvIndex;

  NvIndex(TssContext tss, long nvIndex, TpmHandle handle) {
    super(tss, handle);
    this.nvIndex = nvIndex;
  }

  /** The public area as it is now: the first write changes it, and with it the name. */
  public TpmsNvPublic readPublic() throws IOException {
    try (var call = tss().call("TPM2_NV_ReadPublic")) {
      var area = call.out();
      var name = call.out();
      call.run((esys, context) ->
          esys.Esys_NV_ReadPublic(
              context,
              handle(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              area,
              name));
      var index = Call.parse(call.content(TssType.TPM2B_NV_PUBLIC, area), TpmsNvPublic::parse);
      if (!index.entityName().equals(call.content(TssType.TPM2B_NAME, name))) {
        throw new IOException("the TPM names an NV index otherwise than by its public area");
      }
      return index;
    }
  }

  /** All commands that follow satisfy this policy. */
  public void authorizeBy(Policy policy, PolicyAnswers answers) throws IOException {
    authorizeBy(policy, readPublic().nameAlg(), answers);
  }

  /** The whole content, in as many commands as the TPM's buffer needs. */
  public Bytes read() throws IOException {
    var index = readPublic();
    var by = reader(index.attributes());
    int chunk = tss().capabilities().properties().nvBufferMax();
    var content = new byte[index.dataSize()];
    for (int at = 0; at < content.length; at += chunk) {
      byte[] part = readOnce(by, Math.min(chunk, content.length - at), at);
      System.arraycopy(part, 0, content, at, Math.min(part.length, content.length - at));
      Arrays.fill(part, (byte) 0);
    }
    return Bytes.copyOf(content);
  }

  private TpmEntity reader(TpmaNv attributes) {
    boolean own =
        rule().isPresent()
            || attributes.has(TpmaNv.Flag.AUTHREAD)
            || !attributes.has(TpmaNv.Flag.OWNERREAD);
    return own ? this : tss().entity(Hierarchy.TPM_RH_OWNER);
  }

  private TpmEntity writer(TpmaNv attributes) {
    boolean own =
        rule().isPresent()
            || attributes.has(TpmaNv.Flag.AUTHWRITE)
            || !attributes.has(TpmaNv.Flag.OWNERWRITE);
    return own ? this : tss().entity(Hierarchy.TPM_RH_OWNER);
  }

  /** Encryption where somebody has to prove something; public indices are read in the clear. */
  private static Protection protection(TpmEntity by, Protection wanted) {
    return by.secretSet() || by.rule().isPresent() ? wanted : Protection.NONE;
  }

  private byte[] readOnce(TpmEntity by, int size, int offset) throws IOException {
    try (var authorization = Authorization.of(by, protection(by, Protection.OUTPUT));
        var call = tss().call("TPM2_NV_Read")) {
      var data = call.out();
      call.run((esys, context) ->
          esys.Esys_NV_Read(
              context,
              by.handle(),
              handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              (short) size,
              (short) offset,
              data));
      byte[] part = call.secret(TssType.TPM2B_MAX_NV_BUFFER, data);
      if (part.length != size) {
        throw new IOException("the TPM read %d bytes of %d".formatted(part.length, size));
      }
      return part;
    }
  }

  /** Writes the content at offset 0; a policy over the command allows one chunk only. */
  public void write(Bytes content) throws IOException {
    var by = writer(readPublic().attributes());
    int chunk = tss().capabilities().properties().nvBufferMax();
    int at = 0;
    do {
      int end = Math.min(at + chunk, content.size());
      writeOnce(by, content.slice(at, end), at);
      at = end;
    } while (at < content.size());
  }

  private void writeOnce(TpmEntity by, Bytes part, int offset) throws IOException {
    try (var authorization = Authorization.of(by, protection(by, Protection.INPUT));
        var call = tss().call("TPM2_NV_Write")) {
      var data = call.in2b(TssType.TPM2B_MAX_NV_BUFFER, part);
      call.run((esys, context) ->
          esys.Esys_NV_Write(
              context,
              by.handle(),
              handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              data,
              (short) offset));
    }
  }

  /** TPM2_NV_Increment of a counter. */
  public void increment() throws IOException {
    var by = writer(readPublic().attributes());
    try (var authorization = Authorization.of(by, Protection.NONE);
        var call = tss().call("TPM2_NV_Increment")) {
      call.run((esys, context) ->
          esys.Esys_NV_Increment(
              context,
              by.handle(),
              handle(),
              authorization.proof(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE));
    }
  }

  /** TPM2_NV_Extend: the content becomes H(content || data). */
  public void extend(Bytes measured) throws IOException {
    var by = writer(readPublic().attributes());
    try (var authorization = Authorization.of(by, protection(by, Protection.INPUT));
        var call = tss().call("TPM2_NV_Extend")) {
      var data = call.in2b(TssType.TPM2B_MAX_NV_BUFFER, measured);
      call.run((esys, context) ->
          esys.Esys_NV_Extend(
              context,
              by.handle(),
              handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              data));
    }
  }

  /** TPM2_NV_ChangeAuth: by the index's policy, which must allow this command. */
  public void changeSecret(Secret secret) throws IOException {
    try (var authorization = Authorization.of(this, Protection.INPUT);
        var call = tss().call("TPM2_NV_ChangeAuth")) {
      var value = call.auth(secret);
      call.run((esys, context) ->
          esys.Esys_NV_ChangeAuth(
              context,
              handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              value));
    }
    authorize(secret);
  }

  @Override
  public void close() throws IOException {
    tss().openHandles().close(nvIndex, sharedHandle());
  }
}
