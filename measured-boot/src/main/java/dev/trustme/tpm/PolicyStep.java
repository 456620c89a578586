// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** One assertion of a policy, named as its command. TPM 2.0 Part 3, 23. */
public sealed interface PolicyStep {
  /** The policyDigest after this step. */
  Digest extend(Digest digest);

  /** The PCRs hold these values. */
  record PolicyPcr(TpmlPcrSelection pcrs, Bytes pcrDigest) implements PolicyStep {
    private static final long CC = 0x17f;

    /** The values of one bank; the digest over them is made with the policy's hash algorithm. */
    public static PolicyPcr of(HashAlgorithm policyHash, SortedMap<Integer, Digest> values) {
      var bank = values.values().iterator().next().algorithm();
      Bytes[] concatenated = values.values().stream().map(Digest::value).toArray(Bytes[]::new);
      return new PolicyPcr(
          new TpmlPcrSelection(List.of(TpmsPcrSelection.of(bank, values.keySet()))),
          policyHash.digest(concatenated).value());
    }

    @Override
    public Digest extend(Digest digest) {
      return hash(digest, CC, pcrs.encode(), pcrDigest);
    }
  }

  /**
   * The content of an NV index compares so with the operand. Its name covers its attributes, so an
   * index that was not written yet is another one.
   *
   * @param offset in bytes, of the first byte that is compared
   */
  record PolicyNv(TpmsNvPublic index, Bytes operandB, int offset, Comparison operation)
      implements PolicyStep {
    private static final long CC = 0x149;

    @Override
    public Digest extend(Digest digest) {
      Bytes numbers = BinaryWriter.bigEndian().u16(offset).u16(operation.code()).toBytes();
      var arguments = digest.algorithm().digest(operandB, numbers);
      return hash(digest, CC, arguments.value(), index.entityName());
    }
  }

  /** TPM_EO: the content of the index, then the operator, then the operand. Part 2, 6.8. */
  enum Comparison {
    EQ(0x0),
    NEQ(0x1),
    UNSIGNED_GT(0x3),
    UNSIGNED_LT(0x5),
    UNSIGNED_GE(0x7),
    UNSIGNED_LE(0x9);

    private final int code;

    Comparison(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /** The authorization value of that entity is known. */
  record PolicySecret(PolicyEntity entity, Bytes policyRef) implements PolicyStep {
    private static final long CC = 0x151;

    @Override
    public Digest extend(Digest digest) {
      return referenced(digest, CC, entity.entityName(), policyRef);
    }
  }

  /**
   * Any policy holds that this key signs; what held before counts no more. Without an approval the
   * step describes what can be approved; with one it can be satisfied.
   */
  record PolicyAuthorize(TpmtPublic key, Bytes policyRef, Optional<Approval> approval)
      implements PolicyStep {
    private static final long CC = 0x16a;

    public static PolicyAuthorize by(TpmtPublic key) {
      return new PolicyAuthorize(key, Bytes.empty(), Optional.empty());
    }

    public PolicyAuthorize with(Approval given) {
      return new PolicyAuthorize(key, policyRef, Optional.of(given));
    }

    @Override
    public Digest extend(Digest digest) {
      return referenced(Digest.zero(digest.algorithm()), CC, key.name().encode(), policyRef);
    }
  }

  /** A policy and the key's signature over {@link Policy#toSign}. */
  record Approval(Policy approved, TpmtSignature signature) {}

  /** The object's own authorization value is known, as the key of an HMAC. */
  record PolicyAuthValue() implements PolicyStep {
    private static final long CC = 0x16b;

    @Override
    public Digest extend(Digest digest) {
      return hash(digest, CC);
    }
  }

  /** One of these policies holds: the steps before this one must have led to one of them. */
  record PolicyOr(List<Bytes> branches) implements PolicyStep {
    private static final long CC = 0x171;
    private static final int MAX_BRANCHES = 8;

    public PolicyOr {
      branches = List.copyOf(branches);
      if (branches.size() < 2 || branches.size() > MAX_BRANCHES) {
        throw new IllegalArgumentException(branches.size() + " branches, 2 to 8 are possible");
      }
    }

    @Override
    public Digest extend(Digest digest) {
      return hash(Digest.zero(digest.algorithm()), CC, branches.toArray(Bytes[]::new));
    }
  }

  /** Only the one command with exactly these parameters and names. */
  record PolicyCpHash(Digest cpHash) implements PolicyStep {
    private static final long CC = 0x16e;
    private static final long TPM_CC_NV_WRITE = 0x137;

    /** A TPM2_NV_Write of this content at offset 0, authorized by the index itself. */
    public static PolicyCpHash ofNvWrite(HashAlgorithm hash, TpmsNvPublic index, Bytes content) {
      Bytes name = index.entityName();
      Bytes parameters = Tpm2b.write(BinaryWriter.bigEndian(), content).u16(0).toBytes();
      return new PolicyCpHash(
          hash.digest(
              BinaryWriter.bigEndian().u32(TPM_CC_NV_WRITE).toBytes(), name, name, parameters));
    }

    @Override
    public Digest extend(Digest digest) {
      return hash(digest, CC, cpHash.value());
    }
  }

  /** Only this command. */
  record PolicyCommandCode(long code) implements PolicyStep {
    private static final long CC = 0x16c;

    @Override
    public Digest extend(Digest digest) {
      return hash(digest, CC, BinaryWriter.bigEndian().u32(code).toBytes());
    }
  }

  /** The NV index was written, or was not. */
  record PolicyNvWritten(boolean written) implements PolicyStep {
    private static final long CC = 0x18f;

    @Override
    public Digest extend(Digest digest) {
      return hash(digest, CC, BinaryWriter.bigEndian().u8(written ? 1 : 0).toBytes());
    }
  }

  private static Digest hash(Digest digest, long commandCode, Bytes... parts) {
    List<Bytes> all = new ArrayList<>();
    all.add(digest.value());
    all.add(BinaryWriter.bigEndian().u32(commandCode).toBytes());
    all.addAll(List.of(parts));
    return digest.algorithm().digest(all.toArray(Bytes[]::new));
  }

  /** PolicyUpdate() of TPM 2.0 Part 3, 23.2.4: two hashes, the second over the reference. */
  private static Digest referenced(Digest digest, long commandCode, Bytes name, Bytes policyRef) {
    var first = hash(digest, commandCode, name);
    return digest.algorithm().digest(first.value(), policyRef);
  }
}
