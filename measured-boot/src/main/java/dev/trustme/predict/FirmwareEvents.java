// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import static dev.trustme.eventlog.TcgEventType.EV_EFI_ACTION;
import static dev.trustme.eventlog.TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION;
import static dev.trustme.eventlog.TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
import static dev.trustme.eventlog.TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG;
import static dev.trustme.eventlog.TcgEventType.EV_SEPARATOR;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.UefiVariableData;
import java.util.List;

/**
 * What UEFI firmware measures on the way to an image. TCG PC Client Platform Firmware Profile, "PCR
 * Usage": PCR[4] boot manager code, PCR[7] Secure Boot policy.
 */
final class FirmwareEvents {
  private static final int BOOT_MANAGER_PCR = 4;
  private static final int SECURE_BOOT_PCR = 7;
  private static final Bytes SEPARATOR = Bytes.zeros(4);
  private static final Bytes SECURE_BOOT_ON = Bytes.fromHex("01");
  private static final String BOOT_OPTION = "Calling EFI Application from Boot Option";

  private final HashAlgorithm bank;

  FirmwareEvents(HashAlgorithm bank) {
    this.bank = bank;
  }

  List<PredictedEvent> bootManager(PeImage uki) throws FormatException {
    return List.of(
        event(BOOT_MANAGER_PCR, EV_EFI_ACTION, BOOT_OPTION, Bytes.utf8(BOOT_OPTION)),
        event(BOOT_MANAGER_PCR, EV_SEPARATOR, "separator", SEPARATOR),
        new PredictedEvent(
            BOOT_MANAGER_PCR,
            EV_EFI_BOOT_SERVICES_APPLICATION.name(),
            "unified kernel image",
            uki.authenticodeDigest(bank)));
  }

  List<PredictedEvent> secureBoot(BootDescription boot) throws FormatException {
    var variables = boot.variables();
    requireAuthority(boot);
    return List.of(
        config(EfiGuid.GLOBAL_VARIABLE, "SecureBoot", SECURE_BOOT_ON),
        config(EfiGuid.GLOBAL_VARIABLE, "PK", database("PK", variables.pk())),
        config(EfiGuid.GLOBAL_VARIABLE, "KEK", database("KEK", variables.kek())),
        config(EfiGuid.IMAGE_SECURITY_DATABASE, "db", database("db", variables.db())),
        config(EfiGuid.IMAGE_SECURITY_DATABASE, "dbx", database("dbx", variables.dbx())),
        event(SECURE_BOOT_PCR, EV_SEPARATOR, "separator", SEPARATOR),
        variable(
            EV_EFI_VARIABLE_AUTHORITY,
            EfiGuid.IMAGE_SECURITY_DATABASE,
            "db",
            boot.authority().encode()));
  }

  private static void requireAuthority(BootDescription boot) throws FormatException {
    boolean present =
        SignatureList.parseDatabase(boot.variables().db()).stream()
            .anyMatch(list -> list.signatures().contains(boot.authority()));
    if (!present) {
      throw new FormatException("db", 0, "does not hold the certificate that verifies the image");
    }
  }

  private static Bytes database(String name, Bytes content) throws FormatException {
    try {
      SignatureList.parseDatabase(content);
      return content;
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  private PredictedEvent config(EfiGuid guid, String name, Bytes data) {
    return variable(EV_EFI_VARIABLE_DRIVER_CONFIG, guid, name, data);
  }

  private PredictedEvent variable(TcgEventType type, EfiGuid guid, String name, Bytes data) {
    return event(SECURE_BOOT_PCR, type, name, new UefiVariableData(guid, name, data).encode());
  }

  private PredictedEvent event(int pcr, TcgEventType type, String name, Bytes measured) {
    return new PredictedEvent(pcr, type.name(), name, bank.digest(measured));
  }
}
