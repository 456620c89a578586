// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static dev.trustme.eventlog.TcgEventType.EV_EFI_ACTION;
import static dev.trustme.eventlog.TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
import static dev.trustme.eventlog.TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG;
import static dev.trustme.eventlog.TcgEventType.EV_SEPARATOR;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What UEFI firmware measures. TCG PC Client Platform Firmware Profile, "PCR Usage": PCR[4] boot
 * manager code, PCR[7] Secure Boot policy. An authority is measured once, however many images it
 * verifies; seen so on EDK II.
 */
final class FirmwareEvents implements ImageLoader {
  private static final String COMPONENT = "firmware";
  private static final String POLICY = "secure-boot";
  private static final Bytes SEPARATOR = Bytes.zeros(4);
  private static final Bytes SECURE_BOOT_ON = Bytes.fromHex("01");
  private static final String CALLING = "Calling EFI Application from Boot Option";
  private static final String RETURNING = "Returning from EFI Application from Boot Option";

  private final EventSequence events;
  private final SecureBootVariables variables;
  private final List<SignatureList> db;
  private final List<SignatureList> dbx;
  private final Set<SignatureData> measured = new HashSet<>();

  FirmwareEvents(EventSequence events, SecureBootVariables variables) throws FormatException {
    this.events = events;
    this.variables = variables;
    this.db = Databases.parse("db", variables.db());
    this.dbx = Databases.parse("dbx", variables.dbx());
  }

  void secureBootPolicy() throws FormatException {
    config(EfiGuid.GLOBAL_VARIABLE, "SecureBoot", SECURE_BOOT_ON);
    config(EfiGuid.GLOBAL_VARIABLE, "PK", Databases.require("PK", variables.pk()));
    config(EfiGuid.GLOBAL_VARIABLE, "KEK", Databases.require("KEK", variables.kek()));
    config(EfiGuid.IMAGE_SECURITY_DATABASE, "db", variables.db());
    config(EfiGuid.IMAGE_SECURITY_DATABASE, "dbx", variables.dbx());
    events.add(EventSequence.SECURE_BOOT, EV_SEPARATOR, "separator", POLICY, SEPARATOR);
  }

  private void config(EfiGuid guid, String name, Bytes data) {
    events.variable(EV_EFI_VARIABLE_DRIVER_CONFIG, guid, name, POLICY, data);
  }

  /** The first boot option is tried. */
  static void firstOption(EventSequence events) {
    action(events, CALLING);
    events.add(EventSequence.BOOT_MANAGER, EV_SEPARATOR, "separator", COMPONENT, SEPARATOR);
  }

  /** Boot options that Secure Boot refused, until the one that starts. */
  void bootOptions(List<BootPath.RefusedOption> refused) throws FormatException {
    firstOption(events);
    for (var option : refused) {
      if (option.verifiedBy().isPresent()) {
        measure(entry(option.verifiedBy().get()), COMPONENT);
      }
      action(events, RETURNING);
      action(events, CALLING);
    }
  }

  private static void action(EventSequence events, String text) {
    events.add(EventSequence.BOOT_MANAGER, EV_EFI_ACTION, text, COMPONENT, Bytes.utf8(text));
  }

  @Override
  public void load(BootStep step, String component) throws FormatException {
    var image = step.image();
    if (Databases.ofImage(dbx, image::authenticodeDigest).isPresent()) {
      throw new FormatException("dbx", 0, "holds the image's digest: firmware will not start it");
    }
    measure(authority(image, step.verifiedBy()), component);
    events.image(component, image);
  }

  private void measure(SignatureData authority, String component) {
    if (measured.add(authority)) {
      events.variable(
          EV_EFI_VARIABLE_AUTHORITY,
          EfiGuid.IMAGE_SECURITY_DATABASE,
          "db",
          component,
          authority.encode());
    }
  }

  private SignatureData entry(Bytes data) throws FormatException {
    return Databases.entry(db, data)
        .orElseThrow(
            () -> new FormatException("db", 0, "does not hold the entry that verifies the image"));
  }

  /** Certificates are tried before digests; an image that is not signed has only digests. */
  private SignatureData authority(PeImage image, Optional<Bytes> verifiedBy)
      throws FormatException {
    if (verifiedBy.isPresent()) {
      return entry(verifiedBy.get());
    }
    var digest = Databases.ofImage(db, image::authenticodeDigest);
    if (image.certificates().isEmpty()) {
      return digest.orElseThrow(() ->
          new FormatException(
              "certificate table", 0, "the image is not signed: firmware will not start it"));
    }
    var certificates = Databases.certificates(db);
    if (certificates.isEmpty() && digest.isPresent()) {
      return digest.get();
    }
    if (certificates.size() != 1 || digest.isPresent()) {
      throw new FormatException(
          "db",
          0,
          "%d certificates%s may verify the image: say which one does (verified-by)"
              .formatted(certificates.size(), digest.isPresent() ? " and a digest" : ""));
    }
    return certificates.getFirst();
  }
}
