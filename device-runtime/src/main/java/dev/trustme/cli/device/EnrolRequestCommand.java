// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.measure.TpmOption;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.identity.RequestMaker;
import dev.trustme.identity.RequestMaker.Present;
import dev.trustme.tpm.KeyAlgorithm;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code device enrol request}. */
@Command(
    name = "request",
    description = {
      "Make the device's keys in its TPM and ask for their certificates.",
      "",
      "An attestation key and an identity key come to be under the endorsement key and stay there."
          + " The request holds the endorsement certificate, the public keys, the attestation"
          + " key's certification of the identity key, and the firmware's log under a quote."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  trustme device enrol request --device 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44 -o request.json",
      "Then, for the authority: trustme pki enrol challenge --request request.json ..."
    })
final class EnrolRequestCommand implements Callable<ExitCode> {
  private static final long MAX_LOG = EnrolmentRequest.MAX_BYTES * 3 / 4 - (1 << 16);
  private static final int MAX_CERTIFICATE = 1 << 16;

  @Option(
      names = "--device",
      paramLabel = "UUID",
      required = true,
      description = "The device's name.")
  private String device = "";

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      defaultValue = "p256",
      description = "The identity key: p256 (the default), p384, rsa2048 or rsa3072.")
  private String algorithm = "p256";

  @Option(
      names = "--ek-certificate",
      paramLabel = "FILE",
      description = "The endorsement key's certificate (DER), if it is not in the TPM.")
  private @Nullable Path ekCertificate;

  @ArgGroup private Firmware firmware = new Firmware();

  @ArgGroup private Existing existing = new Existing();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The request to write.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private final KeyPlacesOption places = new KeyPlacesOption();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  /** What the firmware measured. */
  static final class Firmware {
    private static final String LOG = "/sys/kernel/security/tpm0/binary_bios_measurements";

    @Option(
        names = "--log",
        paramLabel = "FILE",
        description = "The firmware's event log (default: " + LOG + ").")
    private @Nullable Path log;

    @Option(names = "--without-firmware", description = "This machine keeps no event log.")
    private boolean none;

    private Optional<Bytes> read() throws IOException {
      return none
          ? Optional.empty()
          : Optional.of(Inputs.read(log == null ? Path.of(LOG) : log, MAX_LOG));
    }
  }

  /** What to do about keys that are there already. */
  static final class Existing {
    @Option(names = "--reuse", description = "Ask for keys that are at the handles already.")
    private boolean reuse;

    @Option(names = "--replace", description = "Remove keys that are at the handles already.")
    private boolean replace;

    private Present choice() {
      return reuse ? Present.USE : replace ? Present.REPLACE : Present.REFUSE;
    }
  }

  private record Asked(
      String schema, DeviceId device, String endorsementKey, String ak, String identity) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    Path file = requireNonNull(target);
    Outputs.requireAbsent(file, force);
    var wish = wish();
    tpm.use(tss -> {
      var where = places.in(tss);
      var request = new RequestMaker(tss, where).make(wish, existing.choice());
      Outputs.write(file, request.encode(), force);
      output.result(
          new Asked(
              "trustme/enrolment-asked/1",
              wish.device(),
              where.endorsement().label(),
              "0x%08x".formatted(where.ak()),
              "0x%08x".formatted(where.identity())),
          () ->
              "%s  asks for %s: attestation key 0x%08x, identity key 0x%08x; next: trustme pki enrol challenge"
                  .formatted(file, wish.device(), where.ak(), where.identity()));
    });
    return ExitCode.ACCEPTED;
  }

  private RequestMaker.Wish wish() throws IOException {
    Optional<Bytes> certificate =
        ekCertificate == null
            ? Optional.empty()
            : Optional.of(Inputs.read(ekCertificate, MAX_CERTIFICATE));
    return new RequestMaker.Wish(id(), certificate, algorithm(), firmware.read());
  }

  private DeviceId id() {
    try {
      return new DeviceId(device);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
  }

  private KeyAlgorithm algorithm() {
    return KeyAlgorithm.byLabel(algorithm)
        .orElseThrow(() -> CommandFailure.usage("--algorithm: unknown: " + algorithm));
  }
}
