// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Times;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaMatch;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.ImaReplay;
import dev.trustme.ima.ImaStart;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tss.Attestation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The evidence file that {@code measure quote} writes: the quote, and the logs behind it. */
final class EvidenceOutput {
  private static final long MAX_FILE = 1 << 20;
  private static final Path OWN_USERSPACE_LOG = Path.of("/run/log/systemd/tpm2-measure.log");

  @Option(
      names = "--evidence",
      paramLabel = "FILE",
      description = {
        "Write the device's evidence (JSON) as 'trustme verify evidence' takes it: the quote, and"
            + " the logs of this machine, read after the quote."
      })
  private @Nullable Path file;

  @Option(
      names = "--device",
      paramLabel = "UUID",
      description = "With --evidence: whose evidence it is.")
  private @Nullable String device;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "With --evidence: the key's certificate and its authorities (PEM or DER).")
  private @Nullable Path certificate;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "With --evidence: the device's signed enrolment record.")
  private @Nullable Path record;

  @Option(
      names = "--ek-certificate",
      paramLabel = "FILE",
      description = "With --record: the endorsement key's certificate and its authorities.")
  private @Nullable Path endorsement;

  @Option(
      names = "--tcg-log",
      paramLabel = "FILE",
      description = "With --evidence: the firmware's log, instead of this machine's.")
  private @Nullable Path tcgLog;

  @Option(
      names = "--ima-log",
      paramLabel = "FILE",
      description = {
        "With --evidence: the log of measured files (binary), instead of this machine's, which is"
            + " there if PCR 10 is quoted."
      })
  private @Nullable Path imaLog;

  @Option(
      names = "--userspace-log",
      paramLabel = "FILE",
      description = {
        "With --evidence: what the running system measured (systemd's tpm2-measure.log), instead of"
            + " this machine's, which is taken where it is there."
      })
  private @Nullable Path userspaceLog;

  @Option(
      names = "--container-log",
      paramLabel = "FILE",
      description = "With --evidence: the log of started containers.")
  private @Nullable Path containerLog;

  @Mixin private final Times times = new Times();

  boolean wanted() {
    return file != null;
  }

  /** Before the TPM is asked. */
  void prepare(boolean force) throws IOException {
    boolean more =
        device != null
            || certificate != null
            || record != null
            || endorsement != null
            || tcgLog != null
            || imaLog != null
            || userspaceLog != null
            || containerLog != null;
    if (file == null && more) {
      throw CommandFailure.usage("--device, certificates and logs go with --evidence");
    }
    if (file != null && device == null) {
      throw CommandFailure.usage("--evidence needs --device UUID");
    }
    if ((record == null) != (endorsement == null)) {
      throw CommandFailure.usage("--record and --ek-certificate go together");
    }
    if (file != null) {
      id();
      Outputs.requireAbsent(file, force);
    }
  }

  private DeviceId id() {
    try {
      return new DeviceId(String.valueOf(device));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
  }

  /** Reads the logs and writes the file; what is odd about them is returned, for a warning. */
  Optional<String> write(
      Attestation tpm, Attestation.QuotedValues quoted, Bytes nonce, TpmtPublic key, boolean force)
      throws IOException, FormatException {
    if (file == null) {
      return Optional.empty();
    }
    Optional<Bytes> ima = ima(quoted);
    var logs =
        new Evidence.Logs(
            Inputs.read(
                tcgLog != null ? tcgLog : LogSource.ownLog(Path.of("/"), LogSource.Format.tpm),
                Evidence.MAX_BYTES),
            ima,
            userspace(),
            optional(containerLog));
    // Read last: a restart since the quote shows in it.
    var clock = tpm.clock();
    var evidence =
        new Evidence(
            Evidence.SCHEMA,
            id(),
            new Nonce(nonce),
            times.now(),
            new Evidence.Quote(quoted.quote().attest(), quoted.quote().signature().encode()),
            claims(quoted),
            new Evidence.AttestationKey(chain(certificate), key.encodeTpm2b()),
            enrolment(),
            Optional.of(new Evidence.Clock(clock.resetCount(), clock.restartCount())),
            logs);
    Outputs.write(file, evidence.encode(), force);
    return ima.isEmpty() ? Optional.empty() : oddity(quoted, ima.get());
  }

  private static Optional<Bytes> optional(@Nullable Path log) throws IOException {
    return log == null ? Optional.empty() : Optional.of(Inputs.read(log, Evidence.MAX_BYTES));
  }

  /** Read after the quote, so that it never ends before it. */
  private Optional<Bytes> ima(Attestation.QuotedValues quoted) throws IOException {
    if (imaLog == null && value(quoted, ImaReplay.DEFAULT_PCR).isEmpty()) {
      return Optional.empty();
    }
    return optional(imaLog != null ? imaLog : ImaSource.OWN_BINARY_LOG);
  }

  /** That of this machine belongs to its own firmware's log only. */
  private Optional<Bytes> userspace() throws IOException {
    boolean own = userspaceLog == null && tcgLog == null && Files.exists(OWN_USERSPACE_LOG);
    return optional(own ? OWN_USERSPACE_LOG : userspaceLog);
  }

  private Optional<Evidence.Enrolment> enrolment() throws IOException, FormatException {
    return record == null
        ? Optional.empty()
        : Optional.of(new Evidence.Enrolment(Inputs.read(record, MAX_FILE), chain(endorsement)));
  }

  private static List<Bytes> chain(@Nullable Path certificates)
      throws IOException, FormatException {
    return certificates == null
        ? List.of()
        : Certificates.chain(certificates, Inputs.read(certificates, MAX_FILE));
  }

  private static Map<String, Map<String, String>> claims(Attestation.QuotedValues quoted) {
    Map<String, Map<String, String>> claims = new TreeMap<>();
    Iterator<Digest> digests = quoted.values().digests().iterator();
    for (TpmsPcrSelection bank : quoted.values().selection().pcrSelections()) {
      for (int pcr : bank.pcrs()) {
        claims
            .computeIfAbsent(bank.hash().label(), b -> new TreeMap<>())
            .put(Integer.toString(pcr), digests.next().hex());
      }
    }
    return claims;
  }

  /** The first quoted value of this PCR. */
  private static Optional<Digest> value(Attestation.QuotedValues quoted, int wanted) {
    List<Digest> found = new ArrayList<>();
    Iterator<Digest> digests = quoted.values().digests().iterator();
    for (TpmsPcrSelection bank : quoted.values().selection().pcrSelections()) {
      for (int pcr : bank.pcrs()) {
        Digest digest = digests.next();
        if (pcr == wanted && bank.hash() != HashAlgorithm.SHA1) {
          found.add(digest);
        }
      }
    }
    return found.stream().findFirst();
  }

  private static Optional<String> oddity(Attestation.QuotedValues quoted, Bytes log)
      throws IOException, FormatException {
    Optional<Digest> value = value(quoted, ImaReplay.DEFAULT_PCR);
    if (value.isEmpty()) {
      return Optional.of("the quote does not cover PCR 10, so nothing bears the IMA log out");
    }
    var start =
        ImaStart.of(value.get().algorithm()).lookingFor(value.get()).withoutTemplateHashes();
    try (var reader = ImaReader.of(log.stream(), ImaFormat.BINARY)) {
      return ImaReplay.run(start, reader).match() instanceof ImaMatch.None none
          ? Optional.of(
              "the IMA log (%d entries) does not lead to the quoted PCR 10: is it of this boot?"
                  .formatted(none.entries()))
          : Optional.empty();
    }
  }
}
