// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Scope;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code policy.yaml}, schema {@code trustme/policy/1}: what an operator demands of a device. An
 * unknown key or value is an error, so that no demand is lost to a typing mistake. What may be left
 * out demands nothing, and each verdict then says {@code not-applicable} of the checks it is for.
 *
 * @param forbid devices that are refused, whatever they show
 * @param tolerate checks whose failure is a warning; only some may be
 */
public record Policy(
    String schema,
    Trust trust,
    Require require,
    Optional<Forbid> forbid,
    Optional<List<String>> tolerate) {
  public static final String SCHEMA = "trustme/policy/1";

  /** PCRs for which a release predicts every event. */
  public static final List<Integer> PREDICTED_PCRS = List.of(4, 7, 9, 11);

  public Policy {
    require(SCHEMA.equals(schema), "schema: expected " + SCHEMA);
    require(
        trust.enrolment().isPresent() || trust.makers().isEmpty(),
        "trust.makers: needs trust.enrolment, whose records say which endorsement key it was");
    require(
        require.containers().isPresent() || trust.customers().isEmpty(),
        "trust.customers: needs require.containers, which is what they sign");
    require(
        require.ima().isPresent() || trust.files().isEmpty(),
        "trust.files: needs require.ima, which is what they sign");
    require(
        trust.files().isPresent() || require.ima().filter(ImaRule::needsSigners).isEmpty(),
        "require.ima: signatures and keyrings need trust.files, which says whose count");
    require(
        trust.enrolment().isPresent() || require.firmware().isEmpty(),
        "require.firmware: needs trust.enrolment, whose records hold the firmware's events");
    tolerate = tolerate.map(Policy::tolerable);
  }

  private static List<String> tolerable(List<String> ids) {
    require(!ids.isEmpty(), "tolerate: expected at least one check");
    for (String id : ids) {
      require(
          EvidenceCheck.byId(id).filter(EvidenceCheck::tolerable).isPresent(),
          "tolerate: expected checks among %s, found %s"
              .formatted(EvidenceCheck.allTolerable(), id));
    }
    require(new TreeSet<>(ids).size() == ids.size(), "tolerate: a check appears twice");
    return List.copyOf(ids);
  }

  static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * Whom to believe; paths of certificate files are relative to the policy's folder.
   *
   * @param devices who may certify attestation keys
   * @param enrolment who may sign enrolment records; each device then needs one
   * @param makers whose TPMs count; each device then shows its endorsement key's certificate
   * @param revocation how much must be known of certificates of devices and makers
   * @param customers who may sign containers beside the release's, each within its own scope
   * @param files who may sign files for the kernel's IMA
   */
  public record Trust(
      Releases releases,
      Roots devices,
      Optional<Roots> enrolment,
      Optional<Makers> makers,
      Optional<RevocationRule> revocation,
      Optional<Map<String, Roots>> customers,
      Optional<Files> files) {
    public Trust {
      customers = customers.map(Trust::copy);
    }

    private static Map<String, Roots> copy(Map<String, Roots> customers) {
      Policy.require(
          !customers.isEmpty() && customers.keySet().stream().allMatch(Scope::isCustomer),
          "trust.customers: expected names of customers");
      return Collections.unmodifiableMap(new TreeMap<>(customers));
    }
  }

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

  /** Certificate files of trust anchors. */
  public record Roots(List<String> roots) {
    public Roots {
      roots = copyOfRoots(roots);
    }
  }

  /**
   * Who may sign files: certificates as they would be on the keyring .ima, whose dates do not
   * matter there; and roots, to which the keys must lead that the log shows on a keyring.
   */
  public record Files(Optional<List<String>> certificates, Optional<List<String>> roots) {
    public Files {
      certificates = certificates.map(Policy::copyOfRoots);
      roots = roots.map(Policy::copyOfRoots);
      Policy.require(
          certificates.isPresent() || roots.isPresent(),
          "trust.files: expected certificates, roots, or both");
    }
  }

  /**
   * Makers of TPMs.
   *
   * @param roots certificate files of trust anchors
   * @param quirks how their TPMs may keep certificates, beside bare DER
   */
  public record Makers(List<String> roots, Optional<List<CertificateQuirk>> quirks) {
    public Makers {
      roots = copyOfRoots(roots);
      quirks = quirks.map(List::copyOf);
      Policy.require(
          quirks.isEmpty()
              || (!quirks.get().isEmpty()
                  && Set.copyOf(quirks.get()).size() == quirks.get().size()),
          "trust.makers.quirks: expected at least one, and none twice");
    }
  }

  private static List<String> copyOfRoots(List<String> roots) {
    require(!roots.isEmpty(), "roots: expected at least one certificate file");
    return List.copyOf(roots);
  }

  /** Which revocation data of {@code --crl} is needed: that of no certificate, or of each. */
  public enum RevocationRule {
    IF_PRESENT,
    REQUIRED;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static RevocationRule byLabel(String label) {
      return Policy.byLabel(values(), label, "trust.revocation");
    }
  }

  /** Devices that were lost or broken, by UUID. */
  public record Forbid(List<DeviceId> devices) {
    public Forbid {
      devices = List.copyOf(devices);
      Policy.require(!devices.isEmpty(), "forbid.devices: expected at least one device");
    }
  }

  /**
   * What must hold.
   *
   * @param quote how the quote must be signed
   * @param tpm which firmware the TPM must have
   * @param floors what Secure Boot must refuse at least
   * @param firmware what the firmware may measure
   * @param optionRoms which drivers from outside of the firmware may run
   * @param userspace into which PCRs the running system may measure
   * @param containers which containers may run
   * @param ima which files may be run and read
   */
  public record Require(
      ReleaseRule release,
      BootRule boot,
      SecureBootRule secureBoot,
      PcrRule pcrs,
      Freshness freshness,
      Optional<QuoteRule> quote,
      Optional<TpmRule> tpm,
      Optional<FloorRule> floors,
      Optional<FirmwareRule> firmware,
      Optional<OptionRomRule> optionRoms,
      Optional<UserspaceRule> userspace,
      Optional<ContainerRule> containers,
      Optional<ImaRule> ima) {
    public Require {
      boolean quotesIma = pcrs.quoted().contains(ImaRule.PCR);
      Policy.require(
          ima.isPresent() || !quotesIma,
          "require.pcrs.quoted: PCR 10 cannot be judged without require.ima");
      Policy.require(
          ima.isEmpty() || (quotesIma && pcrs.quoted().containsAll(ImaRule.AGGREGATED)),
          "require.ima: PCR 0 to 10 must be among those that are quoted");
      Policy.require(
          userspace.isEmpty() || pcrs.quoted().containsAll(userspace.get().pcrs()),
          "require.userspace: its PCRs must be among those that are quoted");
      Policy.require(
          userspace.isEmpty()
              || containers.isEmpty()
              || !userspace.get().pcrs().contains(containers.get().pcr()),
          "require.userspace: the PCR of the containers is theirs alone");
      Policy.require(
          containers.isEmpty() || pcrs.quoted().contains(containers.get().pcr()),
          "require.containers: its PCR must be among those that are quoted");
    }
  }

  /** PCR 0 to 3 and 6 hold the events that the enrolment record names. */
  public enum FirmwareRule {
    ENROLLED;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static FirmwareRule byLabel(String label) {
      return Policy.byLabel(values(), label, "require.firmware");
    }
  }

  /** No driver was started that is not part of the firmware: PCR 2 holds none. */
  public enum OptionRomRule {
    NONE;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static OptionRomRule byLabel(String label) {
      return Policy.byLabel(values(), label, "require.option-roms");
    }
  }

  /** Which releases count: the product, and its lowest sequence number. */
  public record ReleaseRule(String name, long minSequence) {
    public ReleaseRule {
      Policy.require(minSequence >= 0, "require.release.min-sequence: expected 0 or more");
    }
  }

  /** Which of the release's predictions must hold. */
  public record BootRule(String path, String phase) {}

  /**
   * What is demanded of Secure Boot; there is no value for "anything". REQUIRED: on, and in neither
   * Setup nor Audit Mode; DEPLOYED: also in Deployed Mode, as the log must say. UEFI 2.10, 32.3.
   */
  public enum SecureBootRule {
    REQUIRED,
    DEPLOYED;

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
   * Which PCRs the quote must cover: exactly these, of one bank. PCR 10 needs {@code ima}; 16 to 23
   * can be reset, so none of them can be demanded.
   */
  public record PcrRule(HashAlgorithm bank, List<Integer> quoted) {
    private static final Set<Integer> JUDGED =
        Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    public PcrRule {
      Policy.require(
          bank.size() >= HashAlgorithm.SHA256.size(),
          "require.pcrs.bank: %s is too weak".formatted(bank.label()));
      for (int pcr : quoted) {
        Policy.require(
            JUDGED.contains(pcr),
            "require.pcrs.quoted: PCR %d cannot be judged, only 0 to 15".formatted(pcr));
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

  /**
   * How old an answer may be, and whether the TPM's clock must be safe.
   *
   * @param logs whether the logs have to be of the boot that was quoted
   */
  public record Freshness(MaxAge maxAge, ClockRule clock, Optional<LogRule> logs) {}

  /** The logs were read between the same reset and restart of the TPM as the quote was made. */
  public enum LogRule {
    SAME_BOOT;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static LogRule byLabel(String label) {
      return Policy.byLabel(values(), label, "require.freshness.logs");
    }
  }

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

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E byLabel(E[] values, String label, String field) {
    return Arrays.stream(values)
        .filter(v -> label(v).equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s: expected one of %s"
                    .formatted(field, Arrays.stream(values).map(Policy::label).toList())));
  }

  /** How the endorsement keys' certificates may be kept, beside bare DER. */
  Set<CertificateQuirk> quirks() {
    return trust.makers().flatMap(Makers::quirks).map(Set::copyOf).orElse(Set.of());
  }

  public static Policy parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, Policy.class, "policy");
  }
}
