// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.AlgorithmSize;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The registers of the banks that a log covers, while its events are extended into them: all banks
 * at each event, one digest object a bank. A bank that one measuring event leaves out is not
 * covered: what the TPM extended into it then is unknown.
 */
final class PcrBanks {
  /** One bank's registers; each array is replaced, never changed. */
  private static final class Bank {
    private final HashAlgorithm algorithm;
    private final MessageDigest digest;
    private final byte[][] values = new byte[TcgPcrEvent2.PCR_COUNT][];
    private boolean complete = true;

    Bank(HashAlgorithm algorithm) {
      this.algorithm = algorithm;
      this.digest = algorithm.newDigestOfShort();
      Arrays.fill(values, new byte[algorithm.size()]);
    }

    void extend(TcgPcrEvent2 event) {
      for (EventDigest measured : event.digests()) {
        if (measured.algorithmId() == algorithm.tpmAlgId()) {
          digest.update(values[event.pcrIndex()]);
          measured.value().addTo(digest);
          values[event.pcrIndex()] = digest.digest();
          return;
        }
      }
      complete = false;
    }
  }

  private final List<Bank> banks = new ArrayList<>();

  /** All registers at zero, of the banks that the head of the log names. */
  PcrBanks(EventLog log) {
    if (log.specId().isEmpty()) {
      banks.add(new Bank(HashAlgorithm.SHA1));
      return;
    }
    for (AlgorithmSize entry : log.specId().get().digestSizes()) {
      HashAlgorithm.byTpmAlgId(entry.algorithmId()).ifPresent(bank -> banks.add(new Bank(bank)));
    }
  }

  void extend(TcgPcrEvent2 event) {
    for (Bank bank : banks) {
      bank.extend(event);
    }
  }

  /** Sets a register to a value of all {@code fill} bytes but the last. */
  void start(int index, int fill, int last) {
    for (Bank bank : banks) {
      bank.values[index] = startValue(bank.algorithm, fill, last).value().toArray();
    }
  }

  static Digest startValue(HashAlgorithm algorithm, int fill, int last) {
    var value = new byte[algorithm.size()];
    Arrays.fill(value, (byte) fill);
    value[value.length - 1] = (byte) last;
    return new Digest(algorithm, Bytes.copyOf(value));
  }

  /** The banks that every event had a digest for. */
  List<HashAlgorithm> banks() {
    return banks.stream().filter(bank -> bank.complete).map(bank -> bank.algorithm).toList();
  }

  List<Digest> values(HashAlgorithm algorithm) {
    var bank = banks.stream().filter(b -> b.algorithm == algorithm).findFirst().orElseThrow();
    return Arrays.stream(bank.values).map(v -> new Digest(algorithm, Bytes.copyOf(v))).toList();
  }
}
