// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.attest.FileJudgement.Bad;
import dev.trustme.attest.FileJudgement.Good;
import dev.trustme.attest.FileJudgement.Reason;
import dev.trustme.attest.FileSigners.FileSigner;
import dev.trustme.bytes.Bytes;
import dev.trustme.ima.ImaDigest;
import dev.trustme.ima.ImaEntry;
import dev.trustme.ima.ImaField;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.ImaValue;
import dev.trustme.release.ShippedDigest;
import java.util.List;

/**
 * Judges what the kernel measured, entry by entry in the log's order: a key counts from the entry
 * on that shows it. Says nothing of what covers the log.
 */
public final class MeasuredFiles {
  /** Signatures of one log that may fail before no more are verified. */
  private static final int MAX_FAILED = 1000;

  private final ImaDemand demand;
  private final ImaRule rule;
  private final LoadedKeys keys;
  private int failed;
  private boolean byLearnedKey;

  public MeasuredFiles(ImaDemand demand) {
    this.demand = demand;
    this.rule = demand.rule();
    this.keys = new LoadedKeys(demand);
  }

  /** How checks name an entry. */
  public static String where(ImaEntry entry) {
    return "IMA log, entry %d, offset 0x%x".formatted(entry.number(), entry.offset());
  }

  /** Whether the last judgement holds only after what this log showed before. */
  boolean byLearnedKey() {
    return byLearnedKey;
  }

  /** The first thing that is wrong with the entry, or why it is good. */
  public FileJudgement judge(ImaEntry entry) {
    byLearnedKey = false;
    if (entry.pcr() != ImaRule.PCR) {
      return new Bad(EvidenceCheck.IMA_PCR, "PCR " + ImaRule.PCR, "PCR " + entry.pcr());
    }
    boolean first = entry.number() == 0;
    if (entry.violation()) {
      return first
          ? new Bad(EvidenceCheck.IMA_BOOT_AGGREGATE, "the boot aggregate", "a violation")
          : new Bad(EvidenceCheck.IMA_VIOLATIONS, "a measurement", "a violation");
    }
    if (!rule.takesTemplate(entry.template().name())) {
      return new Bad(
          EvidenceCheck.IMA_TEMPLATE,
          String.join(", ", rule.templateNames()),
          entry.template().name());
    }
    var hash = entry.templateHash().algorithm().digest(entry.templateData());
    if (!hash.equals(entry.templateHash())) {
      return new Bad(
          EvidenceCheck.IMA_TEMPLATE_HASH, hash.toString(), entry.templateHash().toString());
    }
    return first ? aggregate(entry) : behind(entry);
  }

  private FileJudgement aggregate(ImaEntry entry) {
    var check = EvidenceCheck.IMA_BOOT_AGGREGATE;
    if (!entry.isBootAggregate()) {
      return new Bad(check, ImaEntry.BOOT_AGGREGATE, entry.name().utf8());
    }
    if (demand.aggregate().isEmpty()) {
      return new Bad(check, "the values of PCR 0 to 9", "not all of them");
    }
    String expected = demand.aggregate().get().toString();
    String seen = entry.digest().map(MeasuredFiles::words).orElse("no digest");
    return entry.digest().filter(ImaDigest.FileHash.class::isInstance).isPresent()
            && seen.equals(expected)
        ? new Good(Reason.BOOT_AGGREGATE, "")
        : new Bad(check, expected, seen);
  }

  private FileJudgement behind(ImaEntry entry) {
    if (entry.isBootAggregate()) {
      return new Bad(
          EvidenceCheck.IMA_BOOT_AGGREGATE,
          ImaEntry.BOOT_AGGREGATE + " as the first entry alone",
          "again");
    }
    String odd = oddName(entry.name());
    if (!odd.isEmpty()) {
      return new Bad(EvidenceCheck.IMA_NAMES, "a name as kernels give it", odd);
    }
    if (entry.template().fields().contains(ImaField.BUF)) {
      return buffer(entry);
    }
    return rule.excludes(entry.name()) ? new Good(Reason.EXCLUDED, "") : file(entry);
  }

  private static String oddName(Bytes name) {
    if (name.isEmpty()) {
      return "no name";
    }
    for (int i = 0; i < name.size(); i++) {
      if (PathPattern.isControl(name.at(i))) {
        return "a control character, byte 0x%02x".formatted(name.at(i));
      }
    }
    return PathPattern.hasDots(name) ? "a component of dots" : "";
  }

  private FileJudgement buffer(ImaEntry entry) {
    var check = EvidenceCheck.IMA_BUFFERS;
    boolean keyring = rule.takesKeysOn(entry.name());
    if (!keyring && !rule.takesBuffer(entry.name())) {
      return new Bad(check, "a keyring or data that the policy names", "another");
    }
    Bytes content =
        entry.value(ImaField.BUF).orElseThrow() instanceof ImaValue.Buffer(Bytes bytes)
            ? bytes
            : Bytes.empty();
    var digest = entry.digest().flatMap(ImaDigest::digest);
    var hash = digest.map(d -> d.algorithm().digest(content));
    if (hash.isEmpty() || !hash.equals(digest)) {
      return new Bad(
          check,
          hash.map(Object::toString).orElse("the hash of the data"),
          entry.digest().map(MeasuredFiles::words).orElse("no digest"));
    }
    if (!keyring) {
      return new Good(Reason.BUFFER, "");
    }
    String problem = keys.load(content);
    return problem.isEmpty()
        ? new Good(Reason.KEY, "")
        : new Bad(check, "a key that trust.files vouches for", problem);
  }

