// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code evidence.json}, schema {@code trustme/evidence/1}: what a device claims about itself.
 * Everything in it is untrusted until a verifier has tied it to the quote and the quote to a
 * certificate; an unknown key is an error.
 *
 * @param nonce the challenge this answers
 * @param created the device's own clock
 * @param pcrs claimed values by bank and PCR (decimal), hex: so that the one that differs can be
 *     named; the quote holds only a digest over all of them
 * @param enrolment absent where the verifier needs or has none
 * @param clock the TPM's counters when the logs were read
 */
public record Evidence(
    String schema,
    DeviceId device,
    Nonce nonce,
    Instant created,
    Quote quote,
    Map<String, Map<String, String>> pcrs,
    AttestationKey ak,
    Optional<Enrolment> enrolment,
    Optional<Clock> clock,
    Logs logs) {
  public static final String SCHEMA = "trustme/evidence/1";

  /** Largest evidence file: logs of some ten thousand entries. */
  public static final long MAX_BYTES = 64L * 1024 * 1024;

  private static final Map<String, Integer> PCRS =
      IntStream.range(0, 24).boxed().collect(Collectors.toUnmodifiableMap(String::valueOf, i -> i));

  public Evidence {
    if (!SCHEMA.equals(schema)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA);
    }
    pcrs = Map.copyOf(pcrs);
    pcrs.forEach(Evidence::values);
  }

  /** Evidence that does not tell the counters. */
  public Evidence(
      String schema,
      DeviceId device,
      Nonce nonce,
      Instant created,
      Quote quote,
      Map<String, Map<String, String>> pcrs,
      AttestationKey ak,
      Optional<Enrolment> enrolment,
      Logs logs) {
    this(schema, device, nonce, created, quote, pcrs, ak, enrolment, Optional.empty(), logs);
  }

  /**
   * What the TPM signed and its signature.
   *
   * @param attest a TPMS_ATTEST as it was signed ({@code tpm2_quote -m})
   * @param signature a TPMT_SIGNATURE ({@code tpm2_quote -s -f tss})
   */
  public record Quote(Bytes attest, Bytes signature) {}

  /**
   * The attestation key as the device presents it.
   *
   * @param certificateChain DER, leaf first; empty where an enrolment record names the key instead
   * @param publicArea a TPM2B_PUBLIC, under the key {@code public}
   */
  public record AttestationKey(
      List<Bytes> certificateChain, @JsonProperty("public") Bytes publicArea) {
    private static final int MAX_CHAIN = 6;

    public AttestationKey {
      certificateChain = List.copyOf(certificateChain);
      if (certificateChain.size() > MAX_CHAIN) {
        throw new IllegalArgumentException(
            "certificate-chain: expected at most %d certificates".formatted(MAX_CHAIN));
      }
    }
  }

  /**
   * What was made when the device was enrolled.
   *
   * @param record the signed enrolment record: a DSSE envelope (JSON)
   * @param ekChain DER: the endorsement key's certificate first, then its maker's authorities
   */
  public record Enrolment(Bytes record, List<Bytes> ekChain) {
    private static final int MAX_CHAIN = 9;

    public Enrolment {
      ekChain = List.copyOf(ekChain);
      if (ekChain.size() > MAX_CHAIN) {
        throw new IllegalArgumentException(
            "ek-chain: expected at most %d certificates".formatted(MAX_CHAIN));
      }
    }
  }

  /**
   * Event logs, as the kernel shows them.
   *
   * @param tcg {@code /sys/kernel/security/tpm0/binary_bios_measurements}
   * @param ima {@code /sys/kernel/security/ima/binary_runtime_measurements}
   * @param userspace {@code /run/log/systemd/tpm2-measure.log}
   * @param containers what the device's daemon measured: CEL-JSON, a record in each line
   */
  public record Logs(
      Bytes tcg, Optional<Bytes> ima, Optional<Bytes> userspace, Optional<Bytes> containers) {
    /** Without what userspace measured. */
    public Logs(Bytes tcg, Optional<Bytes> ima, Optional<Bytes> containers) {
      this(tcg, ima, Optional.empty(), containers);
    }
  }

  /**
   * TPM2_ReadClock at the moment when the logs were read: an unsigned word of the device, against
   * accidents. TPM 2.0 Part 2, 10.11.1.
   */
  public record Clock(long resetCount, long restartCount) {
    private static final long MAX = 0xffff_ffffL;

    public Clock {
      if (resetCount < 0 || resetCount > MAX || restartCount < 0 || restartCount > MAX) {
        throw new IllegalArgumentException("clock: expected counts of 32 bits");
      }
    }
  }

  public static Evidence parse(Bytes json) throws FormatException {
    return Json.read(json, Evidence.class, "evidence");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /** The claimed values of one bank, by PCR; empty if the evidence claims none. */
  public SortedMap<Integer, Digest> claimed(HashAlgorithm bank) {
    return values(bank.label(), pcrs.getOrDefault(bank.label(), Map.of()));
  }

  private static SortedMap<Integer, Digest> values(String label, Map<String, String> claims) {
    HashAlgorithm bank =
        HashAlgorithm.byLabel(label)
            .orElseThrow(() -> new IllegalArgumentException("pcrs: unknown bank " + quoted(label)));
    SortedMap<Integer, Digest> values = new TreeMap<>();
    claims.forEach((pcr, hex) -> {
      var index = PCRS.get(pcr);
      if (index == null || hex.length() != 2 * bank.size() || !isHex(hex)) {
        throw new IllegalArgumentException(
            "pcrs: expected PCR 0 to 23 and %d bytes of lower-case hex at %s"
                .formatted(bank.size(), quoted(pcr)));
      }
      values.put(index, new Digest(bank, Bytes.fromHex(hex)));
    });
    return Collections.unmodifiableSortedMap(values);
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Untrusted text in an error: short and without control characters. */
  private static String quoted(String text) {
    String shown = text.length() > 20 ? text.substring(0, 20) + "…" : text;
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
