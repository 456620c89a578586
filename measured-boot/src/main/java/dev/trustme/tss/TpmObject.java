// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Policy;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmtPublic;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * A key or sealed data in the TPM. Closing frees its slot if it is transient; a persistent one
 * stays.
 */
public final class TpmObject extends TpmEntity implements AutoCloseable {
  private final OptionalLong persistentHandle;

  /** A transient object. */
  TpmObject(TssContext tss, int tr) {
    super(tss, new TpmHandle(tr));
    this.persistentHandle = OptionalLong.empty();
  }

  /** The persistent object at this TPM handle. */
  TpmObject(TssContext tss, long persistentHandle, TpmHandle handle) {
    super(tss, handle);
    this.persistentHandle = OptionalLong.of(persistentHandle);
  }

  /** What TPM2_ReadPublic says. */
  public record PublicInfo(Bytes publicArea, TpmName name, TpmName qualifiedName) {
    /** The key; other objects are a FormatException. */
    public TpmtPublic key() throws FormatException {
      return TpmtPublic.parse(publicArea);
    }
  }

  /** Reads the public area and checks that the name is its hash. */
  public PublicInfo readPublic() throws IOException {
    try (var call = tss().call("TPM2_ReadPublic")) {
      var publicArea = call.out();
      var name = call.out();
      var qualified = call.out();
      call.run((esys, context) ->
          esys.Esys_ReadPublic(
              context,
              handle(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              publicArea,
              name,
              qualified));
      Bytes area = call.content(TssType.TPM2B_PUBLIC, publicArea);
      var said = Call.parse(call.content(TssType.TPM2B_NAME, name), TpmName::parse);
      if (!said.digest().algorithm().digest(area).equals(said.digest())) {
        throw new IOException("the TPM names an object otherwise than by its public area");
      }
      return new PublicInfo(
          area, said, Call.parse(call.content(TssType.TPM2B_NAME, qualified), TpmName::parse));
    }
  }

  /** The key; sealed data and symmetric keys are an error. */
  public TpmtPublic key() throws IOException {
    return Call.parse(readPublic().publicArea(), TpmtPublic::parse);
  }

  /** All commands that follow satisfy this policy, computed in the object's name algorithm. */
  public void authorizeBy(Policy policy, PolicyAnswers answers) throws IOException {
    authorizeBy(policy, Call.parse(readPublic().publicArea(), TpmObject::nameAlg), answers);
  }

  private static HashAlgorithm nameAlg(Bytes publicArea) throws FormatException {
    var reader = BinaryReader.bigEndian(publicArea, "TPMT_PUBLIC");
    int type = reader.u16();
    int algorithm = reader.u16();
    return HashAlgorithm.byTpmAlgId(algorithm)
        .orElseThrow(() ->
            reader.malformed("type 0x%04x with unknown nameAlg 0x%04x".formatted(type, algorithm)));
  }

  @Override
  public void close() throws IOException {
    if (persistentHandle.isPresent()) {
      tss().openHandles().close(persistentHandle.getAsLong(), sharedHandle());
    } else {
      tss().require("TPM2_FlushContext", tss().esys().Esys_FlushContext(tss().pointer(), handle()));
    }
  }
}
