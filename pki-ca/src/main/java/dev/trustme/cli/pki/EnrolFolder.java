// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.enrol.DeviceRegister;
import dev.trustme.enrol.RegisteredDevice;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.PkiFolder;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The PKI folder whose register a command works with. */
final class EnrolFolder {
  /** The profile's template for identity keys. */
  private static final String TEMPLATE = "device";

  @Option(names = "--pki", paramLabel = "DIR", required = true, description = "The PKI folder.")
  private Path folder = Path.of("pki");

  Path path() {
    return folder;
  }

  PkiFolder open() throws IOException, FormatException {
    return PkiFolder.open(folder);
  }

  /** What the profile says of attestation keys. */
  static Profile.Enrolment enrolment(PkiFolder pki) throws IOException, FormatException {
    return pki.profile()
        .enrolment()
        .orElseThrow(
            () -> CommandFailure.usage(pki.path() + ": its profile has no enrolment authority"));
  }

  /** What the profile says of identity keys. */
  static Template identityTemplate(PkiFolder pki) throws IOException, FormatException {
    return Optional.ofNullable(pki.profile().templates().orElse(Map.of()).get(TEMPLATE))
        .orElseThrow(() ->
            CommandFailure.usage(
                "%s: its profile has no template '%s' for identity keys"
                    .formatted(pki.path(), TEMPLATE)));
  }

  static DeviceId device(String uuid) {
    try {
      return new DeviceId(uuid);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(e.getMessage() + ", found " + uuid);
    }
  }

  /** The device, which must be in the register. */
  static RegisteredDevice registered(PkiFolder pki, DeviceId device)
      throws IOException, FormatException {
    return new DeviceRegister(pki)
        .find(device)
        .orElseThrow(() ->
            CommandFailure.usage(
                "%s is not enrolled; see 'trustme pki enrol list --pki %s'"
                    .formatted(device, pki.path())));
  }
}
