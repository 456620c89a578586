// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every check of a device's evidence, in the order of the judgement. The ids ({@code
 * quote-signature}) are stable: policies, reports and vectors name them.
 */
public enum EvidenceCheck implements ListedCheck {
  RELEASE_SIGNATURE(
      "the release manifest is signed by trusted release keys",
      "use the release manifest as its signer published it, and the roots of its PKI"),
  RELEASE_VALIDITY(
      "the release was made before now and has not run out",
      "update the device to a release that is still valid"),
  RELEASE_NAME("the release is of the product that the policy names", "judge with its own policy"),
  RELEASE_SEQUENCE(
      "the release is not older than the policy's floor", "update the device to a newer release"),
  RELEASE_BOOT(
      "the release predicts PCR 4, 7, 9 and 11 for the policy's boot path",
      "predict them with 'trustme sign release'"),
  ENROLMENT_RECORD(
      "the enrolment record is signed by a trusted enrolment authority",
      "give the record that the authority keeps: --enrolment"),
  ENROLMENT_DEVICE(
      "the enrolment record is of the evidence's device, and was made before now",
      "this record belongs to another device: give the right one"),
  EK_CERTIFICATE(
      "the endorsement key's certificate leads to a trusted TPM maker, and is the enrolled one",
      "the device has another TPM, or one of a maker that the policy does not name"),
  DEVICE_TPM(
      "the device has the TPM that was last accepted of it",
      "another TPM acts in the device's name; after a repair, remove the device's state"),
  DEVICE_ALLOWED("the policy does not forbid the device", "take the device out of service"),
  AK_CERTIFICATE(
      "the attestation key's certificate leads to a trusted device root",
      "enrol the device, or add the root that enrolled it to the policy"),
  AK_DEVICE(
      "the attestation key's certificate names the device of the evidence",
      "this key belongs to another device: find out how it came here"),
  AK_PUBLIC(
      "the attestation key of the evidence is the one in its certificate",
      "collect the evidence again; the device mixes two keys"),
  AK_ENROLLED(
      "the attestation key is the one that the enrolment record names",
      "the device made a new key: enrol it again"),
  AK_ATTRIBUTES(
      "the attestation key never leaves its TPM and signs only what the TPM made",
      "this key signs anything: enrol the device with a restricted key"),
  AK_SCHEME(
      "the attestation key has one strong signature scheme",
      "enrol the device with a key for RSASSA, RSAPSS or ECDSA with SHA-256"),
  AK_STRENGTH(
      "the attestation key is strong enough that nobody else can sign with it",
      "make a new attestation key: EC on P-256, or RSA of 2048 bits; update the TPM's firmware"),
  NONCE_KNOWN(
      "the nonce was given out by this verifier", "make one with 'trustme verify challenge'"),
  NONCE_UNUSED(
      "the nonce has not been answered before", "evidence is judged once: make a new challenge"),
  NONCE_DEVICE(
      "the nonce was given out for this device", "answer each challenge on its own device"),
  NONCE_FRESH("the answer came in time", "make a new challenge and answer it sooner"),
  QUOTE_MAGIC(
      "the signed structure begins with TPM_GENERATED_VALUE: the TPM made it",
      "the structure was made outside the TPM: do not trust this key"),
  QUOTE_TYPE("the signed structure is a quote", "collect the evidence with tpm2_quote"),
  QUOTE_SCHEME(
      "the signature's scheme is the certified key's, and one that the policy takes",
      "quote with the attestation key in its own scheme"),
  QUOTE_HASH(
      "the signature's hash is SHA-256 or stronger, as the policy demands",
      "quote with -g sha256 or a stronger hash"),
  QUOTE_SIGNATURE(
      "the certified attestation key signed the quote",
      "the quote was changed, or another TPM made it"),
  QUOTE_SIGNER(
      "the quote names the enrolled attestation key, under its endorsement key, as its signer",
      "another key signed, or the enrolment record is of another TPM"),
  QUOTE_NONCE(
      "the quote contains exactly the nonce", "quote with the challenge's nonce: tpm2_quote -q"),
  QUOTE_SELECTION(
      "the quote covers exactly the PCRs that the policy requires",
      "quote the policy's PCRs: tpm2_quote -l"),
  QUOTE_PCR_VALUES("the claimed PCR values are those that the quote covers", ""),
  QUOTE_PCR_DIGEST(
      "the claimed PCR values hash to the quote's digest",
      "the claimed values were changed, or read at another moment than the quote"),
  QUOTE_CLOCK(
      "the TPM's counters went on since the last accepted evidence",
      "old evidence is replayed, or the TPM was cleared: enrol the device again"),
  QUOTE_SAFE(
      "the TPM's clock is safe, where the policy demands it",
      "the TPM lost power without a shutdown: wait for its clock, or reboot in good order"),
  QUOTE_FIRMWARE(
      "the TPM's firmware is not older than the policy's floor", "update the TPM's firmware"),
  LOG_BOOT(
      "the logs were read in the boot that was quoted",
      "collect logs and quote again, without a restart between them"),
  USERSPACE_LOG(
      "the event log and then the userspace log lead to the quoted PCRs",
      "the log was edited, or something measured that is not in it"),
  USERSPACE_RECORDS(
      "the userspace log's records are of one boot, of PCRs that the policy names, and true",
      "the log was edited, or another program measured"),
  LOG_BANK("the event log has the quoted bank", "enable the bank in the firmware"),
  LOG_UNLOGGED(
      "every quoted PCR that was extended has events in the log",
      "events were removed from the log, or something measured that keeps no log"),
  LOG_REPLAY(
      "the event log replays to every quoted PCR",
      "the log was edited, or something measured that is not in it"),
  LOG_NO_ACTION(
      "entries that extend nothing claim no digest and no PCR but 0",
      "the log was edited: do not read it"),
  LOG_TYPES(
      "every quoted event has a type that its PCR may hold",
      "the log was edited, or the firmware measures in ways not known here"),
  LOG_DATA(
      "every quoted event's data is what its type promises",
      "the log was edited, or the firmware writes broken events"),
  LOG_DIGESTS("the event log's data is what its digests say", "the log was edited: do not read it"),
  LOG_OTHER_BANKS(
      "the event log's data is what its digests of the other banks say",
      "the log was edited, or the banks were extended with different things"),
  LOG_SEPARATORS(
      "PCR 0 to 7 hold one separator each, without a firmware error", "look at the firmware's log"),
  LOG_BOOT_ORDER(
      "EFI programs start between the firmware's announcement and its handover to the kernel",
      "something ran before the boot option, or after the kernel took over"),
  LOG_EXIT_BOOT_SERVICES("the firmware handed over to the kernel, once", ""),
  SECURE_BOOT("Secure Boot was on", "turn Secure Boot on with the keys of the release"),
  SECURE_BOOT_MODE(
      "Secure Boot was in the mode that the policy demands, and not in Setup or Audit Mode",
      "leave Setup and Audit Mode: enrol a PK, then enter Deployed Mode"),
  LOG_AUTHORITIES(
      "what db admitted is in db and not in dbx",
      "the log was edited, or the firmware started what it must refuse"),
  LOG_COMMAND_LINE(
      "the kernel got one command line", "the log was edited, or two kernels were started"),
  LOG_SECTIONS(
      "PCR 11 holds the boot image's sections, each once and in the stub's order",
      "the log was edited, or another program extended PCR 11"),
  LOG_EXTENSIONS(
      "the boot loader added no system extension",
      "remove the extension images beside the boot image"),
  DBX_FLOOR(
      "dbx holds at least what the policy demands",
      "update dbx: an attacker may start what was revoked since"),
  SBAT_FLOOR(
      "shim's SbatLevel is at least what the policy demands",
      "update SbatLevel: an attacker may start what was revoked since"),
  OPTION_ROMS(
      "no driver was started that is not the firmware's own",
      "remove the card, or allow option ROMs in the policy"),
  FIRMWARE_EVENTS(
      "the firmware measured what it measured when the device was enrolled",
      "if the firmware was updated on purpose, enrol the device again"),
  PCR_4(
      "PCR 4, the started EFI programs, is as the release predicts",
      "the device started another boot image"),
  PCR_7(
      "PCR 7, Secure Boot's state and keys, is as the release predicts",
      "the device's Secure Boot variables are not those of the release"),
  PCR_9(
      "PCR 9, kernel command line and initrd, is as the release predicts",
      "the kernel got another command line or initrd"),
  PCR_11(
      "PCR 11, the sections of the boot image, is as the release predicts",
      "the device booted another image: see which one with 'trustme measure log'"),
  PCR_12(
      "PCR 12, command lines from outside of the boot image, is as the release predicts",
      "remove what the boot loader adds to the command line"),
  PCR_14(
      "PCR 14, the keys of a machine owner, is as the release predicts",
      "the device's MokList is not that of the release"),
  IMA_LOG(
      "the log of measured files leads to the quoted PCR 10",
      "the log was edited, or ends before the quote: read it after the quote was made"),
  IMA_AHEAD(
      "the log of measured files goes on behind the quote for no more entries than the policy takes",
      "read the log right after the quote, or quote again"),
  IMA_PCR(
      "every measured file is of PCR 10",
      "no other PCR of the log is judged: take pcr= out of the IMA policy"),
  IMA_TEMPLATE(
      "every measured file is in a form that the policy takes",
      "set ima_template= on the kernel's command line"),
  IMA_TEMPLATE_HASH(
      "every entry of the log says of itself what it measured",
      "the log was edited: do not read it"),
  IMA_BOOT_AGGREGATE(
      "the log begins, once, with the hash of PCR 0 to 9 of the same quote",
      "the log is of another boot, or the kernel was replaced while it ran (kexec)"),
  IMA_VIOLATIONS(
      "the kernel could measure everything",
      "files were written while they were read: find out by whom, or tolerate it"),
  IMA_NAMES(
      "every name is one that the kernel gives a file",
      "find out who makes files with such names, and remove them"),
  IMA_BUFFERS(
      "what was measured beside files is what the policy takes: keys on its keyrings, data by name",
      "find out who loaded the key, or name keyring or data in the policy"),
  IMA_HASH(
      "every file is measured by a hash that is strong enough",
      "set ima_hash=sha256 on the kernel's command line"),
  IMA_SIGNATURE(
      "every signature of a file that counts is by a trusted key over what was measured",
      "restore the file as it was signed, or trust its signer in the policy"),
  IMA_FILES(
      "every measured file is signed or released, as the policy demands",
      "remove the file, sign it, or add it to the release"),
  CONTAINER_LOG(
      "the container log replays to its quoted PCR",
      "the log was edited, or something else extended the PCR"),
  CONTAINER_SEQUENCE(
      "every container start is in the log, once and in its order",
      "a record was removed, repeated or moved"),
  CONTAINER_KNOWN(
      "every started container is one of the release, or of a trusted customer",
      "stop the container, or give its signed manifest: --manifest"),
  CONTAINER_FLOOR(
      "no started container is older than the policy's floor",
      "update the container, and restart the device"),
  CONTAINER_CONTENT(
      "every container's image is kept as it was signed in the way that the policy demands",
      "run the container where the kernel has dm-verity");

