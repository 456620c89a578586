// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;

/** CK_MECHANISM { mechanism, pParameter, ulParameterLen } for one call. */
record MechanismCall(Mechanism mechanism, Optional<Pss> pss) {
  private static final int SIZE = 3 * Long.BYTES;

  /** CK_RSA_PKCS_PSS_PARAMS { hashAlg, mgf, sLen }. PKCS #11 2.40 Mechanisms, 2.1.10. */
  record Pss(HashAlgorithm hash, int saltLength) {
    private static final int SIZE = 3 * Long.BYTES;

    private void write(Memory memory, long at) {
      memory.setLong(at, mechanism());
      memory.setLong(at + Long.BYTES, mask());
      memory.setLong(at + 2L * Long.BYTES, saltLength);
    }

    /** CKM_SHA256, CKM_SHA384, CKM_SHA512. */
    private long mechanism() {
      return switch (hash) {
        case SHA256 -> 0x250;
        case SHA384 -> 0x260;
        case SHA512 -> 0x270;
        case SHA1, SHA3_256, SHA3_384, SHA3_512 -> throw noPss();
      };
    }

    /** CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512. */
    private long mask() {
      return switch (hash) {
        case SHA256 -> 2;
        case SHA384 -> 3;
        case SHA512 -> 4;
        case SHA1, SHA3_256, SHA3_384, SHA3_512 -> throw noPss();
      };
    }

    private IllegalArgumentException noPss() {
      return new IllegalArgumentException("no RSASSA-PSS with " + hash);
    }
  }

  static MechanismCall of(Mechanism mechanism) {
    return new MechanismCall(mechanism, Optional.empty());
  }

  Memory memory() {
    var memory = new Memory(SIZE + Pss.SIZE);
    memory.setLong(0, mechanism.code());
    memory.setPointer(Long.BYTES, pss.isPresent() ? memory.share(SIZE) : Pointer.NULL);
    memory.setLong(2L * Long.BYTES, pss.isPresent() ? Pss.SIZE : 0);
    pss.ifPresent(parameters -> parameters.write(memory, SIZE));
    return memory;
  }
}
