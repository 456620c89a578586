// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsPcrSelection;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code policy.yaml}, schema {@code trustme/policy/1}: what an operator demands of a device.
 * Nothing has a default and an unknown key or value is an error, so that no demand is lost to a
 * typing mistake.
 */
public record Policy(String schema, Trust trust, Require require) {
  public static final String SCHEMA = "trustme/policy/1";

  /** PCRs for which a release predicts every event. */
  public static final List<Integer> PREDICTED_PCRS = List.of(4, 7, 9, 11);

  public Policy {
    require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** Whom to believe; paths of certificate files are relative to the policy's folder. */
  public record Trust(Releases releases, Devices devices) {}

  /**
   * Who may sign releases.
   *
   * @param threshold how many distinct release keys must have signed
   */
  public record Releases(List<String> roots, int threshold) {
    public Releases {
      roots = copyOfRoots(roots);
      Policy.require(
          threshold >= 1 && threshold <= 16, "trust.releases.threshold: expected 1 to 16");
    }
  }

  /** Who may certify attestation keys. */
  public record Devices(List<String> roots) {
    public Devices {
      roots = copyOfRoots(roots);
    }
  }

  private static List<String> copyOfRoots(List<String> roots) {
    require(!roots.isEmpty(), "roots: expected at least one certificate file");
    return List.copyOf(roots);
  }

  /** What must hold. */
  public record Require(
      ReleaseRule release,
      BootRule boot,
      SecureBootRule secureBoot,
      PcrRule pcrs,
      Freshness freshness) {}

  /** Which releases count: the product, and its lowest sequence number. */
  public record ReleaseRule(String name, long minSequence) {
    public ReleaseRule {
      Policy.require(minSequence >= 0, "require.release.min-sequence: expected 0 or more");
    }
  }

  /** Which of the release's predictions must hold. */
  public record BootRule(String path, String phase) {}

  /** What is demanded of Secure Boot; there is no value for "anything". */
  public enum SecureBootRule {
    REQUIRED;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static SecureBootRule byLabel(String label) {
      return Policy.byLabel(values(), label, "require.secure-boot");
    }
  }

  /**
   * Which PCRs the quote must cover: exactly these, of one bank. PCR 10 needs the IMA log and 16 to
   * 23 can be reset, so none of them can be demanded.
   */
  public record PcrRule(HashAlgorithm bank, List<Integer> quoted) {
    private static final Set<Integer> JUDGED =
        Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15);

    public PcrRule {
      Policy.require(
          bank.size() >= HashAlgorithm.SHA256.size(),
          "require.pcrs.bank: %s is too weak".formatted(bank.label()));
      for (int pcr : quoted) {
        Policy.require(
            JUDGED.contains(pcr),
            "require.pcrs.quoted: PCR %d cannot be judged, only 0 to 9 and 11 to 15"
                .formatted(pcr));
      }
      var sorted = new TreeSet<>(quoted);
      Policy.require(sorted.size() == quoted.size(), "require.pcrs.quoted: a PCR appears twice");
      Policy.require(
          sorted.containsAll(PREDICTED_PCRS),
          "require.pcrs.quoted: the predicted PCRs " + PREDICTED_PCRS + " must be among them");
      quoted = List.copyOf(sorted);
    }

    TpmsPcrSelection selection() {
      return new TpmsPcrSelection(bank, quoted);
    }
  }

  /** How old an answer may be, and whether the TPM's clock must be safe. */
  public record Freshness(MaxAge maxAge, ClockRule clock) {}

  /** What is demanded of TPMS_CLOCK_INFO.safe, which is NO after a loss of power. */
  public enum ClockRule {
    SAFE,
    ANY;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static ClockRule byLabel(String label) {
      return Policy.byLabel(values(), label, "require.freshness.clock");
    }
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E byLabel(E[] values, String label, String field) {
    return Arrays.stream(values)
        .filter(v -> label(v).equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s: expected one of %s"
                    .formatted(field, Arrays.stream(values).map(Policy::label).toList())));
  }

  public static Policy parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, Policy.class, "policy");
  }
}
