// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static dev.trustme.attest.EvidenceCheck.*;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.attest.EvidenceCheck;
import dev.trustme.report.VerdictReport.Item;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the checks say in the words of AR4SI (draft-ietf-rats-ar4si, 2.3.4): signed bytes, of which
 * 2 to 31 affirm, 32 to 95 warn, and 96 to 127 contradict. A claim that no check supports is
 * absent, and that about files where the policy asks for none.
 */
record TrustworthinessVector(
    @JsonProperty("instance-identity") int instanceIdentity,
    @JsonProperty("configuration") int configuration,
    @JsonProperty("executables") int executables,
    @JsonProperty("hardware") int hardware,
    @JsonProperty("file-system") Optional<Integer> fileSystem) {
  /** Without a claim about files. */
  TrustworthinessVector(int identity, int configuration, int executables, int hardware) {
    this(identity, configuration, executables, hardware, Optional.empty());
  }

  private static final int APPROVED = 2;
  private static final int APPROVED_BOOT = 3;
  private static final int CONTRAINDICATED = 96;
  private static final int UNRECOGNIZED = 97;
  private static final int CRYPTO_FAILED = 99;

  /** Without these the evidence is words that nobody signed. */
  private static final Set<EvidenceCheck> PROOF =
      EnumSet.of(
          AK_PUBLIC,
          AK_ENROLLED,
          AK_ATTRIBUTES,
          AK_SCHEME,
          QUOTE_SIGNER,
          QUOTE_MAGIC,
          QUOTE_TYPE,
          QUOTE_SCHEME,
          QUOTE_HASH,
          QUOTE_SIGNATURE,
          QUOTE_NONCE,
          QUOTE_SELECTION,
          QUOTE_PCR_VALUES,
          QUOTE_PCR_DIGEST);

  private static final Set<EvidenceCheck> CONFIGURATION =
      EnumSet.of(
          SECURE_BOOT,
          SECURE_BOOT_MODE,
          DBX_FLOOR,
          SBAT_FLOOR,
          PCR_7,
          LOG_BANK,
          LOG_SEPARATORS,
          LOG_EXTENSIONS);

  private static final Set<Area> EXECUTABLES =
      EnumSet.of(Area.RELEASE, Area.LOG, Area.BOOT, Area.CONTAINERS);

  /** Nothing if there are no checks. */
  static Optional<TrustworthinessVector> of(VerdictReport report) {
    if (report.checks().isEmpty()) {
      return Optional.empty();
    }
    Set<EvidenceCheck> failed =
        report.failures().stream()
            .map(Item::id)
            .flatMap(id -> EvidenceCheck.byId(id).stream())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(EvidenceCheck.class)));
    boolean certified = !failed.contains(AK_CERTIFICATE);
    if (failed.stream().anyMatch(PROOF::contains)) {
      int key = certified ? CRYPTO_FAILED : UNRECOGNIZED;
      return Optional.of(
          new TrustworthinessVector(
              key, CRYPTO_FAILED, CRYPTO_FAILED, key, files(report, CRYPTO_FAILED)));
    }
    boolean otherKey = in(failed, EnumSet.of(Area.KEY));
    int key = !certified ? UNRECOGNIZED : otherKey ? CONTRAINDICATED : APPROVED;
    return Optional.of(
        new TrustworthinessVector(
            certified && failed.contains(NONCE_DEVICE) ? CONTRAINDICATED : key,
            failed.stream().anyMatch(CONFIGURATION::contains) ? CONTRAINDICATED : APPROVED,
            failed.stream().anyMatch(TrustworthinessVector::ofExecutables)
                ? CONTRAINDICATED
                : APPROVED_BOOT,
            certified && failed.contains(QUOTE_FIRMWARE) ? CONTRAINDICATED : key,
            files(report, in(failed, EnumSet.of(Area.FILES)) ? CONTRAINDICATED : APPROVED)));
  }

  /** The claim about files, if they were judged. */
  private static Optional<Integer> files(VerdictReport report, int claim) {
    return report.checks().stream()
        .filter(item -> !item.result().equals(VerdictReport.NOT_APPLICABLE))
        .filter(item -> Explanations.byId(item.id()).map(e -> e.area() == Area.FILES).orElse(false))
        .findFirst()
        .map(item -> claim);
  }

  private static boolean in(Set<EvidenceCheck> failed, Set<Area> areas) {
    return failed.stream()
        .anyMatch(
            check -> Explanations.byId(check.id()).map(e -> areas.contains(e.area())).orElse(true));
  }

  /** The release, the log and its predictions: what was started. */
  private static boolean ofExecutables(EvidenceCheck check) {
    return !CONFIGURATION.contains(check) && in(EnumSet.of(check), EXECUTABLES);
  }
}
