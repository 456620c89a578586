// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.Challenge;
import dev.trustme.attest.MaxAge;
import dev.trustme.attest.NonceStore;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code verify challenge}: a nonce for one device, to be answered once and soon. */
@Command(
    name = "challenge",
    description = {
      "Make a nonce that one device must have quoted, once and in time.",
      "",
      "The nonce is remembered in the state folder; 'trustme verify evidence' with the same folder"
          + " accepts no other, and this one once."
    },
    footer = {
      "",
      "Example:",
      "  trustme verify challenge --device 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44 --state verifier"
    },
    mixinStandardHelpOptions = true)
final class ChallengeCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Option(
      names = "--device",
      paramLabel = "UUID",
      required = true,
      description = "The device that is asked.")
  private @Nullable String device;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      required = true,
      description = "The verifier's folder of nonces and device states; made if it is not there.")
  private @Nullable Path state;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "How long the nonce counts: 30s, 5m, 12h, 7d. Default: ${DEFAULT-VALUE}.")
  private @Nullable String maxAge;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Also write the challenge to this file (JSON).")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Override
  public ExitCode call() throws IOException {
    var id = deviceId(requireNonNull(device));
    var age = age(requireNonNull(maxAge));
    if (target != null) {
      Outputs.requireAbsent(target, force);
    }
    Challenge challenge =
        NonceStore.create(requireNonNull(state)).issue(id, age, times.now(), new SecureRandom());
    if (target != null) {
      Outputs.write(target, Json.writePretty(challenge), force);
    }
    output.result(challenge, () -> challenge.nonce().hex());
    return ExitCode.ACCEPTED;
  }

  private static DeviceId deviceId(String text) {
    try {
      return new DeviceId(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--device: " + e.getMessage());
    }
  }

  private static MaxAge age(String text) {
    try {
      return MaxAge.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--max-age: " + e.getMessage());
    }
  }
}
