// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The devices' signed enrolment records as whoever enrolled them keeps them: UUID.record.json in
 * the folder, or in one of its folders with the UUID's first two digits. Where there is none, that
 * of the evidence counts.
 *
 * @param folder absent where no records are kept here
 */
public record EnrolmentRecords(Optional<Path> folder) {
  public static final EnrolmentRecords NONE = new EnrolmentRecords(Optional.empty());

  /** A record that is there and cannot be read is an error: it is not passed over. */
  Optional<DsseEnvelope> of(DeviceId device) throws IOException, FormatException {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    String name = device.uuid() + ".record.json";
    Path spread = folder.get().resolve(device.uuid().substring(0, 2)).resolve(name);
    for (Path file : List.of(spread, folder.get().resolve(name))) {
      if (Files.exists(file)) {
        return Optional.of(Inputs.parse(file, DsseEnvelope.MAX_FILE, DsseEnvelope::parse));
      }
    }
    return Optional.empty();
  }
}