  /** Those that may be a warning: what they find is odd, and no proof of an attack. */
  private static final Set<EvidenceCheck> TOLERABLE =
      EnumSet.of(
          QUOTE_SAFE,
          LOG_OTHER_BANKS,
          LOG_EXIT_BOOT_SERVICES,
          LOG_EXTENSIONS,
          DBX_FLOOR,
          SBAT_FLOOR,
          OPTION_ROMS,
          FIRMWARE_EVENTS,
          IMA_VIOLATIONS,
          CONTAINER_FLOOR,
          CONTAINER_CONTENT);

  private final String meaning;
  private final String advice;

  EvidenceCheck(String meaning, String advice) {
    this.meaning = meaning;
    this.advice = advice;
  }

  @Override
  public String meaning() {
    return meaning;
  }

  @Override
  public String advice() {
    return advice;
  }

  public static Optional<EvidenceCheck> byId(String id) {
    return Arrays.stream(values()).filter(c -> c.id().equals(id)).findFirst();
  }

  /** Whether a policy may make its failure a warning. */
  boolean tolerable() {
    return TOLERABLE.contains(this);
  }

  static List<String> allTolerable() {
    return TOLERABLE.stream().map(EvidenceCheck::id).toList();
  }

  static EvidenceCheck ofPcr(int pcr) {
    return valueOf("PCR_" + pcr);
  }

  /** The answer of a verifier below, as one check: its first finding or warning says why. */
  Check of(Verdict<?> verdict, String seen) {
    return verdict.failures().stream()
        .findFirst()
        .map(why -> fail(why.expected(), "%s (%s)".formatted(why.seen(), why.id())))
        .or(() ->
            verdict.checks().stream()
                .filter(Check::warns)
                .findFirst()
                .filter(why -> verdict.accepted())
                .map(why ->
                    Check.warn(id(), why.expected(), "%s (%s)".formatted(why.seen(), why.id()))))
        .orElseGet(() -> of(verdict.accepted(), "a verdict", seen));
  }
}
