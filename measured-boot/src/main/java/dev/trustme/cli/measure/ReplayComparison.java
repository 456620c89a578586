// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.CcEventLog;
import dev.trustme.eventlog.CcRegister;
import dev.trustme.eventlog.CcReplay;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayDiagnosis;
import dev.trustme.eventlog.ReplayHint;
import dev.trustme.eventlog.ReplayedCcLog;
import dev.trustme.eventlog.ReplayedLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A replayed log of either kind, held against values that somebody read. */
sealed interface ReplayComparison {

  /** A register that is not what the file says. */
  record Difference(
      String bank,
      int pcr,
      String register,
      String expected,
      String replayed,
      long events,
      List<Hint> hints) {}

  /** A possible cause. */
  record Hint(String id, String words) {
    static Hint of(ReplayHint hint) {
      return new Hint(hint.id(), hint.words());
    }
  }

  /** Of a TPM. */
  record Tpm(ReplayedLog log) implements ReplayComparison {}

  /** Of a confidential guest. */
  record Cc(ReplayedCcLog log) implements ReplayComparison {}

  static ReplayComparison of(EventLog log) throws FormatException {
    return new Tpm(Replay.replay(log));
  }

  static ReplayComparison of(CcEventLog log) throws FormatException {
    return new Cc(CcReplay.replay(log));
  }

  default int startupLocality() {
    return switch (this) {
      case Tpm(ReplayedLog log) -> log.startupLocality();
      case Cc cc -> 0;
    };
  }

  /** The values of all measured registers, by bank. */
  default Map<String, Map<String, String>> values() {
    Map<String, Map<String, String>> banks = new LinkedHashMap<>();
    switch (this) {
      case Tpm(ReplayedLog log) ->
          log.banks()
              .forEach(bank -> {
                Map<String, String> values = new LinkedHashMap<>();
                log.measuredPcrs()
                    .forEach(pcr -> values.put(String.valueOf(pcr), log.pcr(bank, pcr).hex()));
                banks.put(bank.label(), values);
              });
      case Cc(ReplayedCcLog log) ->
          log.banks()
              .forEach(bank -> {
                Map<String, String> values = new LinkedHashMap<>();
                log.measuredRegisters()
                    .forEach(r -> values.put(r.name(), log.register(bank, r).hex()));
                banks.put(bank.label(), values);
              });
    }
    return banks;
  }

  default List<Difference> differences(List<PcrFile.Value> values) {
    List<Difference> differences = new ArrayList<>();
    for (PcrFile.Value value : values) {
      Optional<Digest> seen = value(value.digest().algorithm(), value.pcr());
      if (!seen.equals(Optional.of(value.digest()))) {
        differences.add(
            new Difference(
                value.digest().algorithm().label(),
                value.pcr(),
                register(value.pcr()),
                value.digest().hex(),
                seen.map(Digest::hex).orElse("(no such bank or register)"),
                events(value.pcr()),
                hints(value, values)));
      }
    }
    return differences;
  }

  private Optional<Digest> value(HashAlgorithm bank, int index) {
    return switch (this) {
      case Tpm(ReplayedLog log) ->
          log.banks().contains(bank) ? Optional.of(log.pcr(bank, index)) : Optional.empty();
      case Cc(ReplayedCcLog log) ->
          log.banks().contains(bank) && ccRegister(index).isPresent()
              ? ccRegister(index).map(register -> log.register(bank, register))
              : Optional.empty();
    };
  }

  /** A register that the log can speak of. */
  private static Optional<CcRegister> ccRegister(int index) {
    return CcRegister.at(index).filter(register -> register != CcRegister.MRTD);
  }

  private String register(int index) {
    return switch (this) {
      case Tpm tpm -> "PCR " + index;
      case Cc cc -> ccRegister(index).map(CcRegister::name).orElse("register " + index);
    };
  }

  private long events(int index) {
    return switch (this) {
      case Tpm(ReplayedLog log) -> log.measuredEvents(index).size();
      case Cc(ReplayedCcLog log) ->
          log.log().entries().events().stream()
              .filter(e -> e.extendsPcr() && e.pcrIndex() == index)
              .count();
    };
  }

  private List<Hint> hints(PcrFile.Value value, List<PcrFile.Value> all) {
    return switch (this) {
      case Tpm(ReplayedLog log) ->
          new ReplayDiagnosis(log)
              .explain(value.pcr(), value.digest(), others(value, all)).stream()
                  .map(Hint::of)
                  .toList();
      case Cc cc -> List.of();
    };
  }

  private static List<Digest> others(PcrFile.Value value, List<PcrFile.Value> all) {
    return all.stream()
        .filter(v -> v.pcr() == value.pcr())
        .map(PcrFile.Value::digest)
        .filter(d -> d.algorithm() != value.digest().algorithm())
        .toList();
  }
}