  private FileJudgement file(ImaEntry entry) {
    var digest = entry.digest();
    var algorithm = digest.flatMap(d -> d.algorithm().algorithm());
    boolean strong =
        algorithm.filter(a -> a.size() >= rule.weakestHash().size()).isPresent()
            && digest.flatMap(ImaDigest::digest).isPresent();
    if (!strong) {
      return new Bad(
          EvidenceCheck.IMA_HASH,
          rule.weakestHash().label() + " or stronger",
          digest.map(d -> d.algorithm().label()).orElse("no digest"));
    }
    return switch (rule.files()) {
      case SIGNED -> signed(entry, digest.get());
      case RELEASED -> released(entry, digest.get());
      case SIGNED_OR_RELEASED -> either(entry, digest.get());
      case SIGNED_AND_RELEASED -> both(entry, digest.get());
    };
  }

  private FileJudgement either(ImaEntry entry, ImaDigest digest) {
    var released = released(entry, digest);
    if (released instanceof Good) {
      return released;
    }
    var signed = signed(entry, digest);
    boolean unsigned = signed instanceof Bad bad && bad.check() == EvidenceCheck.IMA_FILES;
    return unsigned
        ? new Bad(
            EvidenceCheck.IMA_FILES,
            "a signature, or " + ((Bad) released).expected(),
            words(digest) + ", not signed")
        : signed;
  }

  private FileJudgement both(ImaEntry entry, ImaDigest digest) {
    var released = released(entry, digest);
    if (released instanceof Bad) {
      return released;
    }
    var signed = signed(entry, digest);
    return signed instanceof Good(Reason reason, String by)
        ? new Good(Reason.SIGNED_AND_RELEASED, by)
        : signed;
  }

  private FileJudgement released(ImaEntry entry, ImaDigest digest) {
    var check = EvidenceCheck.IMA_FILES;
    if (demand.files().isEmpty()) {
      return new Bad(check, "a release that lists files", words(digest));
    }
    var listed = demand.files().get().at(entry.name());
    var shipped =
        digest.digest().map(d -> new ShippedDigest(digest instanceof ImaDigest.VerityDigest, d));
    if (shipped.filter(listed::contains).isPresent()) {
      return new Good(Reason.RELEASED, "");
    }
    return listed.isEmpty()
        ? new Bad(check, "a file of the release", words(digest) + ", which it does not list")
        : new Bad(check, listed.getFirst() + " of the release", words(digest));
  }

  private FileJudgement signed(ImaEntry entry, ImaDigest digest) {
    return switch (entry.value(ImaField.SIG).orElseGet(ImaValue.Absent::new)) {
      case ImaValue.Signature(ImaSignature signature) -> verified(signature, digest);
      case ImaValue.Unparsed(Bytes raw, String reason) ->
          new Bad(EvidenceCheck.IMA_SIGNATURE, "a signature that can be read", reason);
      default -> new Bad(EvidenceCheck.IMA_FILES, "a signature", words(digest) + ", not signed");
    };
  }

  private FileJudgement verified(ImaSignature signature, ImaDigest digest) {
    var check = EvidenceCheck.IMA_SIGNATURE;
    var type =
        digest instanceof ImaDigest.VerityDigest
            ? ImaSignature.Type.IMA_VERITY_DIGSIG
            : ImaSignature.Type.EVM_IMA_XATTR_DIGSIG;
    if (signature.type() != type) {
      return new Bad(
          check, "%s over %s".formatted(type, words(digest)), signature.type().toString());
    }
    if (signature.hashAlgo() != digest.algorithm()) {
      return new Bad(
          check,
          "a signature over " + words(digest),
          "one over a %s digest".formatted(signature.hashAlgo().label()));
    }
    var candidates = keys.withId(signature.keyId());
    if (candidates.isEmpty()) {
      return new Bad(check, "a trusted key", "key identifier " + signature.keyIdHex());
    }
    return verified(signature, digest, candidates);
  }

  private FileJudgement verified(
      ImaSignature signature, ImaDigest digest, List<FileSigner> candidates) {
    var signers = demand.signers();
    for (FileSigner signer : candidates) {
      if (failed < MAX_FAILED && signers.isPresent()) {
        if (signers.get().signed(signer, signature, digest)) {
          byLearnedKey = keys.isLearned(signer);
          return new Good(Reason.SIGNED, signer.name());
        }
        failed++;
      }
    }
    return new Bad(
        EvidenceCheck.IMA_SIGNATURE,
        "a signature by %s over %s".formatted(candidates.getFirst().name(), words(digest)),
        failed < MAX_FAILED
            ? "one over other content"
            : "not verified, after %d that are wrong".formatted(MAX_FAILED));
  }

  static String words(ImaDigest digest) {
    return "%s%s:%s"
        .formatted(
            digest instanceof ImaDigest.VerityDigest ? "verity:" : "",
            digest.algorithm().label(),
            digest.value().hex());
  }
}
